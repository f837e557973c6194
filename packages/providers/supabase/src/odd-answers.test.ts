import { Secret } from "@atoll/core/secret";
import { type ScriptedCall, scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { supabaseApi } from "./api.ts";
import { apiKeys } from "./api-keys.ts";
import { check } from "./check.ts";
import { database } from "./database.ts";
import { project } from "./project.ts";
import { faultOf, instance, present, wantProject } from "./testing/drive.ts";

const ref = "abcdefghijklmnopqrst";
const at = { instance, name: "client-toko-prod-k3j9x2m5q8w1", id: ref };
const within = { instance, name: "x", within: ref };
const instant = { now: () => 0, sleep: async () => {} };
const body = (more: object = {}) => ({
  ref,
  name: at.name,
  region: "eu-west-3",
  status: "ACTIVE_HEALTHY",
  ...more,
});

function supabase(answer: Parameters<typeof scripted>[0]) {
  const { fetch, calls } = scripted(answer);
  const token = new Secret("SUPABASE_MANAGEMENT_TOKEN", "sbp_canary4711");
  return { calls, api: supabaseApi({ token, organization: "acme", fetch, clock: instant }) };
}
const isProject = ({ path }: ScriptedCall) => path === `/v1/projects/${ref}`;
const withStatus = (status: string) =>
  supabase((call) =>
    isProject(call)
      ? { body: body({ status }) }
      : call.path.endsWith("/projects")
        ? { body: { projects: [], pagination: { count: 0 } } }
        : undefined,
  );

describe("states of a project", () => {
  it.each(["COMING_UP", "RESTORING", "UPGRADING", "RESIZING", "SOMETHING_NEW"])(
    "%s: the project is there, its database settles",
    async (status) => {
      const { api } = withStatus(status);
      expect(project(api).compare(wantProject, await present(project(api), at))).toEqual([]);
      expect(await database(api).observe(within)).toMatchObject({ is: "settling" });
    },
  );

  it.each(["INIT_FAILED", "PAUSE_FAILED", "RESTORE_FAILED"])(
    "%s: stops with what and next, and can still be removed",
    async (status) => {
      const { api } = withStatus(status);
      const live = await present(project(api), at);
      const changes = project(api).compare(wantProject, live);
      expect(changes).toEqual([{ path: "status", act: "update", from: status, to: "ACTIVE_HEALTHY" }]);
      const apply = project(api).apply({ at, want: wantProject, live, changes });
      expect(await faultOf(apply)).toMatchObject({ kind: "rejected", what: expect.stringContaining(status) });
      expect(await faultOf(database(api).observe(within))).toMatchObject({ kind: "rejected" });
    },
  );

  it("INACTIVE: a repair restores it", async () => {
    const { api, calls } = supabase((call) =>
      isProject(call) ? { body: body({ status: "INACTIVE" }) } : { status: 200 },
    );
    const live = await present(project(api), at);
    const changes = project(api).compare(wantProject, live);
    await project(api).apply({ at, want: wantProject, live, changes });
    expect(calls.at(-1)).toMatchObject({ method: "POST", path: `/v1/projects/${ref}/restore` });
  });

  it("GOING_DOWN settles until it is gone; REMOVED is gone", async () => {
    const { api } = withStatus("GOING_DOWN");
    expect(await project(api).observe(at)).toMatchObject({ is: "settling", id: ref });
    expect(await project(withStatus("REMOVED").api).observe(at)).toEqual({ is: "absent" });
  });

  it("a service that does not answer yet keeps a healthy project settling; a Data API that is off does not", async () => {
    const health = [
      { name: "auth", status: "UNHEALTHY", error: "not found" },
      { name: "db", status: "ACTIVE_HEALTHY" },
      { name: "rest", status: "UNHEALTHY", info: { db_schema: "" } },
    ];
    const { api } = supabase((call) => ({ body: isProject(call) ? body() : health }));
    expect(await database(api).observe(within)).toMatchObject({
      is: "settling",
      why: "auth does not answer yet",
    });
    health[0] = { name: "auth", status: "ACTIVE_HEALTHY" };
    expect(await database(api).observe(within)).toMatchObject({ is: "present" });
  });
});

it("reads all pages, without branches", async () => {
  const all = Array.from({ length: 250 }, (_, n) => ({ ...body({ name: `p${n}` }), is_branch: n === 249 }));
  const { api, calls } = supabase(({ query }) => {
    const offset = Number(query.offset);
    return { body: { projects: all.slice(offset, offset + 100), pagination: { count: all.length } } };
  });
  expect((await api.projects()).map(({ name }) => name)).toEqual(all.slice(0, 249).map(({ name }) => name));
  expect(calls).toHaveLength(3);
});

it("a crowd that polls shares one list for each tick, and who polls alone waits for nobody", async () => {
  const all = Array.from({ length: 60 }, (_, n) => body({ ref: `ref${n}`, status: "COMING_UP" }));
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      await new Promise((resolve) => setImmediate(resolve)); // the others ask meanwhile
      nowMs += ms;
    },
  };
  const { fetch, calls } = scripted(({ path }) => ({
    body: path.endsWith("/projects") ? { projects: all, pagination: { count: all.length } } : body(),
  }));
  const api = supabaseApi({
    token: new Secret("t", "sbp_x"),
    organization: "acme",
    fetch,
    clock,
    tickMs: 1_000,
  });
  for (let round = 0; round < 5; round++) await Promise.all(all.map((each) => api.project(each.ref)));
  expect(calls.map(({ path }) => path)).toEqual(Array(5).fill("/v1/organizations/acme/projects"));
  expect(nowMs).toBeGreaterThanOrEqual(4_000);
  await api.project("alone");
  const before = nowMs;
  await api.project("alone");
  expect(nowMs - before).toBeLessThan(100);
});

