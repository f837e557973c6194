import path from "node:path";
import { createDatabase } from "@atoll/postgres/database";
import { startPostgres } from "@atoll/postgres/postgres";
import { createClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCloud } from "../../testing/cloud.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
beforeAll(async () => {
  cloud = await testCloud({ supabasePlan: "free" });
});
afterAll(() => cloud?.close());

let made = 0;
const asked = () => ({
  name: `project-${made++}`,
  db_pass: "a1B2".repeat(8),
  organization_slug: "atoll-local",
  region: "eu-west-3",
});

const status = async (ref: string) => (await cloud.manage("GET", `/projects/${ref}`)).body.status;

async function project(): Promise<string> {
  const answer = await cloud.manage("POST", "/projects", asked());
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  await expect.poll(() => status(answer.body.ref)).toBe("ACTIVE_HEALTHY");
  return answer.body.ref;
}

const remove = (ref: string) => cloud.manage("DELETE", `/projects/${ref}`);

test("a free organisation has two active projects at most, and paused ones do not count", async () => {
  const [first, second] = [await project(), await project()];
  const third = await cloud.manage("POST", "/projects", asked());
  expect(third).toMatchObject({ status: 400, body: { message: expect.stringContaining("maximum limits") } });
  expect((await cloud.manage("POST", `/projects/${first}/pause`)).status).toBe(200);
  expect((await cloud.manage("POST", `/projects/${first}/restore`)).status).toBe(400);
  await expect.poll(() => status(first)).toBe("INACTIVE");
  const free = await project();
  expect((await cloud.call("GET", `/supabase/projects/${first}/rest/v1/`)).status).toBe(503);
  await remove(free);
  expect((await cloud.manage("POST", `/projects/${first}/restore`)).status).toBe(200);
  await expect.poll(() => status(first)).toBe("ACTIVE_HEALTHY");
  for (const ref of [first, second]) expect((await remove(ref)).status).toBe(200);
  expect((await remove(first)).status).toBe(404);
});

test("a project is removed under whoever works in it, and takes its logins along", async () => {
  const ref = await project();
  const sleeping = cloud.manage("POST", `/projects/${ref}/database/query`, { query: "select pg_sleep(60)" });
  const server = await startPostgres({ dataDir: path.join(cloud.settings.dataDir, "postgres") });
  const admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  const sessions =
    "select count(*)::int as sessions from pg_stat_activity where query like 'select pg_sleep%'";
  await expect
    .poll(async () => (await admin.query<{ sessions: number }>(sessions)).rows[0]?.sessions)
    .toBe(1);
  expect((await remove(ref)).status).toBe(200);
  expect((await sleeping).status).toBe(400);
  expect((await cloud.call("GET", "/control/health")).body.ok).toBe(true);
  const left = await admin.query("select rolname from pg_roles where rolname like '%' || $1", [ref]);
  expect(left.rows).toEqual([]);
  await admin.end();
});

test("a database that a crash left without its project is gone after the next start", async () => {
  const server = await startPostgres({ dataDir: path.join(cloud.settings.dataDir, "postgres") });
  await createDatabase(server.url(), "project_orphan");
  const kept = await project();
  await cloud.restart();
  const after = await startPostgres({ dataDir: path.join(cloud.settings.dataDir, "postgres") });
  const client = new pg.Client({ connectionString: after.url() });
  await client.connect();
  const { rows } = await client.query("select datname from pg_database where datname like 'project%'");
  expect(rows).toEqual([{ datname: `project_${kept}` }]);
  await client.end();
  await remove(kept);
});

test("the Data API gives no more rows at once than it is set to", async () => {
  const ref = await project();
  await cloud.manage("POST", `/projects/${ref}/database/query`, {
    query: "create table n as select generate_series(1, 30) as i; grant select on n to anon",
  });
  expect((await cloud.manage("PATCH", `/projects/${ref}/postgrest`, { max_rows: 10 })).status).toBe(200);
  const keys = (await cloud.manage("GET", `/projects/${ref}/api-keys?reveal=true`)).body;
  const publishable = keys.find((each: { type: string }) => each.type === "publishable").api_key;
  const db = createClient(`${cloud.url()}/supabase/projects/${ref}`, publishable);
  expect((await db.from("n").select("i", { count: "exact" })).data).toHaveLength(10);
  const { data, count } = await db.from("n").select("i", { count: "exact" }).order("i").range(25, 40);
  expect(data?.map(({ i }) => i)).toEqual([26, 27, 28, 29, 30]);
  expect(count).toBe(30);
  await remove(ref);
});

test("settings of Auth work, are reset by null, or are refused: none is taken and ignored", async () => {
  const ref = await project();
  const change = (body: object) => cloud.manage("PATCH", `/projects/${ref}/config/auth`, body);
  const set = await change({ password_min_length: 12, password_required_characters: "abc:0123456789" });
  expect(set.body).toMatchObject({ password_min_length: 12, external_google_enabled: false });
  const keys = (await cloud.manage("GET", `/projects/${ref}/api-keys?reveal=true`)).body;
  const secret = keys.find((each: { type: string }) => each.type === "secret").api_key;
  const { auth } = createClient(`${cloud.url()}/supabase/projects/${ref}`, secret);
  const user = (password: string) => auth.admin.createUser({ email: "ada@example.com", password });
  expect((await user("abc1")).error).toMatchObject({ code: "weak_password", reasons: ["length"] });
  expect((await user("abcabcabcabc")).error).toMatchObject({
    code: "weak_password",
    reasons: ["characters"],
  });
  expect((await user("abcabcabcabc1")).error).toBeNull();
  expect((await change({ password_min_length: null, site_url: null })).body).toMatchObject({
    password_min_length: 6,
    site_url: "http://localhost:3000",
  });
  expect(await change({ external_google_enabled: true })).toMatchObject({
    status: 501,
    body: { message: expect.stringContaining("external_google_enabled") },
  });
  expect((await change({ external_google_enabled: false })).status).toBe(200);
  expect((await change({ no_such_setting: 1 })).status).toBe(400);
  expect((await change({ site_url: "http://a,http://b" })).status).toBe(400);
  await remove(ref);
});

test("a browser may call a project from another site", async () => {
  const ref = await project();
  const answer = await fetch(`${cloud.url()}/supabase/projects/${ref}/rest/v1/n`, {
    method: "OPTIONS",
    headers: {
      origin: "http://localhost:4600",
      "access-control-request-method": "POST",
      "access-control-request-headers": "apikey,authorization,content-type",
    },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(answer.headers.get("access-control-allow-headers")).toContain("apikey");
  await remove(ref);
});
