import type { RunEvent, StoredEvent } from "@atoll/core/event";
import type { RunState } from "@atoll/core/states";
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

/** A part of a run's story, and the state that the run was in at that moment. */
export interface Story {
  state: RunState;
  /** Oldest first. */
  events: StoredEvent[];
}

interface StoryRow {
  state: RunState;
  /** Null stands in the one row of a run of which there is nothing new. */
  seq: number | null;
  at: Date;
  event: RunEvent;
}

/** A longer story is read in parts. */
export const mostEvents = 500;

/** What happened after `seq`, at most `mostEvents`; undefined = there is no such run. */
export async function storyAfter(query: Query, runId: string, seq: number): Promise<Story | undefined> {
  const rows = await query<StoryRow>(
    `select r.state, e.seq, e.at, e.event from atoll.runs r
       left join lateral (select seq, at, event from atoll.events
                           where run_id = r.id and seq > $2 order by seq limit ${mostEvents}) e on true
      where r.id = $1 order by e.seq`,
    [runId, seq],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const events = rows.flatMap(({ seq: place, at, event }) =>
    place === null ? [] : [{ ...event, seq: place, runId, at: at.toISOString() }],
  );
  return { state: first.state, events };
}
