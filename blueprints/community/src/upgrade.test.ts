import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { testProject } from "@atoll/blueprint-kit/testing/project";
import { catalogKey, catalogQuery } from "@atoll/fleet/catalog";
import { sqlLiteral } from "@atoll/fleet/quote";
import { schema } from "@atoll/fleet/schema";
import { vaultSeed } from "@atoll/fleet/vault";
import { expect, test } from "vitest";
import { migrations, vaultOf } from "./migrations.ts";
import { questions } from "./questions.ts";

const { as, asAuth, asOwner } = await testProject();
const at = { instance: "a0000000000000000000", name: "schema", within: "ref" };
const resource = schema({ connect: async () => ({ query: (sql) => asOwner(sql), close: async () => {} }) });
const answers = questions.parse({
  name: "Villa A",
  slug: "villa",
  city: "Lyon",
  mapCenter: "45.4397, 4.3872",
  adminEmail: "admin@a.test",
});

test("a community that was made before keeps its vault and its log, and gets the common one", async () => {
  // As it was when the vault was a community's own: the ledger alone, and the first four migrations.
  const ledger = ["ledger", "instance"]
    .map((name) => readFileSync(new URL(`../../../packages/fleet/src/${name}.sql`, import.meta.url), "utf8"))
    .join("\n");
  const old = migrations.slice(0, 4);
  await asOwner(ledger);
  await asOwner("insert into public.instance_config (key, value) values ('ATOLL_INSTANCE_ID', $1)", [
    JSON.stringify(at.instance),
  ]);
  for (const { version, name, checksum, sql } of old) {
    await asOwner(sql);
    await asOwner(
      `select public.register_migration(${version}, ${sqlLiteral(name)}, ${sqlLiteral(checksum)}, 'atoll')`,
    );
  }
  await asOwner(
    `insert into public.instance_config (key, value, is_secret) values ('${catalogKey}', ${catalogQuery}, true)`,
  );
  await asOwner(
    `insert into public.instance_config (key, value, value_type, updated_by) values
     ('COMMUNITY_NAME', '"First name"', 'text', 'atoll'), ('CITY_NAME', '"First town"', 'text', 'atoll')`,
  );
  // By hand: it kept the tool's name then.
  await asOwner("update public.instance_config set value = '\"Old name\"' where key = 'COMMUNITY_NAME'");
  await asOwner("update public.instance_config set value = '\"Old town\"' where key = 'CITY_NAME'");
  const admin = randomUUID();
  await asAuth("insert into auth.users (id, email) values ($1, 'admin@a.test')", [admin]);
  await asAuth('update auth.users set raw_app_meta_data = \'{"role": "admin"}\' where id = $1', [admin]);
  await as("authenticated", admin, "select public.vault_set('OPENAI_API_KEY', '\"canary\"')");

  const before = await resource.observe(at);
  if (before.is !== "present") throw new Error(before.is);
  const want = { migrations, seed: vaultSeed(vaultOf(answers)) };
  expect(resource.compare(want, before.attrs).map(({ path, act }) => [path, act])).toEqual([
    ["migrations.0005_vault", "create"],
    ["ledger", "create"],
    ["answers", "update"],
  ]);
  await resource.apply({ at, want, live: before.attrs, changes: resource.compare(want, before.attrs) });

  const after = await resource.observe(at);
  if (after.is !== "present") throw new Error(after.is);
  expect(resource.compare(want, after.attrs)).toEqual([]);
  const rows = await asOwner(
    "select key, value, is_secret, updated_by from public.instance_config where key in ('COMMUNITY_NAME', 'OPENAI_API_KEY', 'APP_NAME') order by key",
  );
  expect(rows).toEqual([
    { key: "APP_NAME", value: "Villa A", is_secret: false, updated_by: "atoll" },
    { key: "COMMUNITY_NAME", value: "Old name", is_secret: false, updated_by: "somebody" },
    { key: "OPENAI_API_KEY", value: "canary", is_secret: true, updated_by: admin },
  ]);
  expect(await asOwner("select name, city from public.community_settings")).toEqual([
    { name: "Old name", city: "Old town" },
  ]);
  const log = await as(
    "authenticated",
    admin,
    "select key, act from public.instance_config_log where act = 'added' order by id",
  );
  expect(log.slice(0, 3)).toEqual([
    { key: "COMMUNITY_NAME", act: "added" },
    { key: "CITY_NAME", act: "added" },
    { key: "OPENAI_API_KEY", act: "added" },
  ]);
  // Each trigger stands once: a change is written down once.
  await as("authenticated", admin, "select public.vault_set('CITY_NAME', '\"Here\"')");
  const changes = await asOwner(
    "select changed_by from public.instance_config_log where act = 'changed' and key = 'CITY_NAME' order by id",
  );
  expect(changes).toEqual([{ changed_by: "atoll" }, { changed_by: admin }]);
});

test("what was removed stays away when the first rows are put in again", async () => {
  await asOwner("delete from public.instance_config where key = 'FEDERATION'");
  await asOwner(vaultSeed(vaultOf(answers)));
  expect(await asOwner("select key from public.instance_config where key = 'FEDERATION'")).toEqual([]);
});
