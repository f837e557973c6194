import { poolClaims } from "@atoll/hub/pool/claims";
import { openLater } from "@atoll/hub/store/later";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { onlyData, openTestPool } from "../support/pool.ts";

const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
const region = "eu-central-1";
let cloud: TestCloud;
let pool: Awaited<ReturnType<typeof openTestPool>>;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  pool = await openTestPool(databaseUrl, cloud);
  hub = await startHub(databaseUrl, onlyData(pool.business), { timeScale: 50 });
}, 60_000);
afterAll(async () => {
  await hub?.close();
  await pool?.close();
  await sql.end();
  await cloud?.stop();
});
beforeEach(async () => {
  await pool.desk.drain({}, "test");
  await pool.settle();
});

/** Projects at the provider, by name. */
async function projects(): Promise<Map<string, string>> {
  const answer = await fetch(`${cloud.url}/supabase/v1/projects`, {
    headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
  });
  const all = (await answer.json()) as { name: string; ref: string }[]; // as Supabase describes it
  return new Map(all.map(({ name, ref }) => [name, ref]));
}
const byNone = (names: Iterable<string>) => [...names].filter((name) => name.startsWith("atoll-pool-"));
const refOf = async (slug: string) =>
  (await hub.engine.resources(slug)).find(({ kind }) => kind === "supabase.project")?.id;

async function fill(count: number): Promise<string[]> {
  await pool.desk.resize({ region, count }, "test");
  await pool.settle();
  const { items } = await pool.desk.show();
  return items.flatMap(({ state, ref }) => (state === "ready" && ref ? [ref] : []));
}

/** An instance with a creation that is about to be done: what a worker has in the journal when it asks for a claim. */
async function begun(slug: string): Promise<string> {
  const { id } = await hub.register(slug);
  await sql.query(
    `insert into atoll.runs (id, instance_id, number, kind, state, asked_by, keep_on_failure)
     values ($1 || '-1', $1, 1, 'provision', 'failed', 'test', false)`,
    [id],
  );
  await sql.query(
    `insert into atoll.intents (instance_id, run_id, step, kind, name, does, paths)
     values ($1, $1 || '-1', 'project', 'supabase.project', $2, 'create', '[""]')`,
    [id, slug],
  );
  return id;
}

test("is off until somebody wants one, fills, says what it costs, and is empty once it is drained", async () => {
  expect(await pool.desk.show()).toMatchObject({ isOn: false, places: [] });
  expect(await fill(2)).toHaveLength(2);
  expect(await pool.desk.show()).toMatchObject({
    isOn: true,
    places: [{ environment: "local", region, wanted: 2, ready: 2, making: 0, failed: 0 }],
    costs: [{ currency: "USD", monthly: 20 }],
  });
  expect(byNone((await projects()).keys())).toHaveLength(2);
  await expect(pool.desk.resize({ region: "xx-nowhere-9", count: 1 }, "test")).rejects.toMatchObject({
    field: "region",
  });
  await pool.desk.drain({ region }, "somebody");
  await pool.settle();
  expect(await projects()).toEqual(new Map());
  expect(await pool.desk.show()).toMatchObject({ isOn: false, places: [], costs: [{ monthly: 0 }] });
  const { rows } = await sql.query(
    "select actor, details from atoll.audit where action = 'pool.drain' order by seq desc limit 1",
  );
  expect(rows).toEqual([{ actor: "somebody", details: { projects: 2 } }]);
});

test("one project and twenty who want it: one gets it, and asked again the same one", async () => {
  const [ref] = await fill(1);
  const slugs = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  const ids = await Promise.all(slugs.map(begun));
  const { organization } = pool;
  const stores = Array.from({ length: 4 }, () => openLater(databaseUrl));
  const claims = stores.map(({ store }) => poolClaims(store, { environment: "local", organization }));
  const ask = (index: number) =>
    claims[index % claims.length]?.claim({ instance: ids[index] ?? "", region, size: undefined });
  const got = await Promise.all(ids.map((_, index) => ask(index)));
  expect(got.filter((each) => each !== undefined)).toMatchObject([{ ref }]);
  expect(await ask(got.findIndex((each) => each !== undefined))).toMatchObject({ ref });
  // Nothing comes of it: its creation is over, and no run goes on. It is thrown away, not handed out again.
  await sql.query(
    "update atoll.intents set undone_at = clock_timestamp(), outcome = 'gone' where run_id = any ($1)",
    [ids.map((id) => `${id}-1`)],
  );
  await pool.desk.drain({}, "test");
  await pool.settle();
  expect(await projects()).toEqual(new Map());
  await Promise.all(stores.map(({ close }) => close()));
});

test("hubs that tend it at the same time make no more than is wanted", async () => {
  const others = await Promise.all([1, 2].map(() => openTestPool(databaseUrl, cloud)));
  await pool.desk.resize({ region, count: 2 }, "test");
  await Promise.all([pool, ...others].map(({ desk }) => desk.round()));
  await pool.settle();
  expect((await projects()).size).toBe(2);
  await Promise.all(others.map(({ close }) => close()));
});

