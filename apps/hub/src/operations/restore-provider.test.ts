import { Fault } from "@atoll/core/fault";
import type { Situation, Task, Thing } from "@atoll/core/operation";
import { expect, test } from "vitest";
import type { OperationDesk } from "./desk.ts";
import { providerTasks } from "./restore-provider.ts";

// A project at a provider whose answers get lost, in the worst ways that were thought of.
function project() {
  const seen = { asked: 0, mark: undefined as string | undefined, standing: "up" as "up" | "restoring" };
  const notes = new Map<string, unknown>([["check", { backup: "1" }]]);
  /** What the next request comes to. */
  let next = async (): Promise<void> => {};
  const takenBack = () => {
    seen.mark = undefined;
  };
  const session = {
    async query(sql: string) {
      if (seen.standing !== "up") throw new Fault("try-again", { what: "It is down.", next: "Wait." });
      if (sql.startsWith("select")) return seen.mark === undefined ? [] : [{ mark: seen.mark }];
      if (sql.startsWith("delete")) seen.mark = undefined;
      else seen.mark = /to_jsonb\('([^']*)'/.exec(sql)?.[1];
      return [];
    },
    close: async () => {},
  };
  const desk = {
    accounts: {
      standing: async () => seen.standing,
      async takeBack() {
        seen.asked += 1;
        await next();
      },
    },
    databases: { open: async () => session },
  } as unknown as OperationDesk; // nothing else of it is used
  const schema: Thing = {
    step: "schema",
    kind: "postgres.schema",
    name: "x",
    id: "ref",
    attrs: {},
    brought: false,
  };
  const at = {
    runId: "run-7",
    instance: { id: "i", slug: "toko", blueprint: "business", answers: {} },
    things: new Map([["schema", schema]]),
    notes,
  } as unknown as Situation; // nothing else of it is used
  const task = async () =>
    (await providerTasks(desk, at, { from: "provider", backup: "1", withoutSafety: true })).find(
      ({ step }) => step === "project",
    ) as Task; // it is always there

  /** One look, and the act that it asks for, as the engine does them; what a crash leaves are the notes. */
  async function tick({ diesBefore = false } = {}): Promise<string> {
    const now = await task();
    const look = await now.look();
    if (look.is === "todo") {
      if (look.note !== undefined) notes.set("project", look.note);
      if (diesBefore) return "died";
      try {
        notes.set("project", await now.act({ stillOurs: async () => {} }));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return error.kind;
      }
    }
    return look.is;
  }
  const later = () => {
    const noted = notes.get("project") as object; // the task's own
    notes.set("project", { ...noted, askedAt: new Date(Date.now() - 3_600_000).toISOString() });
  };
  const answer = (does: () => void, lost: boolean) => {
    next = async () => {
      does();
      if (lost) throw new Fault("outcome-unknown", { what: "No answer.", next: "Look." });
    };
  };
  return { seen, notes, tick, later, answer, takenBack, task };
}

test("what was taken back though the answer was lost is not asked for again", async () => {
  const { seen, tick, later, answer, takenBack } = project();
  answer(takenBack, true);
  expect(await tick()).toBe("todo");
  expect(await tick()).toBe("outcome-unknown");
  later();
  expect(await tick()).toBe("done");
  expect(seen.asked).toBe(1);
});

test("a call that never came there is made again, once it cannot begin any more", async () => {
  const { seen, tick, later, answer, takenBack } = project();
  answer(() => {}, true);
  await tick();
  expect(await tick()).toBe("outcome-unknown");
  expect(await tick()).toBe("wait");
  expect(seen.asked).toBe(1);
  later();
  answer(takenBack, false);
  expect(await tick()).toBe("todo");
  expect(await tick()).toBe("done");
  expect(seen.asked).toBe(2);
});

test("a worker that died before the call, or after it, is followed by one that looks", async () => {
  const { seen, tick, later, answer, takenBack } = project();
  await tick();
  expect(await tick({ diesBefore: true })).toBe("died");
  expect(await tick()).toBe("wait");
  later();
  answer(takenBack, true);
  await tick();
  seen.standing = "restoring";
  later();
  expect(await tick()).toBe("wait");
  seen.standing = "up";
  expect(await tick()).toBe("done");
  expect(seen.asked).toBe(1);
});

test("what the provider promised and has not begun is not done", async () => {
  const { seen, tick, later, answer, takenBack } = project();
  answer(() => {}, false);
  await tick();
  await tick();
  later();
  expect(await tick()).toBe("wait");
  takenBack();
  expect(await tick()).toBe("done");
  expect(seen.asked).toBe(1);
});

test("taken back, it is known whether anything happened", async () => {
  const undone = project();
  undone.answer(() => {}, true);
  await undone.tick();
  await undone.tick();
  await expect((await undone.task()).undo?.()).rejects.toMatchObject({ kind: "try-again" });
  undone.later();
  await (await undone.task()).undo?.();
  expect(undone.seen.mark).toBeUndefined();

  const done = project();
  done.answer(done.takenBack, true);
  await done.tick();
  await done.tick();
  await expect((await done.task()).undo?.()).rejects.toMatchObject({ kind: "rejected" });
});

test("a database that takes no mark is followed by how the project stands", async () => {
  const { seen, tick, later, answer } = project();
  seen.standing = "restoring"; // no mark can be left
  await tick();
  // It is down for another reason: that says nothing of what was not asked for yet.
  expect(await tick()).toBe("wait");
  seen.standing = "up";
  answer(() => {
    seen.standing = "restoring";
  }, true);
  expect(await tick()).toBe("outcome-unknown");
  later();
  expect(await tick()).toBe("todo");
  expect(await tick()).toBe("wait");
  seen.standing = "up";
  expect(await tick()).toBe("done");
  expect(seen.asked).toBe(1);
});
