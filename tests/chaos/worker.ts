// A worker of chaos in a process of its own. It loads everything at once and begins when it is told to, so that one is
// always at hand for one that died.
import { appendFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { folderStorage } from "@atoll/archive/folder";
import { startEngine } from "@atoll/engine/engine";
import type { OperationDesk } from "@atoll/hub/operations/desk";
import { operationsOf } from "@atoll/hub/operations/operations";
import { forRun, openQuotas } from "@atoll/hub/quotas/open";
import { databasesOf } from "@atoll/hub/schema/environment";
import { openRehearsals } from "@atoll/hub/schema/rehearsals";
import { type RolloutDesk, rollouts } from "@atoll/hub/schema/rollout-part";
import { openScratch } from "@atoll/hub/schema/scratch";
import { openLater } from "@atoll/hub/store/later";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { brokenStep, shorten, unfence } from "./broken.ts";
import { chaosAccounts, kindName, newestKind } from "./kind.ts";
import { type AtPoint, type Begin, key } from "./orders.ts";

const trueNow = (globalThis as unknown as { chaosTrueNow(): number }).chaosTrueNow; // as clock.ts leaves it
/** Longest that a call takes before it is given up: the adapters' own 30 s, at the pace of chaos. */
const callMs = 1_200;
let ordered: AtPoint[] = [];

process.on("message", (message: Begin | { order: AtPoint } | { forget: true }) => {
  if ("begin" in message) void begin(message.begin).catch(die);
  if ("order" in message) ordered.push(message.order);
  if ("forget" in message) ordered = [];
});
process.on("disconnect", () => process.exit(0));
const die = (error: unknown) => {
  console.error(error);
  process.exit(1);
};
process.send?.({ loaded: true });

/** Notes each write before it leaves, and gives calls up at the pace of chaos. */
function watchCalls(cloudUrl: string, file: string): void {
  const really = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    const method = init?.method ?? "GET";
    if (url.startsWith(cloudUrl) && method !== "GET")
      appendFileSync(
        file,
        `${JSON.stringify({ executor: DBOS.executorID, atMs: trueNow(), method, path: new URL(url).pathname })}\n`,
      );
    const signals = [AbortSignal.timeout(callMs), ...(init?.signal ? [init.signal] : [])];
    return really(input, { ...init, signal: AbortSignal.any(signals) });
  };
}

async function begin({ hub, cloud, home, lease, timeScale, without }: Begin["begin"]): Promise<void> {
  watchCalls(cloud.url, path.join(home, `writes-${process.pid}`));
  if (without === "fence") unfence();
  const later = openLater(hub);
  const quotas = openQuotas({ databaseUrl: hub, timeScale, prepared: later.store });
  const { accounts, blueprint } = await chaosAccounts(cloud, home, {
    change: (step) => brokenStep(step, without),
    governor: quotas.of("local"),
  });
  const desk = Promise.withResolvers<OperationDesk>();
  const rollout = Promise.withResolvers<RolloutDesk>();
  const engine = await startEngine({
    databaseUrl: hub,
    blueprints: [blueprint],
    operations: operationsOf(desk.promise),
    jobs: [rollouts(rollout.promise)],
    key,
    environment: "local",
    lease: without === "fence" ? { ...lease, ttlMs: 3_600_000 } : lease,
    timeScale,
    // What the fence of the lease stands on in the middle of an act, too.
    ...(without !== "fence" && { onBehalf: forRun }),
    log: (line) => console.log(JSON.stringify(line)),
    async pause(point) {
      const due = ordered.find((each) => each.at === point);
      if (due === undefined || due.after-- > 0) return;
      ordered = ordered.filter((each) => each !== due);
      process.kill(process.pid, due.does === "die" ? "SIGKILL" : "SIGSTOP");
      await sleep(1); // the signal strikes in here
    },
  });
  if (without === "fence") await shorten(hub, DBOS.executorID, lease.ttlMs);
  const databases = databasesOf({ name: "local", accounts, journal: engine, cloud }, later.store);
  const store = await later.store();
  const scratch = openScratch(hub);
  const archives = {
    storage: folderStorage(path.join(home, "backups")),
    place: "a folder",
    hubKeys: [key] as const,
  };
  const exporting = { keepMs: 3_600_000, archivedKeepMs: 0, mostPlainBytes: 2 ** 40, mostFileBytes: 0 };
  desk.resolve({ store, accounts, databases, archives, scratch, exporting });
  const kind = newestKind(blueprint);
  rollout.resolve({
    store,
    databases,
    kind: (name) => (name === kindName ? kind : undefined),
    rehearsals: openRehearsals(later.store, scratch),
  });
  process.send?.({ ready: DBOS.executorID });
}
