import type { HealthState, ProbeKind, ProbeVerdict } from "@atoll/contract/schemas/monitor";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import type { Looked } from "./look.ts";
import { afterLook, type ProbeState } from "./verdict.ts";
import { isLookedAt } from "./watched.ts";

/** An instance whose look is due. */
export interface Due {
  id: string;
  slug: string;
  blueprint: string;
  environment: string;
  /** Of its recorded things: while it is the same, the targets are. */
  stamp: string;
  closer: boolean;
}

/** What is known of a thing, as it stands in the table. */
interface StoredProbe extends ProbeState {
  provider: string | undefined;
  checkedAt: Date;
  since: Date;
}

export type Probes = Map<ProbeKind, StoredProbe>;

/** Has every instance that people may be using looked at from now on, each at a moment of its own within the interval. */
export async function enrol(store: Store, everyMs: number): Promise<void> {
  await sql`insert into atoll.monitored (instance_id, due_at, closer_at)
    select i.id, clock_timestamp() + random() * ${everyMs} * interval '1 millisecond', clock_timestamp()
      from atoll.instances i
     where ${isLookedAt("i")} and not exists (select from atoll.monitored m where m.instance_id = i.id)
    on conflict do nothing`.execute(store);
}

/**
 * Takes instances whose look is due, so that nobody else does, with a tenth of jitter on the next one. Times are in
 * milliseconds.
 */
export async function claimDue(
  store: Store,
  { environments, everyMs, atMost }: { environments: readonly string[]; everyMs: number; atMost: number },
): Promise<Due[]> {
  const { rows } = await sql<Due>`
    with due as (
      select m.instance_id from atoll.monitored m join atoll.instances i on i.id = m.instance_id
       where m.due_at <= clock_timestamp() and ${isLookedAt("i")} and i.environment in (${sql.join([...environments])})
       order by m.due_at limit ${atMost} for update of m skip locked)
    update atoll.monitored m
       set due_at = clock_timestamp() + ${everyMs} * (0.9 + random() / 5) * interval '1 millisecond'
      from due join atoll.instances i on i.id = due.instance_id
     where m.instance_id = due.instance_id
    returning i.id, i.slug, i.blueprint, i.environment, m.closer_at <= clock_timestamp() as closer,
      i.updated_at::text || coalesce((select max(r.observed_at)::text from atoll.resources r where r.instance_id = i.id), '') as stamp`.execute(
    store,
  );
  return rows;
}

/** What is known of the things of some instances, by instance. */
export async function readProbes(store: Store, instances: readonly string[]): Promise<Map<string, Probes>> {
  const known = new Map<string, Probes>(instances.map((id) => [id, new Map()]));
  if (instances.length === 0) return known;
  const { rows } = await sql<{
    instance_id: string;
    kind: ProbeKind;
    provider: string | null;
    verdict: ProbeVerdict;
    recent: boolean[];
    latencies: number[];
    problem: string | null;
    hint: StoredProbe["hint"] | null;
    checked_at: Date;
    since: Date;
  }>`select * from atoll.probe_states where instance_id in (${sql.join([...instances])})`.execute(store);
  for (const row of rows)
    known.get(row.instance_id)?.set(row.kind, {
      ok: row.recent.at(-1) ?? false,
      verdict: row.verdict,
      recent: row.recent,
      latencies: row.latencies,
      provider: row.provider ?? undefined,
      checkedAt: row.checked_at,
      since: row.since,
      ...(row.problem !== null && { problem: row.problem }),
      ...(row.hint !== null && { hint: row.hint }),
    });
  return known;
}

/** Adds what was found to what is known, in memory. */
export function learn(probes: Probes, looked: readonly Looked[]): void {
  for (const { kind, provider, at, found } of looked) {
    const before = probes.get(kind);
    const state = afterLook(before, found);
    const since = before !== undefined && before.verdict === state.verdict ? before.since : at;
    probes.set(kind, { ...state, provider, checkedAt: at, since });
  }
}

/** An instance after its look. */
export interface Outcome {
  due: Due;
  probes: Probes;
  looked: readonly Looked[];
  /** Kinds that were known and are no longer there to be looked at. */
  gone: readonly ProbeKind[];
  state: Exclude<HealthState, "paused">;
  /** Milliseconds until the next look where it is wanted sooner than the interval says. */
  soonerMs: number | undefined;
  /** Milliseconds until the next closer one. */
  closerMs: number;
}

