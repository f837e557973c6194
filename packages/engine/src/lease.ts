import { setTimeout as sleep } from "node:timers/promises";
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
  /** Milliseconds since 1970, by a clock that may be wrong. */
  wallNow(): number;
  onFence(why: string): void;
}

export interface Lease {
  /** Never returns once the lease has run out: what was about to be done is another worker's now. */
  stillOurs(): Promise<void>;
  /** Milliseconds since 1970 by the database's clock, which all workers share: their own may be minutes apart. */
  sharedNow(): number;
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
  wallNow,
  onFence,
}: LeaseOptions): Promise<Lease> {
  let [lastBeat, lastWallBeat] = [now(), wallNow()];
  const time = openSharedTime(wallNow, now);
  time.note(await insertLease(db.query, { executorId, version, ttlMs }), lastBeat);
  let fenced = false;
  let over = false;

  function fence(why: string): void {
    if (fenced || over) return;
    fenced = true;
    onFence(why);
  }

  async function beatOnce(): Promise<void> {
    // Counted from before the question, so our own clock never runs later than the database's.
    const [asked, askedWall] = [now(), wallNow()];
    if (asked - lastBeat > ttlMs) return fence(`it stood still for ${Math.round(asked - lastBeat)} ms`);
    try {
      const told = await beat(db.query, executorId);
      if (told === undefined) return fence("its lease was taken over");
      lastBeat = asked;
      lastWallBeat = askedWall;
      time.note(told, asked);
    } catch {
      if (now() - lastBeat > ttlMs) fence("the journal could not be reached for longer than its lease");
    }
  }

  /** The clocks went apart: somebody set one, or the machine slept, and the clock that never jumps slept with it. */
  const hasSlept = () => Math.abs(wallNow() - lastWallBeat - (now() - lastBeat)) > ttlMs / 2;

  const timer = setInterval(() => void beatOnce(), beatMs);
  return {
    async stillOurs() {
      if (!fenced && now() - lastBeat > ttlMs) fence(`it stood still for ${Math.round(now() - lastBeat)} ms`);
      // The journal knows which of both it was.
      while (!fenced && hasSlept()) {
        await beatOnce();
        if (!fenced && hasSlept()) await sleep(Math.min(beatMs, 200));
      }
      if (fenced) await new Promise(() => {});
    },
    sharedNow: time.now,
    async end() {
      over = true;
      clearInterval(timer);
      if (!fenced) await endLease(db.query, executorId);
    },
  };
}

/** The database's time, by how far it was ahead of our own when it was last heard of. */
function openSharedTime(wallNow: () => number, now: () => number) {
  let aheadMs = 0;
  return {
    /** It was `toldMs` at some moment between `asked` (of `now`) and this one. */
    note(toldMs: number, asked: number): void {
      const tookMs = now() - asked;
      // An answer that took long says little; a clock that is wrong by minutes is known from the first one.
      const found = toldMs - (wallNow() - tookMs / 2);
      if (Math.abs(found - aheadMs) > tookMs) aheadMs = found;
    },
    now: () => wallNow() + aheadMs,
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
