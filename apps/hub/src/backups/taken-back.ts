import { literal } from "@atoll/archive/catalog";
import type { Databases } from "../schema/databases.ts";

/**
 * Row of `instance_config` that a provider's restore takes away: it was written after the moment that the project is taken
 * back to. While it is there, nothing was taken back yet; no answer of the provider's says that as surely.
 */
const askedKey = "ATOLL_TAKEN_BACK_BY";

/** `waiting` = this run's mark is there; `refused` = the provider was asked and did not take it; `gone` = it is not there. */
export type Mark = "waiting" | "refused" | "gone";

const whereKey = `where key = ${literal(askedKey)}`;

async function ask(databases: Pick<Databases, "open">, slug: string, sql: string, reads = false) {
  const session = await databases.open(slug);
  try {
    return await session.query(sql, { reads });
  } finally {
    await session.close();
  }
}

/** What of a run's mark stands in an instance's database. */
export async function readMark(databases: Pick<Databases, "open">, slug: string, run: string): Promise<Mark> {
  const sql = `select value #>> '{}' as mark from public.instance_config ${whereKey}`;
  const [row] = await ask(databases, slug, sql, true);
  if (row?.mark === `waiting ${run}`) return "waiting";
  return row?.mark === `refused ${run}` ? "refused" : "gone";
}

/** Leaves a run's mark, over any other one's. */
export async function leaveMark(
  databases: Pick<Databases, "open">,
  slug: string,
  run: string,
  mark: Exclude<Mark, "gone">,
): Promise<void> {
  await ask(
    databases,
    slug,
    `insert into public.instance_config (key, value, is_secret, updated_by)
       values (${literal(askedKey)}, to_jsonb(${literal(`${mark} ${run}`)}::text), true, 'atoll')
     on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by`,
  );
}

/** Takes any mark away. */
export async function removeMark(databases: Pick<Databases, "open">, slug: string): Promise<void> {
  await ask(databases, slug, `delete from public.instance_config ${whereKey}`);
}