it("creates with exactly the keys that Supabase takes", async () => {
  const { api, calls } = supabase(() => ({ status: 201, body: body() }));
  expect(await project(api).apply({ at, want: wantProject, live: undefined, changes: [] })).toBe(ref);
  expect(calls).toMatchObject([{ method: "POST", path: "/v1/projects" }]);
  expect(calls[0]?.body).toEqual({
    name: at.name,
    organization_slug: "acme",
    db_pass: wantProject.databasePassword.expose(),
    region_selection: { type: "specific", code: "eu-west-3" },
  });
});

it.each([
  ["The organization has members who have exceeded their free project limits", /upgrade/i],
  ["Password is not secure enough. Please choose a stronger password.", /\w/],
])("says what to do about: %s", async (message, next) => {
  const { api } = supabase(() => ({ status: 400, body: { message } }));
  const fault = await faultOf(project(api).apply({ at, want: wantProject, live: undefined, changes: [] }));
  expect(fault).toMatchObject({ kind: "rejected", next: expect.stringMatching(next) });
});

describe("keys", () => {
  const keys = (list: object[]) => apiKeys(supabase(() => ({ body: list })).api).observe(within);

  it("are waited for while there is none", async () => {
    expect(await keys([])).toMatchObject({ is: "settling" });
  });

  it("of the old kind alone are not enough", async () => {
    expect(await keys([{ name: "anon", api_key: "eyJ", type: "legacy" }])).toEqual({ is: "absent" });
  });

  it("that are masked are never taken for keys", async () => {
    const masked = [
      { name: "default", api_key: "sb_publishable_x", type: "publishable" },
      { name: "default", api_key: "sb_secret_abc······", type: "secret" },
    ];
    expect(await faultOf(keys(masked))).toMatchObject({ kind: "sign-in-again" });
  });
});

it("the doctor names missing permissions and a full free plan, with reads only", async () => {
  const { api, calls } = supabase(({ path }) => {
    if (path === "/v1/organizations") return { body: [{ slug: "acme", id: "acme" }] };
    if (path === "/v1/organizations/acme") return { body: { name: "Acme", plan: "free" } };
    if (path.endsWith("/projects"))
      return { body: { projects: [body(), body({ ref: "b" })], pagination: { count: 2 } } };
    if (path.endsWith("/api-keys"))
      return { status: 403, body: { message: "Forbidden", missing_permissions: ["api_keys:read"] } };
    return { body: path.endsWith("available-regions") ? { all: { specific: [] } } : {} };
  });
  const wrong = (await check(api)).filter(({ ok }) => !ok).map(({ what }) => what);
  expect(wrong).toEqual([
    "Is on the free plan: 2 of 2 active projects are in use.",
    expect.stringContaining("api_keys:read"),
  ]);
  expect(calls.every(({ method }) => method === "GET")).toBe(true);
});
