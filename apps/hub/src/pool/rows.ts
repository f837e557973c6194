import type { PoolState } from "@atoll/contract/schemas/pool";
import { sql } from "kysely";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { PoolOwner } from "./claims.ts";

/** Why a project fails, waits or is thrown away. */
export interface Reason {
  what: string;
  next: string;
}

/** A project of the pool as the hub has it. */
export interface PoolRow {
  id: string;
  environment: string;
  region: string;
  instance_size: string | null;
  name: string;
  state: PoolState;
  ref: string | null;
  fault: Reason | null;
  failures: number;
  /** Slug of the instance that holds it. */
  slug: string | null;
  created_at: Date;
  ready_at: Date | null;
  claimed_at: Date | null;
  /** Milliseconds since its creation was begun, by the database's clock; null = it was not. */
  begun_ms_ago: number | null;
  /** The moment of that, to the microsecond: whoever begins it anew says which one they saw. */
  begun_key: string | null;
  /** Milliseconds since it was ready, by the database's clock. */
  ready_ms_ago: number | null;
  is_due: boolean;
}

const since = (column: string) =>
  sql.raw(`(extract(epoch from clock_timestamp() - p.${column}) * 1000)::float8`);

/** All that stand, oldest first; of those that were claimed, the ones of the last seven days. */
export async function listPool(store: Store, environment?: string): Promise<PoolRow[]> {
  const { rows } =
    await sql<PoolRow>`select p.id, p.environment, p.region, p.instance_size, p.name, p.state, p.ref,
      p.fault, p.failures, i.slug, p.created_at, p.ready_at, p.claimed_at,
      ${since("create_begun_at")} as begun_ms_ago,
      (extract(epoch from p.create_begun_at) * 1000000)::bigint::text as begun_key, ${since("ready_at")} as ready_ms_ago,
      p.due_at <= clock_timestamp() as is_due
    from atoll.pool_projects p left join atoll.instances i on i.id = p.instance_id
    where p.state <> 'removed' and (p.state <> 'claimed' or p.claimed_at > clock_timestamp() - interval '7 days')
      and (${environment ?? null}::text is null or p.environment = ${environment ?? null})
    order by p.created_at, p.id`.execute(store);
  return rows;
}

/** Records one that is to be made. Its name is chosen by then: a creation whose answer is lost is found by it. */
export async function insertProject(
  store: Store,
  { environment, organization, region }: PoolOwner & { region: string },
  id: string,
  name: string,
): Promise<void> {
  await sql`insert into atoll.pool_projects (id, environment, organization, region, name)
    values (${id}, ${environment}, ${organization}, ${region}, ${name})`.execute(store);
}

/**
 * Commits that it is about to be made. False = it is not to be made any more, or somebody else began it meanwhile: the
 * lock of who tends a pool goes with its connection, and whoever had it may not know yet.
 */
export async function beginCreate(store: Store, { id, begun_key }: PoolRow): Promise<boolean> {
  const { rows } =
    await sql`update atoll.pool_projects set create_begun_at = clock_timestamp(), state = 'making'
    where id = ${id} and state in ('making', 'failed')
      and (extract(epoch from create_begun_at) * 1000000)::bigint is not distinct from ${begun_key}::bigint
    returning id`.execute(store);
  return rows.length > 0;
}

/**
 * A creation whose answer nobody has counts as begun when it is first looked for: the call may have waited for its turn
 * for any time. False = somebody has looked already.
 */
export async function doubtCreate(store: Store, id: string): Promise<boolean> {
  const { rows } = await sql`update atoll.pool_projects set create_begun_at = clock_timestamp()
    where id = ${id} and ref is null and state in ('making', 'failed', 'removing') and create_begun_at >= due_at
    returning id`.execute(store);
  return rows.length > 0;
}

/** It is there under this ref. */
export async function noteRef(store: Store, id: string, ref: string): Promise<void> {
  await sql`update atoll.pool_projects set ref = ${ref} where id = ${id} and ref is null`.execute(store);
}

/** It is healthy: from now on it can be claimed. */
export async function noteReady(store: Store, row: PoolRow, ref: string): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { rows } = await sql`update atoll.pool_projects set state = 'ready', ready_at = clock_timestamp(),
        fault = null, failures = 0 where id = ${row.id} and state in ('making', 'failed') returning id`.execute(
      tx,
    );
    if (rows.length === 0) return;
    const details = { environment: row.environment, region: row.region, name: row.name };
    await record(tx, { actor: "hub", action: "pool.ready", subject: `pool/${ref}`, details });
  });
}

