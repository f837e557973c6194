import type { DBOSExecutor as Executor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import type { Database } from "./database.ts";
import { beat, endLease, insertLease, lateWorkers, takeDeadWorker } from "./journal/leases.ts";

export interface LeaseOptions {
  db: Database;
  executorId: string;
  /** Of the runs that this worker takes up. */
  version: string;
  beatMs: number;
  ttlMs: number;
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  onFence(why: string): void;
}

export interface Lease {
  /** Never returns once the lease has run out: what was about to be done is another worker's now. */
  stillOurs(): Promise<void>;
  end(): Promise<void>;
}

/** Takes a lease and keeps it by beating. A worker that missed its own beats for too long fences itself. */
export async function takeLease({
  db,
  executorId,
  version,
  beatMs,
  ttlMs,
  now,
  onFence,
}: LeaseOptions): Promise<Lease> {
  await insertLease(db.query, { executorId, version, ttlMs });
  let lastBeat = now();
  let fenced = false;
  let over = false;

  function fence(why: string): void {
    if (fenced || over) return;
    fenced = true;
    onFence(why);
  }

  async function beatOnce(): Promise<void> {
    // Counted from before the question, so our own clock never runs later than the database's.
    const asked = now();
    if (asked - lastBeat > ttlMs) return fence(`it stood still for ${Math.round(asked - lastBeat)} ms`);
    try {
      if (await beat(db.query, executorId)) lastBeat = asked;
      else fence("its lease was taken over");
    } catch {
      if (now() - lastBeat > ttlMs) fence("the journal could not be reached for longer than its lease");
    }
  }

  const timer = setInterval(() => void beatOnce(), beatMs);
  return {
    async stillOurs() {
      if (!fenced && now() - lastBeat > ttlMs) fence(`it stood still for ${Math.round(now() - lastBeat)} ms`);
      if (fenced) await new Promise(() => {});
    },
    async end() {
      over = true;
      clearInterval(timer);
      if (!fenced) await endLease(db.query, executorId);
    },
  };
}

/**
 * Takes over what dead workers left: their pending workflows are queued again with their history. The call
 * that does this is the SDK's own and no part of its documented interface: see ADR 3 for why, and the test.
 */
export async function sweepOnce(
  db: Database,
  executor: Executor,
  version: string,
  log: (line: object) => void,
): Promise<void> {
  for (;;) {
    const dead = await takeDeadWorker(db.query, version);
    if (dead === undefined) break;
    const taken = await executor.recoverPendingWorkflows([dead]);
    log({ level: "info", event: "takeover", executor: dead, workflows: taken.length });
  }
  // Whoever marked a worker may have died before it recovered; asking twice changes nothing.
  await executor.recoverPendingWorkflows(await lateWorkers(db.query, version));
}