test("says why it is not full instead of making what the plan has no room for", async () => {
  const full = await openTestPool(databaseUrl, cloud, { room: 0 });
  await full.desk.resize({ region, count: 1 }, "test");
  await full.desk.round();
  const { places } = await full.desk.show();
  expect(places).toMatchObject([
    { wanted: 1, ready: 0, reason: { what: expect.stringMatching(/free plan/) } },
  ]);
  expect((await projects()).size).toBe(0);
  await full.close();
});

test("nobody claims one without a creation that stands in the journal, or of another region", async () => {
  await fill(1);
  const { id } = await hub.register("no-intent");
  expect(await pool.claims.claim({ instance: id, region, size: undefined })).toBeUndefined();
  const other = await begun("other-region");
  expect(await pool.claims.claim({ instance: other, region: "us-east-1", size: undefined })).toBeUndefined();
  expect(await pool.claims.claim({ instance: other, region, size: "large" })).toBeUndefined();
});

test("two runs at once get two projects, a third one makes its own, and all are as if they were made", async () => {
  const warm = await fill(2);
  await pool.desk.resize({ region, count: 0 }, "test");
  const slugs = ["warm-1", "warm-2", "warm-3"];
  const runs = await Promise.all(slugs.map((slug) => hub.provision(slug, { region })));
  expect(runs.map(({ state }) => state)).toEqual(["succeeded", "succeeded", "succeeded"]);
  const refs = await Promise.all(slugs.map(refOf));
  expect(refs.filter((ref) => warm.includes(ref ?? "")).sort()).toEqual(warm.toSorted());
  expect(new Set(refs).size).toBe(3);
  const names = [...(await projects()).keys()];
  expect(byNone(names)).toEqual([]);
  for (const slug of slugs) {
    expect(
      names.filter((name) => name.startsWith(`client-${slug}-`)),
      slug,
    ).toHaveLength(1);
    expect(await hub.engine.drift(slug)).toEqual([]);
  }
  for (const [index, slug] of slugs.entries()) {
    const access = await hub.engine.secret(slug, "databasePassword");
    const within = refs[index] ?? "";
    const client = await pool.accounts.looksAt({}).client({ within, ...(access && { access }) });
    expect((await client?.query("select 1 as one"))?.rows, slug).toEqual([{ one: 1 }]);
    await client?.end();
  }
  // Whatever its own table says: what an instance has is not the pool's to remove.
  const turn = (state: string) =>
    sql.query("update atoll.pool_projects set state = $1, due_at = clock_timestamp() where ref = $2", [
      state,
      warm[0],
    ]);
  await turn("removing");
  await pool.desk.round();
  expect((await projects()).size).toBe(3);
  await turn("claimed");
  await pool.settle();
  for (const slug of slugs) expect(await hub.run("destroy", slug)).toMatchObject({ state: "succeeded" });
  expect(await projects()).toEqual(new Map());
});

test("one that is gone when it is wanted is thrown away, and the next one taken", async () => {
  const warm = await fill(2);
  await pool.desk.resize({ region, count: 0 }, "test");
  const [first] = (await pool.desk.show()).items.toSorted((a, b) =>
    (a.readyAt ?? "") < (b.readyAt ?? "") ? -1 : 1,
  );
  await fetch(`${cloud.url}/supabase/v1/projects/${first?.ref}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
  });
  expect(await hub.provision("second", { region })).toMatchObject({ state: "succeeded" });
  expect(await refOf("second")).toBe(warm.find((ref) => ref !== first?.ref));
  expect((await pool.desk.show()).items.find(({ ref }) => ref === first?.ref)).toMatchObject({
    state: "removing",
    reason: { what: "It was gone when an instance wanted it." },
  });
  expect(await hub.run("destroy", "second")).toMatchObject({ state: "succeeded" });
});

test("one that somebody has renamed is neither handed out nor removed", async () => {
  const [ref] = await fill(1);
  const rename = (name: string) =>
    fetch(`${cloud.url}/supabase/v1/projects/${ref}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
  const mine = async () => (await pool.desk.show()).items.find((each) => each.ref === ref);
  const name = (await mine())?.name ?? "";
  await rename("my-experiment");
  expect(await hub.provision("careful", { region })).toMatchObject({ state: "succeeded" });
  await pool.desk.drain({}, "test");
  await pool.desk.round();
  expect(await mine()).toMatchObject({ reason: { what: expect.stringMatching(/my-experiment/) } });
  expect([...(await projects()).keys()]).toContain("my-experiment");
  await rename(name);
  await sql.query("update atoll.pool_projects set due_at = clock_timestamp() where ref = $1", [ref]);
  expect(await hub.run("destroy", "careful")).toMatchObject({ state: "succeeded" });
});

test("whose creation's answer was lost is found by its name", async () => {
  await cloud.fault({ provider: "supabase", method: "POST", path: "/v1/projects", kind: "lose-answer" });
  expect(await fill(1)).toHaveLength(1);
  expect((await projects()).size).toBe(1);
});
