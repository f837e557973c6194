import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type VercelForTest, vercelForTest } from "./testing/vercel.ts";

const team = "teamId=team_atoll";
let vercel: VercelForTest;

beforeAll(async () => {
  vercel = await vercelForTest([{ path: "README.md", content: Buffer.from("# Site\n") }]);
});
afterAll(() => vercel?.remove());

const create = (name: string, more: object = {}) =>
  vercel.call("POST", `/v11/projects?${team}`, { name, framework: "nextjs", ...more });
const linked = { gitRepository: { type: "github", repo: "clients/site" } };
const mark = (value: string) => ({
  environmentVariables: [
    { key: "ATOLL_INSTANCE_ID", value, target: ["production", "preview", "development"], type: "plain" },
  ],
});
const deploy = (project: string, more: object) =>
  vercel.call("POST", `/v13/deployments?forceNew=1&${team}`, { name: project, project, ...more });
const fromGit = { target: "production", gitSource: { type: "github", repoId: 77, ref: "main" } };

test("a call without the token, or in a team that is not ours, is refused", async () => {
  expect(await vercel.call("GET", "/v2/user", undefined, { authorization: "Bearer other" })).toMatchObject({
    status: 403,
    body: { error: { code: "forbidden", invalidToken: true } },
  });
  expect((await vercel.call("GET", "/v10/projects?teamId=team_other")).status).toBe(403);
  expect((await vercel.call("GET", "/v2/teams/team_other")).status).toBe(403);
  expect((await vercel.call("GET", "/v2/teams/team_atoll")).body.membership.role).toBe("OWNER");
});

test("a project made without the team lands in the user's account and is not seen by the team", async () => {
  const { body } = await vercel.call("POST", "/v11/projects", { name: "stray" });
  expect((await vercel.call("GET", `/v9/projects/${body.id}`)).status).toBe(200);
  expect((await vercel.call("GET", `/v9/projects/${body.id}?${team}`)).status).toBe(404);
  expect((await vercel.call("GET", `/v9/projects/${body.id}?slug=atoll`)).status).toBe(404);
});

test.each([
  [{ name: "Toko" }, 400, "invalid_project_name"],
  [{ name: "a---b" }, 400, "invalid_project_name"],
  [{ name: "x".repeat(101) }, 400, "invalid_project_name"],
  [{ name: "toko", projectId: "x" }, 400, "bad_request"],
  [{}, 400, "bad_request"],
  [{ name: "toko", gitRepository: { type: "github", repo: "clients/none" } }, 400, "bad_request"],
])("a project like %j is refused with %i %s", async (body, status, code) => {
  expect(await vercel.call("POST", `/v11/projects?${team}`, body)).toMatchObject({
    status,
    body: { error: { code } },
  });
});

test("a name is taken once, and freed by a delete", async () => {
  const { body } = await create("once");
  expect((await create("once")).status).toBe(409);
  expect((await vercel.call("DELETE", `/v9/projects/once?${team}`)).status).toBe(204);
  expect((await vercel.call("DELETE", `/v9/projects/once?${team}`)).status).toBe(404);
  expect((await create("once")).body.id).not.toBe(body.id);
});

test("a variable is made once, changed by upsert, and shown only where it is plain", async () => {
  await create("variables");
  const env = `/v10/projects/variables/env?${team}`;
  const plain = { key: "A", value: "one", type: "plain", target: ["production", "preview"] };
  const first = await vercel.call("POST", env, plain);
  expect(first).toMatchObject({ status: 201, body: { created: { key: "A", value: "one" }, failed: [] } });
  expect((await vercel.call("POST", env, plain)).status).toBe(403);

  const sensitive = { key: "B", value: "canary", type: "sensitive", target: ["production"] };
  const many = await vercel.call("POST", env, [plain, sensitive]);
  expect(many.status).toBe(201);
  expect(many.body.created).toMatchObject([{ key: "B", value: "" }]);
  expect(many.body.failed).toMatchObject([{ error: { code: "ENV_ALREADY_EXISTS", envVarKey: "A" } }]);

  const upserted = await vercel.call("POST", `${env}&upsert=true`, [
    { ...plain, value: "two" },
    { ...sensitive, type: "plain" },
    { ...plain, target: ["production"] },
  ]);
  expect(upserted.body.created).toMatchObject([{ id: first.body.created.id, value: "two" }]);
  expect(upserted.body.failed).toHaveLength(2);

  await vercel.call("POST", env, { key: "C", value: "canary", type: "encrypted", target: "production" });
  const { body } = await vercel.call("GET", env);
  expect(body.envs).toHaveLength(3);
  expect(JSON.stringify(body)).not.toContain("canary");
});

