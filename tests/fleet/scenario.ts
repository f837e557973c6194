// A rollout over many databases of which one in twenty fails, while its worker is killed again and again.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Rollout, RolloutTarget } from "@atoll/contract/schemas/fleet";
import { openFleet } from "@atoll/hub/schema/testing/fleet";
import {
  bareDatabases,
  enterInstances,
  giveLedgers,
  makeDatabases,
  slugOf,
} from "@atoll/hub/schema/testing/yard";
import { dropDatabase } from "@atoll/postgres/database";
import { expect } from "vitest";
import { random } from "../support/seed.ts";
import { plant, saysOf } from "./causes.ts";
import { fleetKind } from "./kind.ts";

const main = fileURLToPath(new URL("./worker.ts", import.meta.url));

interface ScenarioOptions {
  serverUrl: string;
  hubUrl: string;
  count: number;
  kills: number;
  seed: number;
  prefix: string;
}

/** Keeps one worker alive, and kills it so many times at moments that the seed decides. */
function keepKilling(env: Record<string, string>, kills: number, seed: number) {
  const chance = random(seed);
  let left = kills;
  let ending = false;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  function start(): void {
    child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { stdout } = child;
    // Counted from when it works: a worker that was killed while it starts has been killed at nothing.
    if (stdout)
      createInterface({ input: stdout }).on("line", () => {
        if (left > 0)
          timer = setTimeout(
            () => {
              if (ending) return;
              left -= 1;
              child?.kill("SIGKILL");
            },
            200 + chance() * 1_800,
          );
      });
    child.once("exit", () => {
      if (!ending) start();
    });
  }
  start();
  return {
    killed: () => kills - left,
    async stop() {
      ending = true;
      clearTimeout(timer);
      const gone = new Promise((resolve) => child?.once("exit", resolve));
      child?.kill("SIGKILL");
      await gone;
    },
  };
}

type Fleet = Awaited<ReturnType<typeof openFleet>>["schemas"];

async function untilEnd(schemas: Fleet, id: string): Promise<Rollout> {
  const giveUpAt = Date.now() + 1_200_000;
  while (Date.now() < giveUpAt) {
    const rollout = await schemas.rollout(id);
    if (rollout.state !== "queued" && rollout.state !== "running") return rollout;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The rollout did not end.");
}

async function allTargets(schemas: Fleet, id: string): Promise<RolloutTarget[]> {
  const { items } = await schemas.targets(id, { limit: 100_000 });
  return items;
}

/** Every migration was run once where the ledger has it, and nowhere else; the catalog is that of the version. */
async function mustBeWhole(
  { serverUrl, prefix, count }: ScenarioOptions,
  versions: readonly number[],
): Promise<void> {
  const databases = bareDatabases(serverUrl);
  for (let n = 0; n < count; n++) {
    const session = await databases.open(slugOf(prefix, n));
    const [row] = await session.query(`select
      (select array_agg(version order by version) from public.schema_migrations where state = 'finished') as ledger,
      (select array_agg(version order by version) from public.applied) as ran,
      public.get_schema_version() as version`);
    await session.close();
    const ledger = row?.ledger as number[];
    expect(versions, slugOf(prefix, n)).toContain(row?.version);
    expect(ledger, slugOf(prefix, n)).toEqual(
      Array.from({ length: Number(row?.version) }, (_, index) => index + 1),
    );
    // The fourth writes no row: it is an index.
    expect(row?.ran, slugOf(prefix, n)).toEqual(ledger.filter((version) => version < 4));
  }
}

/** Runs it all; gives what is printed about it. */
export async function runScenario(options: ScenarioOptions): Promise<string> {
  const { serverUrl, hubUrl, count, kills, seed, prefix } = options;
  const databases = bareDatabases(serverUrl);
  const fleet = await openFleet({ hubUrl, kind: fleetKind, databases });
  const { schemas } = fleet;
  await makeDatabases({ serverUrl, count, prefix });
  await giveLedgers({ serverUrl, count, prefix }, fleetKind.migrations.slice(0, 1));
  await enterInstances({ hubUrl, kind: fleetKind, count, prefix }, 1);
  const planted = await plant(serverUrl, prefix, count);
  const worker = keepKilling({ ATOLL_TEST_HUB: hubUrl, ATOLL_TEST_SERVER: serverUrl }, kills, seed);
  try {
    const began = performance.now();
    const { id, mayFail } = await schemas.start(
      {
        blueprint: fleetKind.name,
        errorBudget: 2,
        lockTimeoutMs: 300,
        statementTimeoutMs: 2_000,
        attempts: 2,
        concurrency: 8,
        perServer: 8,
      },
      "test",
    );
    // --- it stops at its budget, and says which and why
    const stopped = await untilEnd(schemas, id);
    expect(stopped.state).toBe("stopped");
    expect(stopped.why).toMatch(/databases failed; the budget allows/);
    const failed = (await allTargets(schemas, id)).filter(({ state }) => state === "failed");
    expect(failed.length).toBeGreaterThan(mayFail);
    // What was under way when the budget was spent may fail, too; nothing further was begun.
    expect(failed.length).toBeLessThanOrEqual(mayFail + 1 + 8);
    for (const { instance, fault } of failed) {
      const cause = planted.find(({ slug }) => slug === instance)?.cause;
      expect(cause, `${instance} failed by itself: ${fault?.what}`).toBeDefined();
      if (cause) expect(fault?.what, instance).toMatch(saysOf[cause]);
      expect(fault?.next).toBeTruthy();
    }
    await mustBeWhole(options, [1, 3, 4]);

    // --- with a budget for all of them every cause is named
    for (const { remove } of planted) await remove();
    await schemas.resume(id, "test");
    const finished = await untilEnd(schemas, id);
    expect(finished, JSON.stringify(finished)).toMatchObject({
      state: "finished",
      counts: { done: count, failed: 0 },
    });
    await mustBeWhole(options, [4]);
    const looked = await schemas.check({});
    expect(
      looked.filter(({ drift, version, problem }) => drift.length > 0 || version !== 4 || problem),
    ).toEqual([]);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    return `seed ${seed}: ${count} databases, ${planted.length} made to fail, ${failed.length} failed before the stop, worker killed ${worker.killed()} times, ${seconds} s`;
  } finally {
    await worker.stop();
    await fleet.close();
    for (let n = 0; n < count; n++) await dropDatabase(serverUrl, slugOf(prefix, n));
    await dropDatabase(serverUrl, `${prefix}-template`);
  }
}
