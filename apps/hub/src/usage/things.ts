import { sql } from "kysely";
import type { Store } from "../store/store.ts";

/** The beginning of the month that a moment lies in, and of the next and the last one, in UTC. */
export function monthOf(at: Date): { from: Date; to: Date; before: Date } {
  const [year, index] = [at.getUTCFullYear(), at.getUTCMonth()];
  const from = (shift: number) => new Date(Date.UTC(year, index + shift));
  return { from: from(0), to: from(1), before: from(-1) };
}

/**
 * Notes which things some instances have now, so that a month's report knows what stood in it also when it is gone.
 * What a client brought is theirs, and costs us nothing.
 */
export async function noteThings(store: Store, instances: readonly string[], nowMs: number): Promise<void> {
  if (instances.length === 0) return;
  const now = new Date(nowMs);
  const { from, before } = monthOf(now);
  const which = sql.join([...instances]);
  await sql`insert into atoll.usage_things as t (instance_id, month, kind, count, from_at, to_at)
    select i.id, ${from}, r.kind, count(*), greatest(${from}, i.created_at), ${now}
      from atoll.resources r join atoll.instances i on i.id = r.instance_id
     where i.id in (${which}) and r.origin <> 'adopted' group by i.id, i.created_at, r.kind
    on conflict (instance_id, month, kind) do update
      set count = greatest(t.count, excluded.count), to_at = greatest(t.to_at, excluded.to_at)`.execute(
    store,
  );
  // What still stands has stood until the end of the last month.
  await sql`update atoll.usage_things t set to_at = ${from}
    where t.month = ${before} and t.to_at < ${from} and t.instance_id in (${which})
      and exists (select from atoll.resources r where r.instance_id = t.instance_id and r.kind = t.kind)`.execute(
    store,
  );
}
