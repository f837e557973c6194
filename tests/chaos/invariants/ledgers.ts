import pg from "pg";
import type { Client, Look } from "../look.ts";

const question = `select
  (select array_agg(version order by version) from public.schema_migrations where state = 'finished') as ledger,
  (select count(*)::int from public.schema_migrations where state <> 'finished') as open,
  public.get_schema_version() as version,
  to_regclass('public.users') is not null as one,
  to_regclass('public.records') is not null as two,
  to_regclass('public.chaos_notes') is not null as three`;

/** What a ledger says was applied stands in the database, and nothing else; the newest where that is out. */
export async function ledgers({ clients, rest }: Look): Promise<string[]> {
  const found = await Promise.all(
    clients.map(async (client) =>
      client.instance?.state === "live"
        ? ledgerOf(client, rest.isReleased).catch((error: unknown) => [String(error)])
        : [],
    ),
  );
  return found.flat();
}

async function ledgerOf({ slug, databaseUrl }: Client, isReleased: boolean): Promise<string[]> {
  if (databaseUrl === undefined) return [];
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{
      ledger: number[];
      open: number;
      version: number;
      one: boolean;
      two: boolean;
      three: boolean;
    }>(question);
    const [row] = rows;
    if (row === undefined) return [`${slug} has no ledger`];
    const there = [row.one, row.two, row.three].flatMap((isThere, index) => (isThere ? [index + 1] : []));
    const ledger = row.ledger ?? [];
    const wrong: string[] = [];
    if (String(there) !== String(ledger)) wrong.push(`${slug}'s ledger has ${ledger}, its catalog ${there}`);
    if (row.version !== Math.max(0, ...ledger))
      wrong.push(`${slug} calls itself ${row.version}, its ledger ${ledger}`);
    if (row.open > 0) wrong.push(`${slug} has ${row.open} migrations begun and not finished`);
    if (isReleased && row.version < 3) wrong.push(`${slug} was left at version ${row.version}`);
    return wrong;
  } finally {
    await client.end();
  }
}
