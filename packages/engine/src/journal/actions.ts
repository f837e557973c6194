import type { Query } from "../database.ts";

export interface ActionRow {
  step: string;
  key: string;
  output: unknown;
}

/** What was done for an instance that cannot be undone, oldest first. */
export async function listActions(query: Query, instanceId: string): Promise<ActionRow[]> {
  return query<ActionRow>(
    "select step, key, output from atoll.actions where instance_id = $1 order by done_at",
    [instanceId],
  );
}

/** Records that an action was done under this key. */
export async function recordAction(
  query: Query,
  row: { instanceId: string; step: string; key: string; runId: string; output: unknown },
): Promise<void> {
  await query(
    `insert into atoll.actions (instance_id, step, key, run_id, output) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [row.instanceId, row.step, row.key, row.runId, JSON.stringify(row.output ?? null)],
  );
}
