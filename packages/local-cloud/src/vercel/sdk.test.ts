import { createHash } from "node:crypto";
import { Vercel } from "@vercel/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDns } from "../kit/dns.ts";
import { localTokens } from "../kit/settings.ts";
import { type VercelForTest, vercelForTest } from "./testing/vercel.ts";

// Vercel's own client checks every answer against Vercel's own description, and throws where it differs.
const teamId = "team_atoll";
let emulator: VercelForTest;
let vercel: Vercel;

beforeAll(async () => {
  emulator = await vercelForTest([{ path: "README.md", content: Buffer.from("# Site\n") }]);
  vercel = new Vercel({ bearerToken: localTokens.vercel, serverURL: emulator.url() });
});
afterAll(() => emulator?.remove());

test("the official client reads who the token belongs to", async () => {
  expect((await vercel.user.getAuthUser())?.user).toMatchObject({ username: "atoll-bot" });
  expect(await vercel.teams.getTeam({ teamId })).toMatchObject({ id: teamId });
});

test("the official client makes a project, its variables and a deployment, and takes them away", async () => {
  const idOrName = "sdk";
  const { id: projectId } = await vercel.projects.createProject({
    teamId,
    requestBody: {
      name: idOrName,
      framework: "nextjs",
      gitRepository: { type: "github", repo: "clients/site" },
      environmentVariables: [{ key: "ATOLL_INSTANCE_ID", value: "i", target: ["production"], type: "plain" }],
    },
  });
  await vercel.projects.getProjects({ teamId });
  await vercel.projects.updateProject({ teamId, idOrName, requestBody: { framework: "nextjs" } });

  const requestBody = [{ key: "A", value: "1", type: "encrypted" as const, target: ["production" as const] }];
  const made = await vercel.projects.createProjectEnv({ teamId, idOrName, upsert: "true", requestBody });
  expect(made.failed).toEqual([]);
  await vercel.projects.filterProjectEnvs({ teamId, idOrName });
  const [variable] = (await emulator.call("GET", `/v10/projects/${projectId}/env?teamId=${teamId}`)).body
    .envs;
  await vercel.projects.editProjectEnv({ teamId, idOrName, id: variable.id, requestBody: { value: "2" } });
  await vercel.projects.removeProjectEnv({ teamId, idOrName, id: variable.id });

  const { id: deploymentId } = await vercel.deployments.createDeployment({
    teamId,
    forceNew: "1",
    requestBody: {
      name: idOrName,
      project: idOrName,
      target: "production",
      gitSource: { type: "github", repoId: 77, ref: "main" },
    },
  });
  await emulator.ended(deploymentId);
  const deployment = await vercel.deployments.getDeployment({ teamId, idOrUrl: deploymentId });
  expect(deployment.readyState).toBe("READY");
  const list = await vercel.deployments.getDeployments({ teamId, projectId });
  expect(list.deployments).toHaveLength(1);
  await vercel.deployments.getDeploymentEvents({ teamId, idOrUrl: deploymentId, limit: -1 });

  await vercel.projects.pauseProject({ teamId, projectId });
  await vercel.projects.unpauseProject({ teamId, projectId });
  await vercel.projects.requestPromote({ teamId, projectId, deploymentId });
  await vercel.projects.listPromoteAliases({ teamId, projectId });

  await vercel.projects.addProjectDomain({ teamId, idOrName, requestBody: { name: "shop.example.com" } });
  await vercel.projects.getProjectDomains({ teamId, idOrName });
  await vercel.domains.getDomainConfig({ teamId, domain: "shop.example.com" });

  await vercel.deployments.deleteDeployment({ teamId, id: deploymentId });
  await vercel.projects.deleteProject({ teamId, idOrName });
  expect((await emulator.call("GET", `/v9/projects/${projectId}?teamId=${teamId}`)).status).toBe(404);
});

test("the official client uploads a file under its hash", async () => {
  const data = new TextEncoder().encode("hello");
  await vercel.deployments.uploadFile({
    teamId,
    contentLength: data.byteLength,
    xVercelDigest: createHash("sha1").update(data).digest("hex"),
    requestBody: new Blob([data]),
  });
});

test("the official client pauses, goes back to an earlier deployment and promotes a later one", async () => {
  const { id: projectId } = await vercel.projects.createProject({
    teamId,
    requestBody: { name: "back", gitRepository: { type: "github", repo: "clients/site" } },
  });
  const deploy = async () => {
    const gitSource = { type: "github" as const, repoId: 77, ref: "main" };
    const { id } = await vercel.deployments.createDeployment({
      teamId,
      forceNew: "1",
      requestBody: { name: "back", project: projectId, target: "production", gitSource },
    });
    await emulator.ended(id);
    return id;
  };
  const production = async () => {
    const { targets, autoAssignCustomDomains } = await vercel.projects.getProject({
      teamId,
      idOrName: projectId,
    });
    return { id: targets?.production?.id, follows: autoAssignCustomDomains };
  };
  const [first, second] = [await deploy(), await deploy()];
  expect(await production()).toEqual({ id: second, follows: true });
  await vercel.projects.requestRollback({ teamId, projectId, deploymentId: first });
  expect(await production()).toEqual({ id: first, follows: false });
  const third = await deploy();
  expect(await vercel.deployments.getDeployment({ teamId, idOrUrl: third })).toMatchObject({
    readySubstate: "STAGED",
    aliasAssigned: false,
  });
  expect((await production()).id).toBe(first);
  await vercel.projects.requestPromote({ teamId, projectId, deploymentId: third });
  expect(await production()).toEqual({ id: third, follows: true });

  await vercel.projects.pauseProject({ teamId, projectId });
  expect(await vercel.projects.getProject({ teamId, idOrName: "back" })).toMatchObject({ paused: true });
  await vercel.projects.unpauseProject({ teamId, projectId });
  expect((await production()).follows).toBe(true);
  await vercel.projects.deleteProject({ teamId, idOrName: "back" });
});

test("the official client adds a domain, verifies it once its DNS is set, and sees its certificate", async () => {
  const idOrName = "domain";
  await vercel.projects.createProject({ teamId, requestBody: { name: idOrName } });
  const domain = "www.client.example";
  const { verification = [] } = await vercel.projects.addProjectDomain({
    teamId,
    idOrName,
    requestBody: { name: domain },
  });
  const verify = () => vercel.projects.verifyProjectDomain({ teamId, idOrName, domain });
  await expect(verify()).rejects.toThrow();
  const { recommendedCNAME, misconfigured } = await vercel.domains.getDomainConfig({ teamId, domain });
  expect(misconfigured).toBe(true);
  openDns(emulator.context).put({
    domain: "client.example",
    records: [
      ...verification.map(({ domain: name, value }) => ({ type: "TXT" as const, name, value })),
      { type: "CNAME", name: domain, value: recommendedCNAME[0]?.value ?? "" },
    ],
  });
  expect(await verify()).toMatchObject({ verified: true });
  expect(await vercel.domains.getDomainConfig({ teamId, domain })).toMatchObject({
    misconfigured: false,
    configuredBy: "CNAME",
  });
  await expect
    .poll(async () => (await vercel.certs.getCerts({ teamId })).certs)
    .toMatchObject([{ cns: [domain] }]);
  expect(await vercel.projects.getProjectDomain({ teamId, idOrName, domain })).toMatchObject({
    verified: true,
  });
  await vercel.projects.removeProjectDomain({ teamId, idOrName, domain });
  expect((await vercel.certs.getCerts({ teamId })).certs).toEqual([]);
  await vercel.projects.deleteProject({ teamId, idOrName });
});
