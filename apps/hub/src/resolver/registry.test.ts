import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubMigrations } from "../check-audit.ts";
import { makeLive, publishableKey, registerByHand } from "./testing/rows.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Client({ connectionString: databaseUrl });

beforeAll(async () => {
  await prepareDatabase(databaseUrl);
  await sql.connect();
  // As on a hub that was there before the registry: the migration has to find this one.
  await makeLive(sql, "earlier");
  await migrateFurther(databaseUrl, hubMigrations);
});
afterAll(() => sql.end());

async function rowOf(subdomain: string): Promise<Record<string, unknown> | undefined> {
  const { rows } = await sql.query("select * from atoll.instance_registry where subdomain = $1", [subdomain]);
  return rows[0];
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe("an instance's row", () => {
  test("is there for what was there before the registry", async () => {
    expect(await rowOf("earlier")).toMatchObject({ status: "live", is_active: true });
  });

  test("says what its answers, its project and its schema say", async () => {
    await makeLive(sql, "saint-denis", {
      name: "Saint-Denis",
      communityType: "municipality",
      mapCenter: "48.9362, 2.3574",
      locale: "fr",
      modules: ["places", "announcements"],
    });
    expect(await rowOf("saint-denis")).toMatchObject({
      community_name: "Saint-Denis",
      community_type: "municipality",
      supabase_url: "https://saint-denis.supabase.test",
      supabase_anon_key: publishableKey("saint-denis"),
      url: "https://saint-denis.example",
      locale: "fr",
      map_center: { latitude: 48.9362, longitude: 2.3574 },
      modules: ["places", "announcements"],
      schema_version: 3,
      instance_id: "id-saint-denis",
    });
  });

  test.each([
    ["updating", true],
    ["failed", true],
    ["paused", false],
    ["archived", false],
    ["removing", false],
    ["removed", false],
    ["live", true],
  ])("follows the state %s: active %s", async (state, active) => {
    await sql.query("update atoll.instances set state = $1 where slug = 'earlier'", [state]);
    expect(await rowOf("earlier")).toMatchObject({ status: state, is_active: active });
  });

  test("is not active before it was live once, nor without its project or key", async () => {
    await makeLive(sql, "never");
    await sql.query("update atoll.instances set live_at = null, state = 'failed' where slug = 'never'");
    expect(await rowOf("never")).toMatchObject({ is_active: false });
    await makeLive(sql, "keyless");
    await sql.query(
      "delete from atoll.resources where instance_id = 'id-keyless' and kind = 'supabase.api-keys'",
    );
    expect(await rowOf("keyless")).toMatchObject({ is_active: false, supabase_anon_key: null });
  });

  test.each([
    "sb_secret_abc",
    `x.${Buffer.from('{"role":"service_role"}').toString("base64url")}.y`,
    "a.b.c",
  ])("never holds a key that opens more: %s", async (key) => {
    await makeLive(sql, `careful-${key.length}`);
    await sql.query(
      `update atoll.resources set attrs = jsonb_set(attrs, '{publishable}', to_jsonb($1::text))
          where instance_id = $2 and kind = 'supabase.api-keys'`,
      [key, `id-careful-${key.length}`],
    );
    expect(await rowOf(`careful-${key.length}`)).toMatchObject({ supabase_anon_key: null, is_active: false });
  });

  test("goes by what the hub put into the vault, as long as it is there and can be shown", async () => {
    await makeLive(sql, "renamed", {
      name: "Before",
      communityType: "neighborhood",
      mapCenter: "1, 2",
      locale: "fr",
    });
    const set = (key: string, value: unknown, more: { is_gone?: boolean; is_secret?: boolean } = {}) =>
      sql.query(
        `insert into atoll.vault (instance_id, key, value_type, is_secret, value, is_gone, set_by)
         values ('id-renamed', $1, 'json', $2, $3, $4, 'test')
         on conflict (instance_id, key) do update set value = excluded.value, is_gone = excluded.is_gone,
           is_secret = excluded.is_secret`,
        [key, more.is_secret ?? false, value === null ? null : JSON.stringify(value), more.is_gone ?? false],
      );
    const before = { community_name: "Before", locale: "fr", map_center: { latitude: 1, longitude: 2 } };
    const after = {
      community_name: "After",
      locale: "en",
      map_center: { latitude: 3, longitude: 4, zoom: 12 },
    };
    await set("APP_NAME", "Something else");
    await set("SLOGAN", "Nothing of ours");
    expect(await rowOf("renamed")).toMatchObject(before);
    const keys = ["COMMUNITY_NAME", "LOCALE", "MAP_DEFAULT_CENTER"] as const;
    const wanted = [after.community_name, after.locale, after.map_center];
    const all = async (values: unknown[], more = {}) => {
      for (const [at, key] of keys.entries()) await set(key, values[at], more);
    };
    await all(wanted);
    expect(await rowOf("renamed")).toMatchObject(after);
    for (const odd of [" ", 7, ["x"], { latitude: 91, longitude: 0 }, null]) {
      await all([odd, odd, odd]);
      expect(await rowOf("renamed")).toMatchObject(before);
    }
    await all(wanted);
    await all([null, null, null], { is_secret: true });
    expect(await rowOf("renamed")).toMatchObject(before);
    await all(wanted);
    await all(wanted, { is_gone: true });
    expect(await rowOf("renamed")).toMatchObject(before);
    await all(wanted);
    await sql.query("delete from atoll.vault where instance_id = 'id-renamed'");
    expect(await rowOf("renamed")).toMatchObject(before);
  });

  test("leaves neither hosts nor values of the vault behind when the instance is removed", async () => {
    await makeLive(sql, "leaving");
    await sql.query("insert into atoll.domains values ('www.leaving.example', 'leaving', now())");
    await sql.query(
      `insert into atoll.vault (instance_id, key, value_type, is_secret, value, set_by)
       values ('id-leaving', 'CONTACT_EMAIL', 'email', false, '"a@b.example"', 'test')`,
    );
    const left = async () => {
      const { rows } = await sql.query(
        `select (select count(*) from atoll.domains where subdomain = 'leaving')::int as hosts,
                (select count(*) from atoll.vault where instance_id = 'id-leaving')::int as keys`,
      );
      return rows[0];
    };
    await sql.query("update atoll.instances set state = 'removing' where slug = 'leaving'");
    expect(await left()).toEqual({ hosts: 1, keys: 1 });
    await sql.query("update atoll.instances set state = 'removed' where slug = 'leaving'");
    expect(await left()).toEqual({ hosts: 0, keys: 0 });
    expect(await rowOf("leaving")).toMatchObject({ status: "removed", custom_domain: null });
    await makeLive(sql, "next");
    await sql.query("insert into atoll.domains values ('www.leaving.example', 'next', now())");
  });

  test("keeps what two transactions at once told it", async () => {
    await makeLive(sql, "racing");
    const other = new pg.Client({ connectionString: databaseUrl, application_name: "the other" });
    await other.connect();
    try {
      const change = (client: pg.Client, kind: string, attrs: object) =>
        client.query(
          "update atoll.resources set attrs = attrs || $2 where instance_id = 'id-racing' and kind = $1",
          [kind, JSON.stringify(attrs)],
        );
      await sql.query("begin");
      await change(sql, "supabase.project", { url: "https://moved.supabase.test" });
      await other.query("begin");
      const waiting = change(other, "postgres.schema", { version: 9 });
      // Sent is not yet begun: it has to stand before the row that the first one holds.
      const isHeld = "select 1 from pg_locks where not granted and pid = $1";
      const { rows } = await sql.query(
        "select pid from pg_stat_activity where application_name = 'the other'",
      );
      for (let looks = 0; (await sql.query(isHeld, [rows[0]?.pid])).rowCount === 0; looks++)
        if (looks > 2_000) throw new Error("The other one never waited.");
      await sql.query("commit");
      await waiting;
      await other.query("commit");
      expect(await rowOf("racing")).toMatchObject({
        supabase_url: "https://moved.supabase.test",
        schema_version: 9,
      });
    } finally {
      await other.end();
    }
  });

  test("takes nothing by hand but what it says already", async () => {
    const set = (column: string, value: unknown) =>
      sql.query(`update atoll.instance_registry set ${column} = $1 where subdomain = 'earlier'`, [value]);
    expect(await refusal(set("community_name", "Taken over"))).toMatch(/follows its instance/);
    expect(await refusal(registerByHand(sql, "earlier", { community_name: "Taken over" }))).toMatch(
      /follows its instance/,
    );
    expect(await refusal(registerByHand(sql, "earlier"))).toBeUndefined();
    expect(await rowOf("earlier")).toMatchObject({ community_name: "earlier", instance_id: "id-earlier" });
    expect(
      await refusal(sql.query("delete from atoll.instance_registry where subdomain = 'earlier'")),
    ).toMatch(/follows its instance/);
  });
});

describe("a row by hand", () => {
  test("is registered, registered again, and removed", async () => {
    await registerByHand(sql, "by-hand", { community_name: "First" });
    await registerByHand(sql, "by-hand", { community_name: "Second" });
    expect(await rowOf("by-hand")).toMatchObject({ community_name: "Second", instance_id: null });
    await sql.query("delete from atoll.instance_registry where subdomain = 'by-hand'");
    expect(await rowOf("by-hand")).toBeUndefined();
  });

  test.each([
    ["subdomain", "Not_A_Label"],
    ["supabase_anon_key", "sb_secret_abc"],
    ["supabase_url", "javascript:alert(1)"],
    ["status", "asleep"],
    ["map_center", JSON.stringify({ latitude: 91, longitude: 0 })],
  ])("is refused with a %s like %s", async (column, value) => {
    expect(await refusal(registerByHand(sql, "wrong", { [column]: value }))).toMatch(/check constraint/);
  });

  test("keeps its subdomain from a new instance", async () => {
    await registerByHand(sql, "mine-first");
    expect(await refusal(makeLive(sql, "mine-first"))).toMatch(/instance_registry_pkey/);
  });

  test("brings its host, which stays with it until it is given up, and takes nobody else's", async () => {
    await registerByHand(sql, "hosted", { custom_domain: "www.hosted.example" });
    await registerByHand(sql, "hosted");
    expect(await rowOf("hosted")).toMatchObject({ custom_domain: "www.hosted.example" });
    expect(await refusal(registerByHand(sql, "thief", { custom_domain: "www.hosted.example" }))).toMatch(
      /belongs to another/,
    );
    await sql.query("delete from atoll.domains where host = 'www.hosted.example'");
    expect(await rowOf("hosted")).toMatchObject({ custom_domain: null });
  });
});
