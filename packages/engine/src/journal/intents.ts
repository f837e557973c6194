import type { Query } from "../database.ts";

export type Does = "create" | "update" | "replace" | "remove" | "send";

/** What became of an intent: refused = surely not done; found = the answer was lost, the thing is there. */
export type Outcome = "applied" | "refused" | "found" | "asked" | "gone";

export interface IntentRow {
  id: string;
  run_id: string;
  step: string;
  kind: string;
  name: string;
  within_id: string | null;
  does: Does;
  /** Milliseconds since it was first looked for without an answer, else since it was committed, by the database's clock. */
  age_ms: number;
  /** Somebody has looked for it already. */
  is_doubted: boolean;
  outcome: Outcome | null;
}

/** Commits what is about to be done. Returns the intent's id. */
export async function insertIntent(
  query: Query,
  intent: {
    instanceId: string;
    runId: string;
    step: string;
    kind: string;
    name: string;
    within: string | undefined;
    does: Does;
    paths: string[];
  },
): Promise<string> {
  const [row] = await query<{ id: string }>(
    `insert into atoll.intents (instance_id, run_id, step, kind, name, within_id, does, paths)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      intent.instanceId,
      intent.runId,
      intent.step,
      intent.kind,
      intent.name,
      intent.within ?? null,
      intent.does,
      JSON.stringify(intent.paths),
    ],
  );
  if (!row) throw new Error("An intent was not recorded.");
  return row.id;
}

/** Says what became of an intent; the first answer stays. */
export async function settleIntent(query: Query, id: string, outcome: Outcome): Promise<void> {
  await query(
    "update atoll.intents set settled_at = clock_timestamp(), outcome = $2 where id = $1 and settled_at is null",
    [id, outcome],
  );
}

/** Creates that were begun for an instance and not removed since, newest first. */
export async function standingCreates(query: Query, instanceId: string): Promise<IntentRow[]> {
  return query<IntentRow>(
    `select id, run_id, step, kind, name, within_id, does, outcome,
       doubted_at is not null as is_doubted,
       (extract(epoch from clock_timestamp() - coalesce(doubted_at, committed_at)) * 1000)::float8 as age_ms
     from atoll.intents
     where instance_id = $1 and does in ('create', 'replace') and undone_at is null order by id desc`,
    [instanceId],
  );
}

/**
 * Creates that nobody has an answer of. Those that are looked for the first time are young from now on: the call may have
 * been sent, or its answer lost, just before.
 */
export async function doubtOpen(query: Query, creates: readonly IntentRow[]): Promise<IntentRow[]> {
  const open = creates.filter(({ outcome }) => outcome === null);
  const first = open.filter((each) => !each.is_doubted).map(({ id }) => id);
  if (first.length > 0)
    await query("update atoll.intents set doubted_at = clock_timestamp() where id = any ($1::bigint[])", [
      first,
    ]);
  return open.map((each) => (each.is_doubted ? each : { ...each, is_doubted: true, age_ms: 0 }));
}

/** Every create of this step is over and done with: its thing is gone, whatever became of it. */
export async function closeCreates(query: Query, instanceId: string, step: string): Promise<void> {
  await query(
    `update atoll.intents set undone_at = clock_timestamp(), settled_at = coalesce(settled_at, clock_timestamp()),
       outcome = coalesce(outcome, 'gone')
     where instance_id = $1 and step = $2 and undone_at is null`,
    [instanceId, step],
  );
}