/**
 * It is looked at again after a while; with a reason where something is in its way. `fails` = it is not made any more
 * until then, `counts` = it was tried in vain.
 */
export async function lookAgain(
  store: Store,
  id: string,
  inMs: number,
  trouble?: { reason: Reason; fails: boolean; counts: boolean },
): Promise<void> {
  const fault = trouble === undefined ? null : JSON.stringify(trouble.reason);
  await sql`update atoll.pool_projects set due_at = clock_timestamp() + ${inMs}::float8 * interval '1 millisecond',
      fault = case when state = 'removing' then coalesce(${fault}::jsonb, fault) else ${fault}::jsonb end,
      failures = case when ${trouble === undefined} then 0 else failures + ${trouble?.counts ? 1 : 0} end,
      state = case when ${trouble?.fails === true} and state = 'making' then 'failed' else state end
    where id = ${id} and state <> 'claimed'`.execute(store);
}

/** Has one thrown away, unless an instance has claimed it meanwhile. */
export async function throwAway(store: Store, id: string, reason?: Reason): Promise<void> {
  await sql`update atoll.pool_projects set state = 'removing', due_at = clock_timestamp(), failures = 0,
      fault = ${reason === undefined ? null : JSON.stringify(reason)}
    where id = ${id} and state in ('making', 'ready', 'failed')`.execute(store);
}

/** Whether an instance has this project in the journal: then it is not the pool's to remove. */
export async function isHeld(store: Store, ref: string): Promise<boolean> {
  const { rows } = await sql`select 1 from atoll.resources
    where kind = 'supabase.project' and provider_id = ${ref} limit 1`.execute(store);
  return rows.length > 0;
}

/** Whether it bears the pool's name, or the one that its claim was to give it: under another one somebody else uses it. */
export async function isNamedByUs(store: Store, row: PoolRow, name: string): Promise<boolean> {
  if (name === row.name) return true;
  const { rows } =
    await sql`select 1 from atoll.pool_projects p join atoll.intents i on i.instance_id = p.instance_id
    where p.id = ${row.id} and i.kind = 'supabase.project' and i.name = ${name} limit 1`.execute(store);
  return rows.length > 0;
}

/** It was seen gone. */
export async function noteRemoved(store: Store, row: PoolRow): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { rows } = await sql`update atoll.pool_projects set state = 'removed', ended_at = clock_timestamp()
      where id = ${row.id} and state = 'removing' returning id`.execute(tx);
    if (rows.length === 0 || row.ref === null) return;
    const details = {
      environment: row.environment,
      region: row.region,
      ...(row.fault && { why: row.fault.what }),
    };
    await record(tx, { actor: "hub", action: "pool.remove", subject: `pool/${row.ref}`, details });
  });
}

/**
 * Claims that came to nothing: the journal has no such thing of the instance, no creation that may still lead to it, and
 * no run under way. They are thrown away rather than handed out again: a worker that slept might still write to them.
 */
export async function endLostClaims(store: Store, environment: string): Promise<void> {
  const reason: Reason = {
    what: "The instance that claimed it came to nothing.",
    next: "Nothing: it is removed, and another one is made.",
  };
  await sql`update atoll.pool_projects p set state = 'removing', due_at = clock_timestamp(), failures = 0,
      fault = ${JSON.stringify(reason)}
    where p.state = 'claimed' and p.environment = ${environment}
      and not exists (select from atoll.resources r where r.kind = 'supabase.project' and r.provider_id = p.ref)
      and not exists (select from atoll.intents i where i.instance_id = p.instance_id
        and i.kind = 'supabase.project' and i.does = 'create' and i.undone_at is null)
      and not exists (select from atoll.runs u where u.instance_id = p.instance_id
        and u.state in ('queued', 'running', 'waiting', 'undoing'))`.execute(store);
}

/** How many of a place that nobody drained were thrown away within half an hour without ever having been ready. */
export async function lateFailures(store: Store, environment: string, region: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::integer as count from atoll.pool_projects
    where environment = ${environment} and region = ${region} and state in ('removing', 'removed')
      and ready_at is null and fault is not null and created_at > clock_timestamp() - interval '30 minutes'`.execute(
    store,
  );
  return rows[0]?.count ?? 0;
}

/** Forgets what is gone for a month: the audit log has it. */
export async function forgetRemoved(store: Store): Promise<void> {
  await sql`delete from atoll.pool_projects where state = 'removed' and ended_at < clock_timestamp() - interval '30 days'`.execute(
    store,
  );
}
