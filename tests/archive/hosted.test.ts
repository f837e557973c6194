// A backup of an instance as it really is: Supabase's roles and schemas, a blueprint's tables, policies and triggers, the
// vault and its log, all read and loaded by the project's own login, which is no superuser and does not own schema auth.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkArchive } from "@atoll/archive/check";
import { compareWith } from "@atoll/archive/compare";
import { dump } from "@atoll/archive/dump";
import { folderStorage } from "@atoll/archive/folder";
import { load } from "@atoll/archive/load";
import { openArchive } from "@atoll/archive/open";
import { readMigrations } from "@atoll/fleet/migrations";
import { schema } from "@atoll/fleet/schema";
import { openDatabases } from "@atoll/local-cloud/supabase/database";
import { newProject } from "@atoll/local-cloud/supabase/project";
import { startPostgres } from "@atoll/postgres/postgres";
import type pg from "pg";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-hosted-"));
chmodSync(folder, 0o711);
const server = await startPostgres({ dataDir: path.join(folder, "server"), settings: { fsync: "off" } });
const databases = await openDatabases(server.url, "service-password-of-this-test");
const owners: pg.Client[] = [];
afterAll(async () => {
  for (const owner of owners) await owner.end();
  await databases.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const migrations = readMigrations(new URL("../../blueprints/business/migrations/", import.meta.url));

/** An instance's database with its schema on, and a connection as its owner. */
async function instance(id: string): Promise<pg.Client> {
  const project = newProject({
    name: id,
    organization: "local",
    region: "eu-west-3",
    databasePassword: `${id}-password`,
    now: 0,
  });
  await databases.create(project);
  const owner = await databases.asOwner(project);
  owners.push(owner);
  const query = async (sql: string) => ([await owner.query(sql)].flat().at(-1) as pg.QueryResult).rows; // the typings know only one result
  const resource = schema({ connect: async () => ({ query, lasting: true, close: async () => {} }) });
  const seed = "";
  await resource.apply({
    at: { instance: id, name: "schema", within: "ref" },
    want: { migrations, seed },
    live: undefined,
    changes: [],
  });
  return owner;
}

test("an instance's database is backed up, checked, and restored as a new instance, row by row the same", async () => {
  const source = await instance("source00000000000000");
  await source.query(`
    insert into auth.users (id, email, encrypted_password, raw_app_meta_data)
      select md5('u' || n)::uuid, 'u' || n || '@client.example', '$2a$10$hash' || n, '{}' from generate_series(1, 50) n;
    insert into auth.identities (provider_id, user_id, identity_data, provider)
      select 'u' || n, md5('u' || n)::uuid, '{}', 'email' from generate_series(1, 50) n;
    insert into public.instance_config (key, value, is_secret, value_type) values
      ('APP_NAME', '"Isle"', false, 'text'), ('MAIL_KEY', '"canary-4711"', true, 'text');`);
  const { rows: organizations } = await source.query<{ id: string }>("select id from public.organizations");
  if (organizations.length === 0)
    await source.query("insert into public.organizations (name, slug) values ('Isle', 'isle')");
  await source.query(`insert into public.companies (organization_id, name)
    select (select id from public.organizations limit 1), 'Company ' || n from generate_series(1, 3000) n`);
  const { rows: before } = await source.query("select count(*)::int as n from public.users");
  expect(before).toEqual([{ n: 50 }]);

  const storage = folderStorage(path.join(folder, "backups"));
  const hubKey = randomBytes(32);
  const [{ version } = { version: 0 }] = (
    await source.query<{ version: number }>("select version from public.schema_version")
  ).rows;
  const of = {
    kind: "backup" as const,
    instance: { id: "source00000000000000", slug: "source", blueprint: "business" },
    schema: { version },
    checkpoint: { workflowIds: [] },
  };
  await dump({ from: { client: source }, of, storage, prefix: "source/1", sealed: true, hubKey });
  const options = { storage, prefix: "source/1", hubKeys: [hubKey], authentic: true };
  expect((await checkArchive(options, { instanceId: of.instance.id })).findings).toEqual([]);

  const target = await instance("target00000000000000");
  // What a provisioning leaves there: a first admin, of whom a trigger makes a row in public.
  await target.query("insert into auth.users (id, email) values (gen_random_uuid(), 'first@client.example')");
  const rights =
    "select relname, relacl::text, relrowsecurity from pg_class where relnamespace = 'public'::regnamespace order by 1";
  const triggers =
    "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where not tgisinternal order by 1, 2";
  const keys =
    "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint order by 1, 2";
  const looks = async () =>
    await Promise.all([rights, triggers, keys].map(async (sql) => (await target.query(sql)).rows));
  const was = await looks();
  const archive = await openArchive(options);
  await expect(load({ archive, client: target, onRows: "refuse" })).rejects.toMatchObject({
    damage: "target-not-empty",
  });
  expect((await load({ archive, client: target, onRows: "replace" })).is).toBe("loaded");
  expect((await compareWith(archive, target)).differences).toEqual([]);
  expect(await looks()).toEqual(was);
  expect((await target.query("select email from auth.users where email like 'first%'")).rows).toEqual([]);
  const { rows: marks } = await target.query(
    "select value from public.instance_config where key = 'ATOLL_INSTANCE_ID'",
  );
  expect(marks).toEqual([{ value: "target00000000000000" }]);
  expect(await load({ archive, client: target, onRows: "refuse" })).toMatchObject({ is: "equal" });
});
