// A fleet of bare databases on one server, as instances of one kind: for tests and benchmarks of rollouts, without a
// provider in between.
import type { SchemaFile } from "@atoll/core/blueprint";
import { Secret } from "@atoll/core/secret";
import { prepareDatabase } from "@atoll/engine/migrate";
import { scratchRoles, scratchSql } from "@atoll/fleet/rehearse/shape";
import { provisionScript } from "@atoll/fleet/script";
import type { SqlSession } from "@atoll/fleet/session";
import { createDatabase } from "@atoll/postgres/database";
import { connectPostgres } from "@atoll/supabase/postgres";
import pg from "pg";
import type { Databases } from "../databases.ts";

interface YardOptions {
  /** Any database of the server, as its superuser. */
  serverUrl: string;
  /** The hub's database on it. */
  hubUrl: string;
  kind: { name: string; migrations: readonly SchemaFile[] };
  count: number;
  /** Names of the databases begin with it; one yard each. */
  prefix: string;
}

/** Slug of the nth database of a yard, which is the database's name, too. */
export const slugOf = (prefix: string, n: number): string => `${prefix}-${String(n).padStart(4, "0")}`;

const idOf = (prefix: string, n: number) => `${prefix}${String(n).padStart(20 - prefix.length, "0")}`;

function urlTo(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** The databases of a yard, by a connection each. */
export function bareDatabases(serverUrl: string): Databases {
  const { hostname: host, port, username: user, password } = new URL(serverUrl);
  const secret = new Secret("password", decodeURIComponent(password));
  return {
    open: (slug): Promise<SqlSession> =>
      connectPostgres({ host, port: Number(port), user, database: slug }, secret, { timeoutMs: 300_000 }),
    server: async () => host,
    backups: async () => ({ items: [] }),
    restorePoint: async () => ({ kind: "none", what: "A bare database has no backups." }),
  };
}

/** Makes a template that looks like a new project with a ledger at version 0, and copies of it. */
export async function makeDatabases({
  serverUrl,
  count,
  prefix,
}: Omit<YardOptions, "hubUrl" | "kind">): Promise<void> {
  const template = `${prefix}-template`;
  await createDatabase(serverUrl, template);
  const client = new pg.Client({ connectionString: urlTo(serverUrl, template) });
  await client.connect();
  for (const role of scratchRoles) await client.query(role);
  await client.query(scratchSql);
  await client.end();
  for (let n = 0; n < count; n++) await createDatabase(serverUrl, slugOf(prefix, n), { template });
}

/** Gives each database its ledger, its owner's mark, and what it begins with; an instance at version 0 has nothing more. */
export async function giveLedgers(
  { serverUrl, count, prefix }: Omit<YardOptions, "hubUrl" | "kind">,
  first: readonly SchemaFile[] = [],
): Promise<void> {
  const databases = bareDatabases(serverUrl);
  for (let n = 0; n < count; n++) {
    const session = await databases.open(slugOf(prefix, n));
    await session.query(provisionScript(first, { instance: idOf(prefix, n), record: true }));
    await session.close();
  }
}

/** Enters the databases of a yard in the hub's journal, as live instances with a schema at a version. */
export async function enterInstances(
  { hubUrl, kind, count, prefix }: Omit<YardOptions, "serverUrl">,
  version = 0,
): Promise<void> {
  await prepareDatabase(hubUrl);
  const client = new pg.Client({ connectionString: hubUrl });
  await client.connect();
  const all = Array.from({ length: count }, (_, n) => n);
  try {
    await client.query(
      `insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, live_at)
       select id, slug, $3, 'local', 'live', '{}', '{}', clock_timestamp() from unnest($1::text[], $2::text[]) as t(id, slug)`,
      [all.map((n) => idOf(prefix, n)), all.map((n) => slugOf(prefix, n)), kind.name],
    );
    await client.query(
      `insert into atoll.resources (instance_id, step, kind, name, provider_id, origin, schema_version, attrs)
       select id, 'schema', 'postgres.schema', 'schema', id, 'created', 1, jsonb_build_object('version', $2::integer)
       from unnest($1::text[]) id`,
      [all.map((n) => idOf(prefix, n)), version],
    );
  } finally {
    await client.end();
  }
}
