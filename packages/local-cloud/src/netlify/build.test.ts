import { afterAll, beforeAll, expect, test } from "vitest";
import { localTokens } from "../kit/settings.ts";
import { testCloud } from "../testing/cloud.ts";

// A small application: what builds and runs the template is shared with the other host, and tested there.
const server = `
  require("node:http").createServer((_, answer) => {
    const { ATOLL_INSTANCE_ID: instance, NETLIFY, CONTEXT } = process.env;
    answer.end(JSON.stringify({ instance, NETLIFY, CONTEXT }));
  }).listen(Number(process.env.PORT), "127.0.0.1");`;

let cloud: Awaited<ReturnType<typeof testCloud>>;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const call = (method: string, at: string, body?: unknown) =>
  cloud.call(method, `/netlify/api/v1${at}`, body, bearer(localTokens.netlify));

async function put(path: string, content: string, branch = "main"): Promise<void> {
  const at = `/github/repos/atoll-clients/small/contents/${path}`;
  const body = { message: path, content: Buffer.from(content).toString("base64"), branch };
  const { status, body: told } = await cloud.call("PUT", at, body, bearer(localTokens.github));
  expect(status, JSON.stringify(told)).toBe(201);
}

beforeAll(async () => {
  cloud = await testCloud({ light: false });
  const made = { name: "small", private: true, auto_init: true };
  await cloud.call("POST", "/github/orgs/atoll-clients/repos", made, bearer(localTokens.github));
  await put("server.js", server);
  await put("package.json", JSON.stringify({ name: "small", scripts: { build: "true" } }));
});
afterAll(() => cloud?.close());

async function newest(id: string) {
  for (let looks = 0; looks < 3000; looks++) {
    const [deploy] = (await call("GET", `/sites/${id}/deploys`)).body;
    if (["ready", "error"].includes(deploy?.state)) return deploy;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("No deploy ended.");
}

test("a site is cloned, built and run with its variables; another command is said to be none of ours", async () => {
  const repo = { provider: "github", repo_path: "atoll-clients/small", installation_id: 4711 };
  const cmd = "ATOLL_INSTANCE_ID=i-1 npm run build";
  const { id, url } = (await call("POST", "/atoll/sites", { name: "small", repo: { ...repo, cmd } })).body;
  expect(await newest(id)).toMatchObject({ state: "ready" });
  const mark = [{ key: "ATOLL_INSTANCE_ID", values: [{ context: "production", value: "i-1" }] }];
  await call("POST", `/accounts/atoll/env?site_id=${id}`, mark);
  const { deploy_id } = (await call("POST", `/sites/${id}/builds`)).body;
  expect(await newest(id)).toMatchObject({ id: deploy_id, state: "ready" });
  expect(await (await fetch(url)).json()).toEqual({
    instance: "i-1",
    NETLIFY: "true",
    CONTEXT: "production",
  });

  await call("PATCH", `/sites/${id}`, { repo: { ...repo, cmd: "make site" } });
  await call("POST", `/sites/${id}/builds`);
  expect(await newest(id)).toMatchObject({
    state: "error",
    error_message: expect.stringContaining("make site"),
  });
  expect((await fetch(url)).status, "the earlier deploy goes on").toBe(200);
});

test("a pull request gets a preview of its newest commit, which visitors of the site never see", async () => {
  const github = (method: string, at: string, body?: unknown) =>
    cloud.call(method, `/github/repos/atoll-clients/small${at}`, body, bearer(localTokens.github));
  const repo = { provider: "github", repo_path: "atoll-clients/small", installation_id: 4711 };
  const cmd = "npm run build";
  const { id, url } = (await call("POST", "/atoll/sites", { name: "shown", repo: { ...repo, cmd } })).body;
  const first = await newest(id);
  const [preview, production] = [
    { context: "deploy-preview", value: "i-preview" },
    { context: "production", value: "i-1" },
  ];
  const mark = [{ key: "ATOLL_INSTANCE_ID", values: [preview, production] }];
  await call("POST", `/accounts/atoll/env?site_id=${id}`, mark);
  const { object } = (await github("GET", "/git/ref/heads/main")).body;
  await github("POST", "/git/refs", { ref: "refs/heads/news", sha: object.sha });
  await put("notes.txt", "new", "news");
  const previews = async () => (await call("GET", `/sites/${id}/deploys?deploy-previews=true`)).body;
  expect(await previews(), "a branch alone gets none").toEqual([]);
  const pull = await github("POST", "/pulls", { title: "News", head: "news", base: "main" });
  expect(pull.status).toBe(201);
  const shown = await newest(id);
  const { sha } = pull.body.head;
  expect(shown).toMatchObject({ state: "ready", context: "deploy-preview", commit_ref: sha, review_id: 1 });
  expect(await (await fetch(shown.deploy_ssl_url)).json()).toMatchObject({
    instance: "i-preview",
    CONTEXT: "deploy-preview",
  });
  await put("more.txt", "more", "news");
  await expect.poll(async () => (await previews()).length).toBe(2);
  expect((await newest(id)).commit_ref).not.toBe(sha);
  const { published_deploy } = (await call("GET", `/sites/${id}`)).body;
  expect(published_deploy.id).toBe(first.id);
  expect((await fetch(url)).status).toBe(200);
  const listed = (await call("GET", `/sites/${id}/deploys?production=true`)).body;
  expect(listed.map((each: { id: string }) => each.id)).toEqual([first.id]);
});
