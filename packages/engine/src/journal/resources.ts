import type { Query } from "../database.ts";

export interface ResourceRow {
  step: string;
  kind: string;
  name: string;
  within_id: string | null;
  provider_id: string;
  origin: "created" | "adopted";
  created_by_run: string | null;
  /** Milliseconds since it was last written to, by the database's clock. */
  applied_ms_ago: number;
  observed_at: Date | null;
  schema_version: number;
  attrs: unknown;
}

export async function listResources(query: Query, instanceId: string): Promise<ResourceRow[]> {
  return query<ResourceRow>(
    `select step, kind, name, within_id, provider_id, origin, created_by_run, observed_at, schema_version, attrs,
       (extract(epoch from clock_timestamp() - applied_at) * 1000)::float8 as applied_ms_ago
     from atoll.resources where instance_id = $1`,
    [instanceId],
  );
}

/** Records that a thing is there and under which id. A row that exists keeps its origin. */
export async function recordResource(
  query: Query,
  instanceId: string,
  row: {
    step: string;
    kind: string;
    name: string;
    within: string | undefined;
    id: string;
    origin: "created" | "adopted";
    runId: string | undefined;
    version: number;
    applied: boolean;
  },
): Promise<void> {
  await query(
    `insert into atoll.resources (instance_id, step, kind, name, within_id, provider_id, origin,
       created_by_run, schema_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (instance_id, step) do update set provider_id = excluded.provider_id,
       within_id = excluded.within_id,
       applied_at = case when $10 then clock_timestamp() else atoll.resources.applied_at end`,
    [
      instanceId,
      row.step,
      row.kind,
      row.name,
      row.within ?? null,
      row.id,
      row.origin,
      row.runId ?? null,
      row.version,
      row.applied,
    ],
  );
}

/** Records what was seen and what was wanted, both with secrets replaced by their places. */
export async function recordObserved(
  query: Query,
  instanceId: string,
  step: string,
  seen: { attrs: unknown; inputs: unknown; version: number },
): Promise<void> {
  await query(
    `update atoll.resources set attrs = $3, inputs = $4, schema_version = $5, observed_at = clock_timestamp()
     where instance_id = $1 and step = $2`,
    [instanceId, step, JSON.stringify(seen.attrs), JSON.stringify(seen.inputs), seen.version],
  );
}

export async function deleteResource(query: Query, instanceId: string, step: string): Promise<void> {
  await query("delete from atoll.resources where instance_id = $1 and step = $2", [instanceId, step]);
}
