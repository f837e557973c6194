import type { Rollout, RolloutTarget } from "@atoll/contract/schemas/fleet";
import type { WaveCounts } from "@atoll/fleet/rollout";
import type { Selectable } from "kysely";
import type { RolloutTargetTable } from "../store/tables.ts";
import type { RolloutRow } from "./rollout-store.ts";

/** A rollout as the API tells it. */
export function shownRollout(row: RolloutRow, waves: readonly WaveCounts[], lacksWorker: boolean): Rollout {
  const sum = (of: Exclude<keyof (typeof waves)[number], "wave">) =>
    waves.reduce((all, each) => all + each[of], 0);
  return {
    id: row.id,
    blueprint: row.blueprint,
    environment: row.environment,
    toVersion: row.to_version,
    state: row.state,
    by: row.by,
    ...(row.why !== null && { why: row.why }),
    ...(row.next !== null && { next: row.next }),
    wave: row.wave,
    waves: waves.map(({ wave, done, failed, ...rest }) => ({
      wave,
      targets: done + failed + rest.pending + rest.running + rest.waiting + rest.leftBehind,
      done,
      failed,
    })),
    counts: {
      pending: sum("pending"),
      running: sum("running"),
      waiting: sum("waiting"),
      done: sum("done"),
      failed: sum("failed"),
      leftBehind: sum("leftBehind"),
    },
    errorBudget: row.options.errorBudget,
    mayFail: row.may_fail,
    approve: row.options.approve,
    createdAt: row.created_at.toISOString(),
    ...(row.started_at && { startedAt: row.started_at.toISOString() }),
    ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
    lacksWorker,
  };
}

/** One of its databases as the API tells it. */
export const shownTarget = (row: Selectable<RolloutTargetTable> & { slug: string }): RolloutTarget => ({
  instance: row.slug,
  wave: row.wave,
  state: row.state,
  ...(row.from_version !== null && { fromVersion: row.from_version }),
  ...(row.version !== null && { version: row.version }),
  attempts: row.attempts,
  ...(row.fault && { fault: row.fault }),
  ...(row.restore_point && { restorePoint: row.restore_point }),
  ...(row.started_at && { startedAt: row.started_at.toISOString() }),
  ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
  ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
});
