import { type Ask, literal, readVersion } from "@atoll/archive/catalog";
import { compareBy } from "@atoll/archive/compare";
import { load } from "@atoll/archive/load";
import type { Archive } from "@atoll/archive/open";
import { Fault } from "@atoll/core/fault";
import type { Situation } from "@atoll/core/operation";
import type { OperationDesk } from "../operations/desk.ts";
import { withClient } from "./database.ts";
import { differenceIn } from "./drill.ts";
import { madeOurs } from "./made-ours.ts";

/** Row of `instance_config` that says which run filled the database last: what a look at a restore goes by. */
const restoredKey = "ATOLL_RESTORED_BY";

/** The run that filled this instance's database last; undefined where none did. */
export async function restoredBy(desk: OperationDesk, at: Situation): Promise<string | undefined> {
  return withClient(desk, at, async (client) => {
    const { rows } = await client.query<{ run: string }>(
      `select value #>> '{}' as run from public.instance_config where key = ${literal(restoredKey)}`,
    );
    return rows[0]?.run;
  });
}

/** Version of the schema that an instance's database stands at. */
export const versionOf = (desk: OperationDesk, at: Situation): Promise<number> =>
  withClient(desk, at, async (client) => readVersion(async (sql) => (await client.query(sql)).rows.slice()));

/**
 * Puts an archive's rows into an instance's database, compares every one, and leaves this run's mark, all in one
 * transaction: what fails on the way leaves the rows that were there. Accounts become this instance's.
 */
export async function putBack(
  desk: OperationDesk,
  at: Situation,
  { archive, mark, isOurs }: { archive: Archive; mark: string | undefined; isOurs: boolean },
): Promise<{ tables: number; rows: number }> {
  const { id } = at.instance;
  const wanted = isOurs ? archive : madeOurs(archive, id);
  return withClient(desk, at, async (client) => {
    const { tables, rows } = await load({
      archive: wanted,
      client,
      onRows: "replace",
      ...(isOurs && { sameInstance: id }),
      async beforeCommit(ask) {
        await mustBeEqual(wanted, ask);
        await leaveMark(ask, mark);
      },
    });
    return { tables, rows };
  });
}

async function mustBeEqual(archive: Archive, ask: Ask): Promise<void> {
  const different = differenceIn(await compareBy(archive, ask));
  if (different === undefined) return;
  throw new Fault("rejected", {
    what: `After its rows were put back, the database is not what the backup says: ${different}. Nothing was kept of it.`,
    next: "The old rows stand as they were. Look whether a trigger or a rule changes what is written, then retry the run.",
  });
}

async function leaveMark(ask: Ask, run: string | undefined): Promise<void> {
  await ask("set local search_path to default");
  await ask(
    run === undefined
      ? `delete from public.instance_config where key = ${literal(restoredKey)}`
      : `insert into public.instance_config (key, value, is_secret, updated_by)
           values (${literal(restoredKey)}, to_jsonb(${literal(run)}::text), true, 'atoll')
         on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by`,
  );
}
