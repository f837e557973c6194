import { sql, type Transaction } from "kysely";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { columns, countNames, isStanding } from "./counts.ts";
import type { Measurable, Measured } from "./measure.ts";

/** An instance to be measured, with how far its mails were counted. */
export interface Due extends Measurable {
  mailsToMs: number | undefined;
}

interface DueRow {
  id: string;
  slug: string;
  environment: string;
  created_at: Date;
  requests_to: Date | null;
  executions_to: Date | null;
  deployments_to: Date | null;
  mails_to: Date | null;
  things: { kind: string; id: string; brought: boolean }[];
}

const measuredStates = sql`('live', 'updating', 'paused')`;
const dueColumns = sql`i.id, i.slug, i.environment, i.created_at, l.requests_to, l.executions_to, l.deployments_to, l.mails_to,
  coalesce((select jsonb_agg(jsonb_build_object('kind', r.kind, 'id', r.provider_id, 'brought', r.origin = 'adopted'))
    from atoll.resources r where r.instance_id = i.id), '[]') as things`;

const dueOf = (row: DueRow): Due => ({
  id: row.id,
  slug: row.slug,
  environment: row.environment,
  createdAtMs: row.created_at.getTime(),
  things: row.things.map(({ kind, id, brought }) => ({ kind, providerId: id, brought })),
  requestsToMs: row.requests_to?.getTime(),
  executionsToMs: row.executions_to?.getTime(),
  deploymentsToMs: row.deployments_to?.getTime(),
  mailsToMs: row.mails_to?.getTime(),
});

/** Has every instance that stands measured from now on, each at a moment of its own within the interval. */
export async function enrol(store: Store, everyMs: number): Promise<void> {
  await sql`insert into atoll.usage_looks (instance_id, due_at)
    select i.id, clock_timestamp() + random() * ${everyMs}::float8 * interval '1 millisecond' from atoll.instances i
     where i.state in ${measuredStates} and not exists (select from atoll.usage_looks l where l.instance_id = i.id)
    on conflict do nothing`.execute(store);
}

/**
 * Takes instances whose look is due, those that wait longest first, so that nobody else does; the next look is due
 * after `everyMs`, a tenth more or less.
 */
export async function claimDue(
  store: Store,
  { environments, everyMs, atMost }: { environments: readonly string[]; everyMs: number; atMost: number },
): Promise<Due[]> {
  const { rows } = await sql<DueRow>`
    with due as (
      select l.instance_id, l.due_at from atoll.usage_looks l join atoll.instances i on i.id = l.instance_id
       where l.due_at <= clock_timestamp() and i.state in ${measuredStates}
         and i.environment in (${sql.join([...environments])})
       order by l.due_at limit ${atMost} for update of l skip locked),
    taken as (
      update atoll.usage_looks l
         set due_at = clock_timestamp() + ${everyMs}::float8 * (0.9 + random() / 5) * interval '1 millisecond'
        from due where l.instance_id = due.instance_id returning l.instance_id)
    select ${dueColumns} from taken join due using (instance_id) join atoll.instances i on i.id = taken.instance_id
      join atoll.usage_looks l on l.instance_id = i.id order by due.due_at`.execute(store);
  return rows.map(dueOf);
}

/** Gives a turn back: it comes again within two minutes. */
export async function putOff(store: Store, id: string): Promise<void> {
  await sql`update atoll.usage_looks set due_at = clock_timestamp() + (1 + random()) * interval '1 minute'
    where instance_id = ${id}`.execute(store);
}

/** One instance by its slug, whatever it is due for; undefined = there is none. */
export async function oneBySlug(store: Store, slug: string): Promise<(Due & { state: string }) | undefined> {
  const { rows } = await sql<DueRow & { state: string }>`select ${dueColumns}, i.state from atoll.instances i
    left join atoll.usage_looks l on l.instance_id = i.id where i.slug = ${slug}`.execute(store);
  const [row] = rows;
  return row && { ...dueOf(row), state: row.state };
}

const names = countNames.map((name) => sql.id(columns[name]));
const list = sql.join(names);

