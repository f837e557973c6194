import { type InstanceState, instanceMoves, mayMove } from "@atoll/core/states";
import type { Query } from "../database.ts";
import { withoutPlaces } from "../seal.ts";

export interface InstanceRow {
  id: string;
  slug: string;
  blueprint: string;
  environment: string;
  state: InstanceState;
  answers: unknown;
  chosen: Record<string, string>;
  url: string | null;
  live_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

const columns =
  "id, slug, blueprint, environment, state, answers, chosen, url, live_at, created_at, updated_at";

export async function findInstance(query: Query, slug: string): Promise<InstanceRow | undefined> {
  const [row] = await query<InstanceRow>(`select ${columns} from atoll.instances where slug = $1`, [slug]);
  return row;
}

export async function findInstanceById(query: Query, id: string): Promise<InstanceRow | undefined> {
  const [row] = await query<InstanceRow>(`select ${columns} from atoll.instances where id = $1`, [id]);
  return row;
}

/** The instance, locked until the transaction ends: two submits follow one another. */
export async function lockInstance(query: Query, slug: string): Promise<InstanceRow | undefined> {
  const [row] = await query<InstanceRow>(
    `select ${columns} from atoll.instances where slug = $1 for no key update`,
    [slug],
  );
  return row;
}

export async function listInstances(query: Query): Promise<InstanceRow[]> {
  return query<InstanceRow>(`select ${columns} from atoll.instances order by created_at, id`);
}

/** Records a new instance; undefined when the slug is taken. */
export async function insertInstance(
  query: Query,
  row: Pick<InstanceRow, "id" | "slug" | "blueprint" | "environment" | "answers" | "chosen">,
): Promise<InstanceRow | undefined> {
  const [inserted] = await query<InstanceRow>(
    `insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
     values ($1, $2, $3, $4, 'provisioning', $5, $6) on conflict (slug) do nothing returning ${columns}`,
    [
      row.id,
      row.slug,
      row.blueprint,
      row.environment,
      JSON.stringify(row.answers),
      JSON.stringify(row.chosen),
    ],
  );
  return inserted;
}

export async function updateChosen(query: Query, id: string, chosen: Record<string, string>): Promise<void> {
  await query("update atoll.instances set chosen = $2 where id = $1", [id, JSON.stringify(chosen)]);
}

/** Moves an instance to another state. A move that the table does not allow is a bug and throws. */
export async function moveInstance(
  query: Query,
  id: string,
  to: InstanceState,
  facts: { url?: string | undefined; answers?: unknown } = {},
): Promise<void> {
  const [row] = await query<{ state: InstanceState }>(
    "select state from atoll.instances where id = $1 for no key update",
    [id],
  );
  if (!row || !mayMove(instanceMoves, row.state, to))
    throw new Error(`An instance may not go from ${row?.state} to ${to}.`);
  await query(
    `update atoll.instances set state = $2, url = coalesce($3, url), answers = coalesce($4, answers),
       live_at = case when $2 = 'live' then coalesce(live_at, clock_timestamp()) else live_at end,
       updated_at = clock_timestamp()
     where id = $1`,
    [id, to, facts.url ?? null, facts.answers == null ? null : JSON.stringify(facts.answers)],
  );
}

/** Takes the secrets out of an instance's answers: what is left stays readable when they are gone. */
export async function forgetSecretAnswers(query: Query, id: string): Promise<void> {
  const [row] = await query<{ answers: unknown }>("select answers from atoll.instances where id = $1", [id]);
  if (!row) return;
  await query("update atoll.instances set answers = $2 where id = $1", [
    id,
    JSON.stringify(withoutPlaces(row.answers)),
  ]);
}