test.each([
  { key: "A-B", value: "", type: "plain", target: "production" },
  { key: "A", value: "", type: "sensitive", target: ["production", "development"] },
  { key: "A", value: "", type: "plain" },
  { key: "A", value: "", type: "plain", target: "production", projectId: "x" },
  { key: "A", value: "", target: "production" },
])("a variable like %j is refused with 400", async (body) => {
  await create("refusals");
  expect((await vercel.call("POST", `/v10/projects/refusals/env?${team}`, body)).status).toBe(400);
});

test("a deployment from git goes through its states, and its address names the instance", async () => {
  await create("toko", { ...linked, ...mark("inst1") });
  const { body } = await deploy("toko", fromGit);
  expect(body).toMatchObject({ readyState: "QUEUED", aliasAssigned: false, target: "production" });
  const site = `http://${body.url}`;
  expect((await fetch(site)).status).toBe(404);
  const ready = await vercel.ended(body.id);
  expect(ready).toMatchObject({ readyState: "READY", aliasAssigned: true, readySubstate: "PROMOTED" });
  expect(await (await fetch(`${site}/api/health`)).json()).toMatchObject({ ok: true, instance: "inst1" });
});

test("values hold for deployments made afterwards, and the address stays", async () => {
  const { body: project } = await create("later", { ...linked, ...mark("before") });
  const first = await deploy("later", fromGit);
  await vercel.ended(first.body.id);
  const instance = async () => {
    const health: { instance: string } = await (await fetch(`http://${first.body.url}/api/health`)).json();
    return health.instance;
  };
  const [variable] = (await vercel.call("GET", `/v10/projects/later/env?${team}`)).body.envs;
  await vercel.call("PATCH", `/v9/projects/later/env/${variable.id}?${team}`, { value: "after" });
  expect(await instance()).toBe("before");
  const second = await deploy("later", fromGit);
  expect(second.body.url).toBe(first.body.url);
  await vercel.ended(second.body.id);
  expect(await instance()).toBe("after");

  const rollback = `/v1/projects/${project.id}/rollback/${first.body.id}?${team}`;
  expect((await vercel.call("POST", rollback)).status).toBe(201);
  expect(await instance()).toBe("before");
});

test("a paused project answers 503 until it goes on; only its id is taken", async () => {
  const { body: project } = await create("paused", { ...linked, ...mark("p") });
  const { body } = await deploy("paused", fromGit);
  await vercel.ended(body.id);
  expect((await vercel.call("POST", `/v1/projects/paused/pause?${team}`)).status).toBe(400);
  expect((await vercel.call("POST", `/v1/projects/${project.id}/pause?${team}`)).status).toBe(200);
  const closed = await fetch(`http://${body.url}/api/health`);
  expect([closed.status, closed.headers.get("x-vercel-error")]).toEqual([503, "DEPLOYMENT_PAUSED"]);
  await vercel.call("POST", `/v1/projects/${project.id}/unpause?${team}`);
  expect((await fetch(`http://${body.url}/api/health`)).status).toBe(200);
});

