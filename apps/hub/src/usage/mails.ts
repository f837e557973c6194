import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { hourOf, type Measured } from "./measure.ts";
import type { Due } from "./rows.ts";

const hourMs = 3_600_000;
/** Mails of older hours are not counted: their days are settled. */
const countedBackMs = 30 * 24 * hourMs;
const overlapMs = 2 * hourMs;

/** Mails that were handed to the mail service, by instance and hour. Milliseconds since 1970. */
export type Mails = Map<string, Map<number, number>>;

const sinceOf = ({ mailsToMs }: Due, nowMs: number) =>
  Math.max(hourOf(nowMs - countedBackMs), mailsToMs === undefined ? 0 : mailsToMs - overlapMs);

/**
 * Counts the mails about some instances: those of the hub's outbox that tell of them, of their request, their team or
 * their incidents, and those that their own runs sent.
 */
export async function countMails(store: Store, instances: readonly Due[], nowMs: number): Promise<Mails> {
  const mails: Mails = new Map(instances.map(({ id }) => [id, new Map()]));
  if (instances.length === 0) return mails;
  const since = new Date(Math.min(...instances.map((each) => sinceOf(each, nowMs))));
  const { rows } = await sql<{ id: string; at: Date; count: number }>`
    select id, date_trunc('hour', at, 'UTC') as at, count(*)::integer as count
      from (select o.sent_at as at, case
                when o.key like 'incident/%' then
                  (select n.instance_id from atoll.incidents n where n.id = split_part(o.key, '/', 2))
                when o.key ~ '^(drift|drift-repair|team)/' then split_part(o.key, '/', 2)
                else (select q.instance_id from atoll.requests q where q.id = split_part(o.key, '/', 2)) end as id
              from atoll.outbox o where o.sent_at >= ${since}
             union all
            select a.done_at, a.instance_id from atoll.actions a
              join atoll.run_steps s on s.run_id = a.run_id and s.step = a.step
             where s.kind = 'email.send' and a.done_at >= ${since}) mail
     where id in (${sql.join(instances.map(({ id }) => id))})
     group by 1, 2`.execute(store);
  for (const { id, at, count } of rows) mails.get(id)?.set(at.getTime(), count);
  return mails;
}

/** Puts an instance's mails among what was measured; an hour without one says 0. */
export function addMails(measured: Measured, due: Due, mails: Mails, nowMs: number): void {
  const mine = mails.get(due.id) ?? new Map<number, number>();
  const set = (atMs: number, count: number) =>
    measured.hours.set(atMs, { ...measured.hours.get(atMs), mails: count });
  const fromMs = Math.max(sinceOf(due, nowMs), hourOf(due.createdAtMs));
  for (let atMs = fromMs; atMs <= nowMs; atMs += hourMs) set(atMs, 0);
  for (const [atMs, count] of mine) set(atMs, count);
}
