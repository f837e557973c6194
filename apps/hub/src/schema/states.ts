import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import type { FaultReport } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import type { InstanceState } from "@atoll/core/states";
import { labelOf } from "@atoll/fleet/migrations";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import type { Kind } from "./kind.ts";

/** An instance that has a database, with what it last said of its schema. */
export interface Known {
  id: string;
  slug: string;
  blueprint: string;
  environment: string;
  state: InstanceState;
  created: string;
  version: number | null;
  drift: string[] | null;
  problem: FaultReport | null;
  seen_at: Date | null;
}

/** Instances that have a database: a schema stands in the journal, and they are not gone. */
export function instancesWithSchema(store: Store) {
  return store
    .selectFrom("instances as i")
    .innerJoin("resources as r", (join) =>
      join.onRef("r.instance_id", "=", "i.id").on("r.kind", "=", "postgres.schema"),
    )
    .leftJoin("schema_states as s", "s.instance_id", "i.id")
    .where("i.state", "not in", ["removed", "removing"])
    .select([
      "i.id",
      "i.slug",
      "i.blueprint",
      "i.environment",
      "i.state",
      sql<string>`i.created_at::text`.as("created"),
      sql<number | null>`coalesce(s.version, (r.attrs ->> 'version')::integer)`.as("version"),
      "s.drift",
      "s.problem",
      "s.seen_at",
    ]);
}

/** As the API tells it. */
export function shownSchema(row: Known, kind: Kind | undefined): InstanceSchema {
  const migrations = kind?.migrations ?? [];
  const pending =
    row.version === null ? [] : migrations.filter(({ version }) => version > (row.version ?? 0)).map(labelOf);
  return {
    instance: row.slug,
    environment: row.environment,
    blueprint: row.blueprint,
    state: row.state,
    ...(row.version !== null && { version: row.version }),
    newest: migrations.at(-1)?.version ?? 0,
    pending,
    drift: row.drift ?? [],
    ...(row.seen_at && { seenAt: row.seen_at.toISOString() }),
    ...(row.problem && { problem: row.problem }),
  };
}

/** What a look found; with a problem, what was seen before stays. */
export type Seen = { version: number; drift: string[] } | { problem: FaultReport };

/** Writes down what a look at one database found, in the journal's row of the schema too: lists go by it. */
export async function noteSeen(store: Store, instanceId: string, seen: Seen): Promise<void> {
  if ("problem" in seen) {
    const problem = JSON.stringify(seen.problem);
    await sql`insert into atoll.schema_states (instance_id, problem) values (${instanceId}, ${problem}::jsonb)
      on conflict (instance_id) do update set problem = excluded.problem, tried_at = clock_timestamp()`.execute(
      store,
    );
    return;
  }
  const { version, drift } = seen;
  await sql`with noted as (
      insert into atoll.schema_states (instance_id, version, drift, seen_at)
      values (${instanceId}, ${version}, ${JSON.stringify(drift)}::jsonb, clock_timestamp())
      on conflict (instance_id) do update set version = excluded.version, drift = excluded.drift, problem = null,
        seen_at = excluded.seen_at, tried_at = clock_timestamp())
    update atoll.resources set attrs = jsonb_set(attrs, '{version}', to_jsonb(${version}::integer)), observed_at = clock_timestamp()
    where instance_id = ${instanceId} and kind = 'postgres.schema' and (attrs ->> 'version')::integer is distinct from ${version}`.execute(
    store,
  );
}

/** Any error as it is stored and shown: never more than a sentence of ours. */
export function reportOf(error: unknown): FaultReport {
  if (error instanceof Fault) {
    const { kind, what, next, field, call } = error;
    return { kind, what, next, ...(field !== undefined && { field }), ...(call !== undefined && { call }) };
  }
  return {
    kind: "outcome-unknown",
    what: `Something unforeseen happened: ${error instanceof Error ? error.name : "unknown"}.`,
    next: "Look at the hub's log, then try again.",
  };
}