/** Writes what a look found, and the days and months that it is a part of. Written twice it is there once. */
export async function writeMeasured(
  store: Store,
  id: string,
  measured: Measured,
  nowMs: number,
): Promise<void> {
  const hours = [...measured.hours].map(([atMs, counts]) => ({
    at: new Date(atMs).toISOString(),
    ...Object.fromEntries(countNames.map((name) => [columns[name], counts[name] ?? null])),
  }));
  const days = [...measured.days].map(([atMs, counts]) => ({ at: new Date(atMs).toISOString(), ...counts }));
  const touched = [...hours, ...days].map(({ at }) => at);
  const to = new Date(measured.toMs);
  const { requests, executions, deployments } = measured.counted;
  await store.transaction().execute(async (tx) => {
    // One writer at a time, also where a person asks while the hub does: a rollup reads what others wrote.
    await sql`insert into atoll.usage_looks as l (instance_id, due_at, looked_at, problems, mails_to,
        requests_to, executions_to, deployments_to)
      values (${id}, clock_timestamp(), ${new Date(nowMs)}, ${JSON.stringify(measured.problems)}, ${to},
        ${requests ? to : null}, ${executions ? to : null}, ${deployments ? to : null})
      on conflict (instance_id) do update set looked_at = excluded.looked_at, problems = excluded.problems,
        mails_to = greatest(l.mails_to, excluded.mails_to),
        requests_to = greatest(l.requests_to, excluded.requests_to),
        executions_to = greatest(l.executions_to, excluded.executions_to),
        deployments_to = greatest(l.deployments_to, excluded.deployments_to)`.execute(tx);
    const updates = sql.join(
      countNames.map((name) => {
        const column = sql.id(columns[name]);
        return isStanding(name)
          ? sql`${column} = coalesce(excluded.${column}, u.${column})`
          : sql`${column} = greatest(u.${column}, excluded.${column})`;
      }),
    );
    await sql`insert into atoll.usage as u (width, at, instance_id, hours, ${list})
      select 'hour', at, ${id}, case when auth is null then 0 else 1 end, ${list}
        from jsonb_to_recordset(${JSON.stringify(hours)}::jsonb)
          as r(at timestamptz, ${sql.join(names.map((name) => sql`${name} bigint`))})
      on conflict (width, instance_id, at) do update set hours = greatest(u.hours, excluded.hours), ${updates}`.execute(
      tx,
    );
    await sql`insert into atoll.usage_told as t (instance_id, at, auth, rest, storage, realtime)
      select ${id}, at, auth, rest, storage, realtime from jsonb_to_recordset(${JSON.stringify(days)}::jsonb)
        as r(at timestamptz, auth bigint, rest bigint, storage bigint, realtime bigint)
      on conflict (instance_id, at) do update set auth = greatest(t.auth, excluded.auth),
        rest = greatest(t.rest, excluded.rest), storage = greatest(t.storage, excluded.storage),
        realtime = greatest(t.realtime, excluded.realtime)`.execute(tx);
    await rollUp(tx, id, "day", touched);
    await rollUp(tx, id, "month", touched);
  });
}

/** Makes days of hours, or months of days, where something of them was touched. */
async function rollUp(
  tx: Transaction<Tables>,
  id: string,
  width: "day" | "month",
  touched: readonly string[],
): Promise<void> {
  const told = new Set(["auth", "rest", "storage", "realtime"]);
  const values = sql.join(
    countNames.map((name) => {
      const column = sql.id(columns[name]);
      if (name === "databaseBytes") return sql`round(avg(p.${column}))::bigint`;
      if (isStanding(name))
        return sql`(array_agg(p.${column} order by p.at desc) filter (where p.${column} is not null))[1]`;
      const sum = sql`sum(p.${column})::bigint`;
      return width === "day" && told.has(name) ? sql`greatest(${sum}, max(t.${column}))` : sum;
    }),
  );
  const hours =
    width === "day"
      ? sql`greatest(count(p.auth), case when count(t.at) > 0 then 24 else 0 end)::integer`
      : sql`coalesce(sum(p.hours), 0)::integer`;
  await sql`insert into atoll.usage (width, at, instance_id, hours, ${list})
    select ${width}, w.at, ${id}, ${hours}, ${values}
      from (select distinct date_trunc(${width}, value::timestamptz, 'UTC') as at
              from jsonb_array_elements_text(${JSON.stringify(touched)}::jsonb)) w
      left join atoll.usage p on p.width = ${width === "day" ? "hour" : "day"} and p.instance_id = ${id}
        and p.at >= w.at and p.at < w.at + interval '32 days' and date_trunc(${width}, p.at, 'UTC') = w.at
      left join atoll.usage_told t on t.instance_id = ${id} and t.at = w.at
     group by w.at
    on conflict (width, instance_id, at) do update set hours = excluded.hours,
      ${sql.join(names.map((name) => sql`${name} = excluded.${name}`))}`.execute(tx);
}

/** How many days hours and days are kept; months are kept as long as their instance's row. */
const kept = { hour: 40, day: 400 } as const;

/** Forgets hours and days that are older than they are kept. What touches a day again lies within those of its hours. */
export async function forgetOldUsage(store: Store): Promise<void> {
  for (const [width, days] of Object.entries(kept))
    await sql`delete from atoll.usage where width = ${width}
      and at < clock_timestamp() - make_interval(days => ${days})`.execute(store);
  await sql`delete from atoll.usage_told where at < clock_timestamp() - make_interval(days => ${kept.hour})`.execute(
    store,
  );
}
