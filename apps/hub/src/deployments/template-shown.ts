import type { TemplateTarget, TemplateUpdate } from "@atoll/contract/schemas/deployments";
import type { WaveCounts } from "@atoll/fleet/rollout";
import type { TemplateTargetRow, TemplateUpdateRow } from "./template-store.ts";

/** An update of the template as the API tells it. */
export function shownUpdate(
  row: TemplateUpdateRow,
  waves: readonly WaveCounts[],
  lacksWorker: boolean,
): TemplateUpdate {
  const sum = (of: Exclude<keyof WaveCounts, "wave">) => waves.reduce((all, each) => all + each[of], 0);
  const { errorBudget, approve, merge } = row.options;
  return {
    id: row.id,
    environment: row.environment,
    template: row.template,
    commit: row.commit,
    state: row.state,
    by: row.by,
    ...(row.why !== null && { why: row.why }),
    ...(row.next !== null && { next: row.next }),
    wave: row.wave,
    waves: waves.map(({ wave, done, failed, pending, running, waiting, leftBehind }) => ({
      wave,
      targets: done + failed + pending + running + waiting + leftBehind,
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
    errorBudget,
    mayFail: row.may_fail,
    approve,
    merge,
    createdAt: row.created_at.toISOString(),
    ...(row.started_at && { startedAt: row.started_at.toISOString() }),
    ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
    lacksWorker,
  };
}

/** One of its instances as the API tells it. */
export const shownTemplateTarget = (row: Omit<TemplateTargetRow, "waited_ms">): TemplateTarget => ({
  instance: row.slug,
  wave: row.wave,
  state: row.state,
  ...(row.repository !== null && { repository: row.repository }),
  ...(row.pull_number !== null &&
    row.pull_url !== null && { pull: { number: row.pull_number, url: row.pull_url } }),
  conflicts: row.conflicts,
  ...(row.said !== null && { said: row.said }),
  ...(row.fault && { fault: row.fault }),
  attempts: row.attempts,
  ...(row.started_at && { startedAt: row.started_at.toISOString() }),
  ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
});
