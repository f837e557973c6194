import type { RunEvent, StoredEvent } from "@atoll/core/event";
import type { Query } from "../database.ts";

/** Channel on which the id of a run with news is told. */
export const eventsChannel = "atoll_events";

/** Appends to a run's story. The run's row orders the writers, so `seq` grows by order of commit. */
export async function appendEvent(query: Query, runId: string, event: RunEvent): Promise<void> {
  await query(
    `with next as (update atoll.runs set last_seq = last_seq + 1 where id = $1 returning last_seq)
     insert into atoll.events (run_id, seq, event) select $1, last_seq, $2 from next`,
    [runId, JSON.stringify(event)],
  );
  await query("select pg_notify($1, $2)", [eventsChannel, runId]);
}

/** What happened after `seq`, oldest first. */
export async function eventsAfter(query: Query, runId: string, seq: number): Promise<StoredEvent[]> {
  const rows = await query<{ seq: number; at: Date; event: RunEvent }>(
    "select seq, at, event from atoll.events where run_id = $1 and seq > $2 order by seq limit 500",
    [runId, seq],
  );
  return rows.map((row) => ({ ...row.event, seq: row.seq, runId, at: row.at.toISOString() }));
}
