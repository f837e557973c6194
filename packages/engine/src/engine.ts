import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import type pg from "pg";
import { openDatabase, openPool } from "./database.ts";
import { ensureStep, type StepInput } from "./ensure.ts";
import type { Job } from "./job.ts";
import { type JobInput, jobWorkflow } from "./job-workflow.ts";
import { type Journal, journalOn, openOffice } from "./journal.ts";
import { sweepOnce, takeLease } from "./lease.ts";
import type { EngineOptions } from "./options.ts";
import { applicationName, versionFor, workflowNames } from "./protocol.ts";
import { quiet } from "./quiet.ts";
import { type RemovalInput, removeStep } from "./removal.ts";
import { type RunInput, runWorkflow, type Starts, undoWorkflow } from "./run.ts";
import type { Runtime } from "./runtime.ts";

/** A worker with its journal. One in a process: the SDK keeps its state in the module. */
export type Engine = Journal;

const fencedExitCode = 75;

/**
 * Starts a worker: takes a lease, takes over what dead workers left, and does the runs that are submitted by
 * any process on the same database. `close()` gives its work to the others at once.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const executorId = randomUUID();
  const log = options.log ?? (() => {});
  const { beatMs, ttlMs } = options.lease ?? { beatMs: 2_000, ttlMs: 15_000 };
  const office = await openOffice(options, ttlMs);
  let closing = false;
  // Of its own: behind the questions of a thousand steps a beat would come too late.
  const beats = openDatabase(options.databaseUrl, ttlMs, 2);
  const lease = await takeLease({
    db: beats,
    executorId,
    version: versionFor(office.environment),
    beatMs,
    ttlMs,
    now: () => performance.now(),
    wallNow: Date.now,
    onFence(why) {
      log({ level: "error", event: "fenced", why });
      if (options.onFence) options.onFence(why);
      else process.exit(fencedExitCode);
    },
  });
  const rt: Runtime = {
    ...office,
    executorId,
    timeScale: options.timeScale ?? 1,
    now: lease.sharedNow,
    random: Math.random,
    async mayBegin() {
      if (closing) await new Promise(() => {});
      await lease.stillOurs();
    },
    stillOurs: () => lease.stillOurs(),
    pause: async (point, where) => options.pause?.(point, where),
    onBehalf: (whom, work) => (options.onBehalf ? options.onBehalf(whom, work) : work()),
    log,
    inside: new Set(),
  };
  registerWorkflows(rt, options.jobs ?? []);
  // A pool of the SDK's own: steps that wait for a connection must not hold up its checkpoints.
  const pool = openPool(options.databaseUrl, 10, ttlMs);
  await launch(options.databaseUrl, pool, executorId, versionFor(office.environment));
  const sweeper = startSweeper(rt, beatMs);
  const journal = journalOn(office, options.databaseUrl);
  return {
    ...journal,
    async close() {
      closing = true;
      await sweeper.stop();
      await leftAlone(rt);
      await DBOS.shutdown({ deregister: true });
      await pool.end();
      await lease.end();
      await beats.pool.end();
      await journal.close();
    },
  };
}

function registerWorkflows(rt: Runtime, jobs: readonly Job[]): void {
  const step = DBOS.registerWorkflow((input: StepInput) => ensureStep(rt, input), {
    name: workflowNames.step,
  });
  const removal = DBOS.registerWorkflow((input: RemovalInput) => removeStep(rt, input), {
    name: workflowNames.removal,
  });
  const starts: Starts = {
    async step(workflowID, input) {
      await DBOS.startWorkflow(step, { workflowID })(input);
    },
    async removal(workflowID, input) {
      await DBOS.startWorkflow(removal, { workflowID })(input);
    },
  };
  DBOS.registerWorkflow((input: RunInput) => runWorkflow(rt, starts, input), { name: workflowNames.run });
  DBOS.registerWorkflow((input: RunInput) => undoWorkflow(rt, starts, input), { name: workflowNames.undo });
  DBOS.registerWorkflow((input: JobInput) => jobWorkflow(rt, jobs, input), { name: workflowNames.job });
}

async function launch(
  databaseUrl: string,
  systemDatabasePool: pg.Pool,
  executorID: string,
  version: string,
): Promise<void> {
  DBOS.setConfig({
    name: applicationName,
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool,
    applicationVersion: version,
    executorID,
    enablePatching: true,
    runMigrations: false,
    logger: quiet,
  });
  await DBOS.launch();
}

const longestCallMs = 10_000;

/** Waits for the calls in flight, so that their effects are recorded before the work goes to another worker. */
async function leftAlone(rt: Runtime): Promise<void> {
  const end = rt.now() + longestCallMs;
  while (rt.inside.size > 0 && rt.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Looks for dead workers at every beat; a look that fails is made up for by the next one. */
function startSweeper(rt: Runtime, everyMs: number): { stop(): Promise<void> } {
  let stopped = false;
  let under = sweep();
  const timer = setInterval(() => {
    under = under.then(sweep);
  }, everyMs);

  async function sweep(): Promise<void> {
    const executor = DBOSExecutor.globalInstance;
    if (stopped || !executor) return;
    try {
      await sweepOnce(rt.db, executor, versionFor(rt.environment), rt.log);
    } catch (error) {
      rt.log({ level: "warn", event: "sweep-failed", why: error instanceof Error ? error.name : "unknown" });
    }
  }

  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await under;
    },
  };
}
