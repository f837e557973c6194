import type { DriftArea, DriftItem, InstanceDrift } from "@atoll/contract/schemas/drift";
import type { Selectable } from "kysely";
import { sql } from "kysely";
import { cursorOf, openCursor } from "../store/cursor.ts";
import type { Store } from "../store/store.ts";
import type { InstanceDriftTable } from "../store/tables.ts";
import { repairOf } from "./areas.ts";

/** Which differences. */
export interface WhichDrift {
  area?: DriftArea | undefined;
  blueprint?: string | undefined;
  environment?: string | undefined;
  slug?: string | undefined;
  only?: "open" | "accepted" | "stopped" | undefined;
}

type Row = Selectable<InstanceDriftTable> & { slug: string; blueprint: string; environment: string };

/** Differences that are there, of instances that are there. */
function driftRows(store: Store) {
  return store
    .selectFrom("instance_drift as d")
    .innerJoin("instances as i", "i.id", "d.instance_id")
    .where("d.gone_at", "is", null)
    .where("i.state", "not in", ["removing", "removed", "archived"])
    .selectAll("d")
    .select(["i.slug", "i.blueprint", "i.environment"]);
}

/** As the API tells it. */
function shownItem(row: Row): DriftItem {
  const { stands, wanted, why, next, accepted_by, accepted_at, stopped_at } = row;
  return {
    instance: row.slug,
    blueprint: row.blueprint,
    environment: row.environment,
    path: row.path,
    area: row.area,
    step: row.step,
    act: row.act,
    repair: repairOf(row.area, row.act),
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    repairs: row.repairs,
    ...(stands !== null && { from: stands }),
    ...(wanted !== null && { to: wanted }),
    ...(why !== null && { why }),
    ...(next !== null && { next }),
    ...(accepted_by !== null && { acceptedBy: accepted_by }),
    ...(accepted_at && { acceptedAt: accepted_at.toISOString() }),
    ...(stopped_at && { stoppedAt: stopped_at.toISOString() }),
  };
}

/** A part of all differences, by instance and path. */
export async function listDrift(
  store: Store,
  which: WhichDrift,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: DriftItem[]; total: number; nextCursor?: string }> {
  const { area, blueprint, environment, slug, only } = which;
  let list = driftRows(store);
  if (area !== undefined) list = list.where("d.area", "=", area);
  if (blueprint !== undefined) list = list.where("i.blueprint", "=", blueprint);
  if (environment !== undefined) list = list.where("i.environment", "=", environment);
  if (slug !== undefined) list = list.where("i.slug", "=", slug);
  if (only === "open") list = list.where("d.accepted_at", "is", null);
  if (only === "accepted") list = list.where("d.accepted_at", "is not", null);
  if (only === "stopped") list = list.where("d.stopped_at", "is not", null);
  const { total } = await list
    .clearSelect()
    .select((select) => select.fn.countAll<string>().as("total"))
    .executeTakeFirstOrThrow();
  const [atSlug, atPath] = openCursor(cursor, "text", "text") ?? [];
  if (atSlug !== undefined && atPath !== undefined)
    list = list.where(sql<boolean>`(i.slug, d.path) > (${String(atSlug)}, ${String(atPath)})`);
  const rows = await list
    .orderBy("i.slug")
    .orderBy("d.path")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(shownItem);
  const last = items.at(-1);
  return {
    items,
    total: Number(total),
    ...(rows.length > limit && last && { nextCursor: cursorOf(last.instance, last.path) }),
  };
}

/** All that is known of one instance's drift; asks no provider. */
export async function showDrift(
  store: Store,
  { id, slug }: { id: string; slug: string },
): Promise<InstanceDrift> {
  const look = await store
    .selectFrom("drift_looks")
    .selectAll()
    .where("instance_id", "=", id)
    .executeTakeFirst();
  const rows = await driftRows(store).where("d.instance_id", "=", id).orderBy("d.path").execute();
  return {
    instance: slug,
    ...(look?.looked_at && { lookedAt: look.looked_at.toISOString() }),
    ...(look && { dueAt: look.due_at.toISOString() }),
    problems: look?.problems ?? [],
    besides: look?.besides ?? [],
    items: rows.map(shownItem),
  };
}
