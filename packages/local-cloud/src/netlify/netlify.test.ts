import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { NetlifyAPI } from "@netlify/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localTokens } from "../kit/settings.ts";
import { git, withToken } from "../testing/clone.ts";
import { testCloud } from "../testing/cloud.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let repoId: number;
let cloneUrl: string;
let client: NetlifyAPI;
const folder = mkdtempSync(path.join(tmpdir(), "atoll-netlify-"));

beforeAll(async () => {
  cloud = await testCloud({ rateLimits: true });
  const { host } = new URL(cloud.url());
  client = new NetlifyAPI(localTokens.netlify, { scheme: "http", host, pathPrefix: "/netlify/api/v1" });
  const made = await cloud.call(
    "POST",
    "/github/orgs/atoll-clients/repos",
    { name: "site", private: true, auto_init: true },
    { authorization: `Bearer ${localTokens.github}` },
  );
  repoId = made.body.id;
  cloneUrl = made.body.clone_url;
});
afterAll(async () => {
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (method: string, at: string, body?: unknown) =>
  cloud.call(method, `/netlify/api/v1${at}`, body, { authorization: `Bearer ${localTokens.netlify}` });
const repo = (more: object = {}) => ({
  provider: "github",
  id: repoId,
  repo_path: "atoll-clients/site",
  repo_branch: "main",
  cmd: "npm run build",
  dir: ".next",
  installation_id: 4711,
  ...more,
});
const site = async (name: string, more: object = {}) =>
  (await call("POST", "/atoll/sites", { name, repo: repo(), ...more })).body;
const ended = async (id: string) => {
  for (let looks = 0; looks < 2000; looks++) {
    const { body } = await call("GET", `/deploys/${id}`);
    if (["ready", "error"].includes(body.state)) return body;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Deploy ${id} did not end.`);
};
const deploys = async (id: string) => (await call("GET", `/sites/${id}/deploys`)).body;

test("Netlify's own client makes a site, its variables and a build, and takes them away", async () => {
  expect(await client.getCurrentUser()).toMatchObject({ email: "bot@localhost" });
  expect(await client.listAccountsForUser()).toMatchObject([{ slug: "atoll" }]);
  const made = await client.createSiteInTeam({
    accountSlug: "atoll",
    body: { name: "own-client", repo: repo() },
  });
  const siteId = String(made.id);
  const at = { accountId: "atoll", siteId };
  await client.createEnvVars({ ...at, body: [{ key: "A", values: [{ context: "all", value: "1" }] }] });
  await client.setEnvVarValue({ ...at, key: "A", body: { context: "production", value: "2" } });
  expect(await client.getEnvVar({ ...at, key: "A" })).toMatchObject({
    values: expect.arrayContaining([
      expect.objectContaining({ context: "production", value: "2" }),
      expect.objectContaining({ context: "dev", value: "1" }),
    ]),
  });
  const { deploy_id } = await client.createSiteBuild({ siteId });
  expect(await ended(String(deploy_id))).toMatchObject({ state: "ready", context: "production" });
  expect(await client.getSite({ siteId })).toMatchObject({ published_deploy: { id: deploy_id } });
  await client.deleteEnvVar({ ...at, key: "A" });
  await client.deleteSite({ siteId });
  await expect(client.getSite({ siteId })).rejects.toMatchObject({ status: 404 });
});

test("a name is one customer's, whoever that is", async () => {
  await cloud.call("POST", "/control/plant", { provider: "netlify", name: "theirs", elsewhere: true });
  const refused = await call("POST", "/atoll/sites", { name: "Theirs" });
  expect([refused.status, refused.body]).toEqual([422, { errors: { subdomain: ["must be unique"] } }]);
  expect((await call("GET", "/sites?name=theirs")).body).toEqual([]);
});

test("a linked site is built at once and at every push, and answers with the newest", async () => {
  const { id } = await site("pushed");
  const [first] = await deploys(id);
  expect(await ended(first.id)).toMatchObject({ state: "ready" });
  const { body: env } = await call("POST", `/accounts/atoll/env?site_id=${id}`, [
    { key: "ATOLL_INSTANCE_ID", values: [{ context: "all", value: "i-7" }] },
  ]);
  expect(env).toMatchObject([{ key: "ATOLL_INSTANCE_ID" }]);
  const { body: shown } = await call("GET", `/sites/${id}`);
  const health = async () => (await fetch(`${shown.url}/api/health`)).json();
  expect(await health(), "an older deploy has older variables").toMatchObject({ instance: null });

  const work = path.join(folder, "work");
  await git("clone", withToken(cloneUrl, "x-access-token", localTokens.github), work);
  writeFileSync(path.join(work, "news.txt"), "news");
  await git("-C", work, "add", ".");
  await git("-C", work, "commit", "-m", "News");
  await git("-C", work, "push");
  const pushed = async () => (await deploys(id)).find((each: { id: string }) => each.id !== first.id);
  for (let looks = 0; !(await pushed()) && looks < 500; looks++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  await ended((await pushed()).id);
  expect(await health()).toMatchObject({ instance: "i-7" });
});

test("without the GitHub App's installation nothing can be cloned", async () => {
  const { id } = await site("locked-out", { repo: repo({ installation_id: 1 }) });
  const [first] = await deploys(id);
  expect(await ended(first.id)).toMatchObject({
    state: "error",
    error_message: expect.stringContaining("Unable to access repository"),
  });
});

test("secrets cannot be read, and are not taken for every context", async () => {
  const { id } = await site("secretive");
  const at = `/accounts/atoll/env?site_id=${id}`;
  const secret = { key: "KEY", is_secret: true, scopes: ["builds"] };
  const everywhere = await call("POST", at, [{ ...secret, values: [{ context: "all", value: "s3cret" }] }]);
  expect(everywhere.status).toBe(422);
  const made = await call("POST", at, [{ ...secret, values: [{ context: "production", value: "s3cret" }] }]);
  expect([made.status, JSON.stringify(made.body).includes("s3cret")]).toEqual([201, false]);
  expect(JSON.stringify((await call("GET", at)).body)).not.toContain("s3cret");
});

test("Netlify's own client disables a site and enables it, goes back to a deploy, and sees a domain's certificate", async () => {
  const { id: site_id, url } = await site("life");
  const [first] = await deploys(site_id);
  await ended(first.id);
  const build = async (): Promise<string> => {
    const { deploy_id = "" } = await client.createSiteBuild({ site_id });
    await ended(deploy_id);
    return deploy_id;
  };
  const published = async () => (await client.getSite({ site_id })).published_deploy;
  const second = await build();
  expect(await published()).toMatchObject({ id: second });

  await client.restoreSiteDeploy({ site_id, deploy_id: first.id });
  await client.lockDeploy({ deploy_id: first.id });
  expect(await published()).toMatchObject({ id: first.id, locked: true });
  const third = await build();
  expect(await published()).toMatchObject({ id: first.id });
  await expect(client.restoreSiteDeploy({ site_id, deploy_id: third })).rejects.toMatchObject({
    status: 422,
  });
  await client.unlockDeploy({ deploy_id: first.id });
  await client.restoreSiteDeploy({ site_id, deploy_id: third });
  expect(await published()).toMatchObject({ id: third, locked: false });

  await client.disableSite({ site_id, reason: "Paused" });
  expect((await fetch(url)).status).toBe(503);
  expect(await client.getSite({ site_id })).toMatchObject({ disabled: true });
  await client.enableSite({ site_id });
  expect((await fetch(url)).status).toBe(200);

  const domain = "www.life.example";
  const body = { custom_domain: domain, domain_aliases: ["life.example"] };
  expect(await client.updateSite({ site_id, body })).toMatchObject(body);
  expect(await client.showSiteTLSCertificate({ site_id })).toBeNull();
  await expect(client.provisionSiteTLSCertificate({ site_id })).rejects.toMatchObject({ status: 422 });
  await cloud.call("POST", "/control/dns", {
    domain,
    records: [{ type: "CNAME", value: "life.netlify.app." }],
  });
  await client.provisionSiteTLSCertificate({ site_id });
  await expect
    .poll(() => client.showSiteTLSCertificate({ site_id }))
    .toMatchObject({ state: "issued", domains: [domain] });
  expect(await client.getAllCertificates({ site_id, domain })).toMatchObject([{ domains: [domain] }]);
  await client.deleteSite({ site_id });
});

test("what was under way goes on after a restart, and sites answer where they did", async () => {
  const { id } = await site("restarted");
  const before = (await call("GET", `/sites/${id}`)).body.url;
  await cloud.restart();
  const [first] = await deploys(id);
  expect(await ended(first.id)).toMatchObject({ state: "ready" });
  const { url } = (await call("GET", `/sites/${id}`)).body;
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
  expect(new URL(url).hostname).toBe(new URL(before).hostname);
});

test("500 calls a minute, told in every answer and with an epoch in the refusal", async () => {
  const first = await call("GET", "/user");
  expect(first.headers.get("x-ratelimit-limit")).toBe("500");
  let last = first;
  for (let calls = 0; last.status === 200 && calls < 600; calls++) last = await call("GET", "/user");
  expect(last.status).toBe(429);
  const reset = Number(last.headers.get("x-ratelimit-reset"));
  expect(reset).toBeGreaterThan(Date.now() / 1000 - 1);
  expect(reset).toBeLessThan(Date.now() / 1000 + 61);
});
