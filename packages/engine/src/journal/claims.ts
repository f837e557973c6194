import type { Query } from "../database.ts";

/**
 * Takes a step for one worker; false while another living worker is inside it. A claim of a worker whose
 * lease has run out counts for nothing. A light claim does not wait for the disk.
 */
export async function claimStep(
  query: Query,
  instanceId: string,
  step: string,
  executorId: string,
  isLight = false,
): Promise<boolean> {
  const rows = await query(
    `${light(isLight)} insert into atoll.step_claims as held (instance_id, step, executor_id)
     select $1, $2, $3 ${isLight ? "from light" : ""}
     on conflict (instance_id, step) do update set executor_id = excluded.executor_id
     where held.executor_id = excluded.executor_id or not exists (
       select from atoll.worker_lease lease
       where lease.executor_id = held.executor_id and lease.taken_over_at is null
         and lease.beat_at > clock_timestamp() - lease.ttl_ms * interval '1 millisecond')
     returning step`,
    [instanceId, step, executorId],
  );
  return rows.length > 0;
}

export async function releaseStep(
  query: Query,
  instanceId: string,
  step: string,
  executorId: string,
  isLight = false,
): Promise<void> {
  await query(
    `${light(isLight)} delete from atoll.step_claims held ${isLight ? "using light" : ""}
     where held.instance_id = $1 and held.step = $2 and held.executor_id = $3`,
    [instanceId, step, executorId],
  );
}

/** Does not wait for the disk: for work that something else guards, too, should the server crash in that moment. */
const light = (isLight: boolean) =>
  isLight ? "with light as materialized (select set_config('synchronous_commit', 'off', true))" : "";
