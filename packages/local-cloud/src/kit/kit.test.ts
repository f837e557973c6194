import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startCloud } from "../cloud.ts";
import { testCloud } from "../testing/cloud.ts";
import { faultSchema, openFaults } from "./faults.ts";
import { openStore } from "./store.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
beforeAll(async () => {
  cloud = await testCloud({ rateLimits: true });
});
afterAll(() => cloud?.close());
beforeEach(async () => {
  await cloud.call("DELETE", "/control/faults");
  await cloud.call("DELETE", "/control/log");
});

const create = (name: string) =>
  cloud.manage("POST", "/projects", {
    name,
    db_pass: "a1B2".repeat(8),
    organization_slug: "atoll-local",
    region: "eu-west-3",
  });
const names = async () =>
  (await cloud.call("GET", "/control/inventory")).body.supabase.projects.map(
    (each: { name: string }) => each.name,
  );
const order = (fault: object) => cloud.call("POST", "/control/faults", { provider: "supabase", ...fault });

test("a lost answer has done its work, a reset has not", async () => {
  await order({ kind: "lose-answer", method: "POST", path: "/v1/projects", times: 1 });
  await expect(create("lost")).rejects.toThrow("fetch failed");
  await order({ kind: "reset", method: "POST", path: "/v1/projects", times: 1 });
  await expect(create("never")).rejects.toThrow("fetch failed");
  expect(await names()).toEqual(["lost"]);
  const { body } = await cloud.call("GET", "/control/log?writes=1&provider=supabase");
  expect(body.map(({ method, path, status }: Record<string, unknown>) => [method, path, status])).toEqual([
    ["POST", "/v1/projects", 0],
    ["POST", "/v1/projects", 0],
  ]);
});

test("a late answer comes after the work, a stale read lags behind it, and writes are never stale", async () => {
  await order({ kind: "late", method: "POST", path: "/v1/projects", times: 1, ms: 300 });
  const answer = create("late");
  await expect.poll(names).toContain("late");
  expect((await answer).status).toBe(201);
  const listed = async () =>
    (await cloud.manage("GET", "/projects")).body.map((each: { name: string }) => each.name);
  await order({ kind: "stale", path: "*/v1/projects", ms: 2_000 });
  const before = await listed();
  expect((await create("behind")).status).toBe(201);
  expect(await names()).toContain("behind");
  expect(await listed()).toEqual(before);
  await expect.poll(listed, { timeout: 10_000 }).toContain("behind");
});

test("a page whose name was made to lead here gets nothing", async () => {
  const statusAt = (host: string) =>
    new Promise((resolve, reject) => {
      get(`${cloud.url()}/control/inventory`, { headers: { host } }, ({ statusCode }) =>
        resolve(statusCode),
      ).on("error", reject);
    });
  expect(await statusAt("evil.example")).toBe(421);
  expect(await statusAt("localhost.evil.example:4500")).toBe(421);
  expect(await statusAt("localhost:4500")).toBe(200);
  expect(await statusAt("127.0.0.1")).toBe(200);
});

test("faults strike as ordered: which call, after how many, how often", async () => {
  await order({ kind: "503", path: "/v1/org*", after: 1, times: 2 });
  const statuses: number[] = [];
  for (let n = 0; n < 4; n++) statuses.push((await cloud.manage("GET", "/organizations")).status);
  expect(statuses).toEqual([200, 503, 503, 200]);
  expect((await cloud.manage("GET", "/projects")).status).toBe(200);
  for (const [kind, status] of [
    ["500", 500],
    ["429", 429],
    ["reject", 400],
  ] as const) {
    await order({ kind, times: 1 });
    expect((await cloud.manage("GET", "/organizations")).status).toBe(status);
  }
  expect((await order({ kind: "earthquake" })).status).toBe(400);
  expect((await cloud.call("POST", "/control/faults", { provider: "nobody", kind: "500" })).status).toBe(400);
});

test("a stuck project never becomes ready until the fault is taken back", async () => {
  await order({ kind: "stuck", path: "mud" });
  const { body } = await create("mud");
  const free = (await create("free")).body.ref;
  const status = async (ref: string) => (await cloud.manage("GET", `/projects/${ref}`)).body.status;
  await expect.poll(() => status(free)).toBe("ACTIVE_HEALTHY");
  expect(await status(body.ref)).toBe("COMING_UP");
  await cloud.call("DELETE", "/control/faults");
  await expect.poll(() => status(body.ref)).toBe("ACTIVE_HEALTHY");
});

test("chance is drawn from the seed", () => {
  const draw = (seed: number) => {
    const faults = openFaults();
    faults.plan(faultSchema.parse({ provider: "x", kind: "500", probability: 0.5, seed }));
    return Array.from({ length: 40 }, () => faults.strike("x", "GET", "/") !== undefined).join();
  };
  expect(draw(7)).toBe(draw(7));
  expect(draw(7)).not.toBe(draw(8));
});

test("the log holds no secret: neither a query string nor a header or a body", async () => {
  await cloud.manage("GET", "/organizations?token=canary-query");
  await create("canary-body");
  const { body } = await cloud.call("GET", "/control/log");
  expect(JSON.stringify(body)).not.toMatch(/canary|sbp_|a1B2/);
});

test("a limit refuses with the provider's own headers", async () => {
  let last = await cloud.manage("GET", "/projects/available-regions?organization_slug=atoll-local");
  for (let n = 1; n < 121; n++)
    last = await cloud.manage("GET", "/projects/available-regions?organization_slug=atoll-local");
  expect(last.status).toBe(429);
  expect(last.headers.get("x-ratelimit-limit")).toBe("120");
  expect(last.headers.get("x-ratelimit-remaining")).toBe("0");
  expect(Number(last.headers.get("x-ratelimit-reset"))).toBeGreaterThan(0);
  expect((await cloud.manage("GET", "/organizations/atoll-local")).status).toBe(200);
});

test("what no emulator does is 501, and latencies change while the cloud runs", async () => {
  expect((await cloud.manage("GET", "/snippets")).status).toBe(501);
  const { body } = await cloud.call("POST", "/control/latency", { supabaseReadyMs: 77 });
  expect(body).toMatchObject({ supabaseReadyMs: 77 });
  expect((await cloud.call("POST", "/control/latency", { speed: 1 })).status).toBe(400);
});

test("what was planted is there like everything else", async () => {
  expect((await cloud.call("POST", "/control/plant", { provider: "supabase", name: "foreign" })).status).toBe(
    201,
  );
  expect(await names()).toContain("foreign");
  expect((await cloud.call("POST", "/control/plant", { provider: "supabase" })).status).toBe(400);
});

test("a second cloud on the same folder is refused, and harms nothing", async () => {
  await expect(startCloud(cloud.settings)).rejects.toThrow("already");
  expect((await create("after")).status).toBe(201);
  expect(await names()).toContain("after");
});

test("the store keeps every answered change, and a line cut off by a crash harms nothing", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-store-"));
  const first = openStore(folder);
  const things = first.collection<{ n: number }>("things");
  things.set("a", { n: 1 });
  things.set("b", { n: 2 });
  things.set("a", { n: 3 });
  things.delete("b");
  first.close();
  appendFileSync(path.join(folder, "store.ndjson"), '{"collection":"things","key":"c","val');
  const second = openStore(folder);
  expect(second.collection("things").values()).toEqual([{ n: 3 }]);
  second.collection("things").set("d", { n: 4 });
  second.close();
  const third = openStore(folder);
  expect(third.collection("things").values()).toEqual([{ n: 3 }, { n: 4 }]);
  third.close();
  rmSync(folder, { recursive: true, force: true });
});