/** Writes a whole batch in a few statements, however many instances it holds. */
export async function writeOutcomes(store: Store, outcomes: readonly Outcome[]): Promise<void> {
  const results = outcomes.flatMap(({ due, looked }) =>
    looked.map(({ kind, at, found }) => ({
      i: due.id,
      k: kind,
      t: at.toISOString(),
      o: found.ok,
      l: found.ok ? (found.latencyMs ?? null) : null,
    })),
  );
  const states = outcomes.flatMap(({ due, looked, probes }) =>
    looked.flatMap(({ kind }) => {
      const each = probes.get(kind);
      if (each === undefined) return [];
      const { provider, verdict, recent, latencies, problem, hint, checkedAt, since } = each;
      return [
        {
          i: due.id,
          k: kind,
          p: provider,
          v: verdict,
          r: recent,
          l: latencies,
          w: problem,
          h: hint,
          c: checkedAt,
          s: since,
        },
      ];
    }),
  );
  const rows = outcomes.map(({ due, state, soonerMs, closerMs }) => ({
    i: due.id,
    s: state,
    m: soonerMs ?? null,
    c: closerMs,
  }));
  const gone = outcomes.flatMap(({ due, gone: kinds }) => kinds.map((kind) => ({ i: due.id, k: kind })));
  await store.transaction().execute(async (tx) => {
    if (gone.length > 0)
      await sql`delete from atoll.probe_states s
        using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as r(i text, k text)
        where s.instance_id = r.i and s.kind = r.k`.execute(tx);
    await sql`insert into atoll.probe_results (instance_id, kind, at, ok, latency_ms)
      select * from jsonb_to_recordset(${JSON.stringify(results)}::jsonb) as r(i text, k text, t timestamptz, o boolean, l integer)`.execute(
      tx,
    );
    await sql`insert into atoll.probe_states (instance_id, kind, provider, verdict, recent, latencies, problem, hint, checked_at, since)
      select i, k, p, v, r, l, w, h, c, s
        from jsonb_to_recordset(${JSON.stringify(states)}::jsonb)
          as r(i text, k text, p text, v text, r boolean[], l integer[], w text, h text, c timestamptz, s timestamptz)
      on conflict (instance_id, kind) do update set provider = excluded.provider, verdict = excluded.verdict,
        recent = excluded.recent, latencies = excluded.latencies, problem = excluded.problem, hint = excluded.hint,
        checked_at = excluded.checked_at, since = excluded.since`.execute(tx);
    await sql`update atoll.monitored m
         set state = r.s, since = case when m.state = r.s then m.since else clock_timestamp() end,
             due_at = case when r.m is null then m.due_at
                           else least(m.due_at, clock_timestamp() + r.m * interval '1 millisecond') end,
             closer_at = clock_timestamp() + r.c * interval '1 millisecond'
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(i text, s text, m float8, c float8)
       where m.instance_id = r.i`.execute(tx);
  });
}

/**
 * Has a few other instances at the same provider looked at at once: whether it is the provider shows itself by them.
 */
export async function nudgeOthers(
  store: Store,
  { environment, provider, olderMs }: { environment: string; provider: string; olderMs: number },
): Promise<void> {
  await sql`update atoll.monitored set due_at = clock_timestamp(), closer_at = clock_timestamp()
    where instance_id in (
      select s.instance_id from atoll.probe_states s join atoll.instances i on i.id = s.instance_id
       where s.provider = ${provider} and i.environment = ${environment} and ${isLookedAt("i")}
       group by s.instance_id
      having min(s.checked_at) < clock_timestamp() - ${olderMs} * interval '1 millisecond'
       order by random() limit 5)`.execute(store);
}

/** How many instances at each provider were looked at lately, and how many of them failed in their newest look. */
export async function providerShares(
  store: Store,
  withinMs: number,
): Promise<Map<string, { failing: number; all: number }>> {
  const { rows } = await sql<{ environment: string; provider: string; failing: number; all: number }>`
    select environment, provider, count(*)::integer as "all", count(*) filter (where failing)::integer as failing
      from (select i.environment, s.provider, s.instance_id, bool_or(not s.recent[cardinality(s.recent)]) as failing
              from atoll.probe_states s join atoll.instances i on i.id = s.instance_id
             where s.provider is not null and ${isLookedAt("i")}
               and s.checked_at > clock_timestamp() - ${withinMs} * interval '1 millisecond'
             group by 1, 2, 3) one
     group by 1, 2`.execute(store);
  return new Map(rows.map(({ environment, provider, ...share }) => [`${environment}/${provider}`, share]));
}