test("a push to the production branch deploys by itself; another branch does not", async () => {
  const { body: project } = await create("pushed", linked);
  const list = async () =>
    (await vercel.call("GET", `/v6/deployments?projectId=${project.id}&target=production&${team}`)).body
      .deployments;
  const sha = (await vercel.repository.head("main")) ?? "";
  vercel.context.bus.emit("github.push", { owner: "clients", repo: "site", branch: "draft", sha });
  vercel.context.bus.emit("github.push", { owner: "clients", repo: "site", branch: "main", sha });
  for (let looks = 0; looks < 100 && (await list()).length === 0; looks++) await wait(10);
  expect(await list()).toMatchObject([{ source: "git", target: "production" }]);
});

test("files are uploaded under their hash first; what is missing is named", async () => {
  await create("files");
  const data = Buffer.from("hello");
  const sha = createHash("sha1").update(data).digest("hex");
  const files = { target: "production", files: [{ file: "a.txt", sha, size: 5 }] };
  expect(await deploy("files", files)).toMatchObject({
    status: 400,
    body: { error: { code: "missing_files", missing: [sha] } },
  });
  const upload = (digest: string) =>
    vercel.call("POST", `/v2/files?${team}`, data, { "x-vercel-digest": digest });
  expect((await upload("0".repeat(40))).status).toBe(400);
  expect((await upload(sha)).status).toBe(200);
  const made = await deploy("files", files);
  expect((await vercel.ended(made.body.id)).readyState).toBe("READY");
  const { gitSource } = fromGit;
  expect((await deploy("files", { ...files, gitSource })).status).toBe(400);
  expect((await deploy("files", { files: [{ file: "../x", data: "" }] })).status).toBe(400);
  expect((await deploy("files", { ...files, projectId: "x" })).status).toBe(400);
});

test("a cancelled deployment never becomes ready", async () => {
  vercel.context.faults.plan({
    provider: "vercel",
    kind: "stuck",
    path: "stopped",
    after: 0,
    ms: 0,
    probability: 1,
    seed: 1,
  });
  await create("stopped", linked);
  const { body } = await deploy("stopped", fromGit);
  expect((await vercel.call("PATCH", `/v12/deployments/${body.id}/cancel?${team}`)).body.readyState).toBe(
    "CANCELED",
  );
  vercel.context.faults.clear();
  expect((await vercel.ended(body.id)).readyState).toBe("CANCELED");
  expect((await vercel.call("PATCH", `/v12/deployments/${body.id}/cancel?${team}`)).status).toBe(400);
});

test("after a restart sites answer at their addresses and what was under way ends", async () => {
  await create("restarted", { ...linked, ...mark("r") });
  const done = await deploy("restarted", fromGit);
  await vercel.ended(done.body.id);
  const underWay = await deploy("restarted", fromGit);
  await vercel.restart();
  expect(await (await fetch(`http://${done.body.url}/api/health`)).json()).toMatchObject({ instance: "r" });
  expect((await vercel.ended(underWay.body.id)).readyState).toBe("READY");
});

test("a deleted project leaves nothing behind", async () => {
  await create("gone", linked);
  const { body } = await deploy("gone", fromGit);
  await vercel.ended(body.id);
  await vercel.call("DELETE", `/v9/projects/gone?${team}`);
  await expect(fetch(`http://${body.url}`)).rejects.toThrow();
  expect((await vercel.call("GET", `/v13/deployments/${body.id}?${team}`)).status).toBe(404);
});

test("a domain belongs to one project", async () => {
  await create("domain-a");
  await create("domain-b");
  const add = (project: string, name: string) =>
    vercel.call("POST", `/v10/projects/${project}/domains?${team}`, { name });
  expect((await add("domain-a", "shop.example.com")).body).toMatchObject({
    verified: false,
    verification: [{ type: "TXT" }],
  });
  expect((await add("domain-a", "shop.example.com")).status).toBe(400);
  expect((await add("domain-b", "shop.example.com")).status).toBe(409);
  expect((await add("domain-b", "no domain")).status).toBe(400);
});

test("what is not emulated says so", async () => {
  expect((await vercel.call("GET", `/v1/edge-config?${team}`)).status).toBe(501);
});
