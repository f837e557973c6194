import type { ResourceStep } from "@atoll/core/blueprint";
import type { Situation, Thing } from "@atoll/core/operation";
import type { Halted, Halting } from "@atoll/core/resource";
import { prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLater } from "../store/later.ts";
import type { LaterDesk } from "./desk.ts";
import { pause, resume } from "./halting.ts";

let later: ReturnType<typeof openLater>;
let desk: LaterDesk;
beforeAll(async () => {
  const databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  later = openLater(databaseUrl);
  desk = Promise.resolve({ store: await later.store() }) as unknown as LaterDesk; // nothing else of it is read
});
afterAll(async () => {
  await later?.close();
});

/** A project that takes looks to come to a stop and to come back, and is turned round by nobody meanwhile. */
function project() {
  const asked: string[] = [];
  let is: "going" | "halted" = "going";
  let looksLeft = 0;
  const turn = (to: typeof is) => async () => {
    if (looksLeft > 0) throw new Error("It is on its way.");
    asked.push(to);
    is = to;
    looksLeft = 2;
  };
  const halting: Halting = {
    async observe(): Promise<Halted> {
      if (looksLeft === 0) return { is };
      looksLeft -= 1;
      return { is: "settling", retryInMs: 1, why: is === "halted" ? "PAUSING" : "RESTORING" };
    },
    halt: turn("halted"),
    resume: turn("going"),
  };
  return { halting, asked, state: () => (looksLeft === 0 ? is : "on its way") };
}

function situation(halting: Halting, state: Situation["state"], input: object): Situation {
  const thing: Thing = {
    ...{ step: "project", kind: "supabase.project", name: "p", id: "p1" },
    attrs: {},
    brought: false,
  };
  const step = { does: "resource", step: "project", needs: [], resource: { kind: thing.kind, halting } };
  return {
    ...{ runId: "i-1", state, wasLive: true, url: undefined, secrets: {}, input, notes: new Map() },
    instance: { id: "i", slug: "toko" },
    steps: [step as unknown as ResourceStep], // only how it is halted is read
    things: new Map([["project", thing]]),
  } as unknown as Situation; // the rest of an instance is not read
}

/** As the engine takes back: again and again while it is told to wait. */
async function takenBack(undo: (() => Promise<void>) | undefined): Promise<number> {
  for (let tries = 1; tries < 20; tries++)
    try {
      await undo?.();
      return tries;
    } catch (error) {
      if (!(error instanceof Error && "kind" in error && error.kind === "try-again")) throw error;
    }
  throw new Error("It was never taken back.");
}

test("a pause that is taken back while the database is on its way down waits, brings it up, and waits for that", async () => {
  const { halting, asked, state } = project();
  const [task] = await pause(desk).tasks(situation(halting, "live", { database: true }));
  await task?.act({ stillOurs: async () => {} });
  expect(state()).toBe("on its way");
  expect(await takenBack(task?.undo)).toBeGreaterThan(3);
  expect(asked).toEqual(["halted", "going"]);
  expect(state()).toBe("going");
  // Once more changes nothing.
  await takenBack(task?.undo);
  expect(asked).toEqual(["halted", "going"]);
});

test("a resume that is taken back halfway stands still again at its end", async () => {
  const { halting, asked, state } = project();
  await halting.halt("p1");
  while (state() === "on its way") await halting.observe("p1");
  const task = (await resume(desk).tasks(situation(halting, "paused", {}))).find(
    ({ step }) => step === "project",
  );
  await task?.act({ stillOurs: async () => {} });
  await takenBack(task?.undo);
  expect(asked).toEqual(["halted", "going", "halted"]);
  expect(state()).toBe("halted");
});
