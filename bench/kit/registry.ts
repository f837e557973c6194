import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { hubMigrations } from "@atoll/hub/check-audit";
import pg from "pg";
import { atEnd } from "./ending.ts";
import { openHubDatabase } from "./hub-database.ts";
import { fillInstances } from "./many-instances.ts";

/** Things at Supabase for each instance: with them its row in the registry says how it is reached. */
const fillThingsSql = `
  insert into atoll.resources (instance_id, step, kind, name, provider_id, origin, schema_version, attrs)
  select i.id, t.step, 'supabase.' || t.step, t.step, i.slug, 'created', 1, t.attrs
    from atoll.instances i,
         lateral (values ('project', jsonb_build_object('ref', i.slug, 'url', 'https://' || md5(i.slug) || '.supabase.co')),
                         ('api-keys', jsonb_build_object('publishable', 'sb_publishable_' || md5(i.slug)))) t (step, attrs)`;

/** A hub's database with all instances of the benchmarks in its registry, and a hub's settings for it. */
export async function openRegistry(): Promise<{
  databaseUrl: string;
  sql: pg.Client;
  env: NodeJS.ProcessEnv;
}> {
  const home = mkdtempSync(path.join(tmpdir(), "atoll-bench-"));
  chmodSync(home, 0o711); // through here Postgres's own user reaches its data
  atEnd(async () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ATOLL_HOME: home };
  const databaseUrl = await openHubDatabase(env);
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  atEnd(() => sql.end());
  await fillInstances(sql);
  await sql.query(fillThingsSql);
  await sql.query("vacuum analyze atoll.instance_registry");
  return { databaseUrl, sql, env };
}
