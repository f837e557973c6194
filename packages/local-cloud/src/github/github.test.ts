import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Octokit } from "octokit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localTokens } from "../kit/settings.ts";
import { git, withToken } from "../testing/clone.ts";
import { testCloud } from "../testing/cloud.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-github-"));
let cloud: Awaited<ReturnType<typeof testCloud>>;
let octokit: Octokit;

beforeAll(async () => {
  cloud = await testCloud();
  octokit = new Octokit({
    auth: localTokens.github,
    baseUrl: `${cloud.url()}/github`,
    retry: { enabled: false },
    throttle: { enabled: false },
  });
});

afterAll(async () => {
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function generate(name: string): Promise<string> {
  const made = await octokit.rest.repos.createUsingTemplate({
    template_owner: "atoll-templates",
    template_repo: "business-app",
    owner: "atoll-clients",
    name,
    private: true,
  });
  expect(made.status).toBe(201);
  await expect
    .poll(
      async () => (await octokit.rest.repos.listBranches({ owner: "atoll-clients", repo: name })).data.length,
    )
    .toBe(1);
  return made.data.clone_url;
}

test("a repository made from a template is empty for a while, then has its files", async () => {
  const faults = `${cloud.url()}/control/faults`;
  await fetch(faults, {
    method: "POST",
    body: JSON.stringify({ provider: "github", kind: "stuck", path: "slow" }),
  });
  const made = await octokit.rest.repos.createUsingTemplate({
    template_owner: "atoll-templates",
    template_repo: "business-app",
    owner: "atoll-clients",
    name: "slow",
  });
  expect(made.data.template_repository?.full_name).toBe("atoll-templates/business-app");
  const empty = await octokit.rest.git
    .getRef({ owner: "atoll-clients", repo: "slow", ref: "heads/main" })
    .catch((error: { status: number }) => error.status);
  expect(empty).toBe(409);
  await fetch(faults, { method: "DELETE" });
  await expect
    .poll(async () => (await octokit.rest.repos.listBranches({ owner: "atoll-clients", repo: "slow" })).data)
    .toHaveLength(1);
  const again = octokit.rest.repos.createUsingTemplate({
    template_owner: "atoll-templates",
    template_repo: "business-app",
    owner: "atoll-clients",
    name: "SLOW",
  });
  await expect(again).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining("already exists"),
  });
  const noTemplate = octokit.rest.repos.createUsingTemplate({
    template_owner: "atoll-clients",
    template_repo: "slow",
    name: "x",
  });
  await expect(noTemplate).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining("not a template"),
  });
});

test("files are made, changed and deleted by their hashes", async () => {
  await generate("files");
  const at = { owner: "atoll-clients", repo: "files", path: "a/b.json" };
  const content = (text: string) => Buffer.from(text).toString("base64");
  const made = await octokit.rest.repos.createOrUpdateFileContents({
    ...at,
    message: "make",
    content: content("{}"),
  });
  expect(made.status).toBe(201);
  await expect(
    octokit.rest.repos.createOrUpdateFileContents({ ...at, message: "x", content: content("1") }),
  ).rejects.toMatchObject({ status: 422 });
  await expect(
    octokit.rest.repos.createOrUpdateFileContents({
      ...at,
      message: "x",
      content: content("1"),
      sha: "0".repeat(40),
    }),
  ).rejects.toMatchObject({ status: 409 });
  const changed = await octokit.rest.repos.createOrUpdateFileContents({
    ...at,
    message: "change",
    content: content("[1]"),
    sha: made.data.content?.sha ?? "",
  });
  expect(changed.status).toBe(200);
  const read = await octokit.rest.repos.getContent(at);
  expect("content" in read.data && Buffer.from(read.data.content, "base64").toString()).toBe("[1]");
  await octokit.rest.repos.deleteFile({ ...at, message: "delete", sha: changed.data.content?.sha ?? "" });
  await expect(octokit.rest.repos.getContent(at)).rejects.toMatchObject({ status: 404 });
  const outside = octokit.rest.repos.createOrUpdateFileContents({
    ...at,
    path: "../outside",
    message: "x",
    content: content("x"),
  });
  await expect(outside).rejects.toMatchObject({ status: expect.any(Number) });
});

test("real git clones it, pushes to it, and is refused without the token", async () => {
  const address = await generate("cloned");
  const clone = path.join(folder, "clone");
  await expect(git("clone", address, clone)).rejects.toThrow();
  await git("clone", "--quiet", withToken(address, "x-access-token", localTokens.github), clone);
  expect(readFileSync(path.join(clone, "README.md"), "utf8")).toContain("#");
  writeFileSync(path.join(clone, "new.txt"), "pushed");
  await git("-C", clone, "add", ".");
  await git("-C", clone, "commit", "--quiet", "-m", "Add a file");
  await git("-C", clone, "push", "--quiet");
  const read = await octokit.rest.repos.getContent({
    owner: "atoll-clients",
    repo: "cloned",
    path: "new.txt",
  });
  expect("content" in read.data && Buffer.from(read.data.content, "base64").toString()).toBe("pushed");
});

test("topics, settings and removal; what is not there is 404, what is not done is 501", async () => {
  await generate("gone");
  const at = { owner: "atoll-clients", repo: "gone" };
  await octokit.rest.repos.replaceAllTopics({ ...at, names: ["atoll-abc"] });
  expect((await octokit.rest.repos.get(at)).data.topics).toEqual(["atoll-abc"]);
  expect((await octokit.rest.repos.update({ ...at, archived: true })).data.archived).toBe(true);
  expect((await octokit.rest.repos.delete(at)).status).toBe(204);
  await expect(octokit.rest.repos.get(at)).rejects.toMatchObject({ status: 404 });
  await expect(octokit.rest.repos.listForks({ owner: "atoll-clients", repo: "files" })).rejects.toMatchObject(
    { status: 501 },
  );
  await expect(
    new Octokit({ auth: "wrong", baseUrl: `${cloud.url()}/github` }).rest.users.getAuthenticated(),
  ).rejects.toMatchObject({ status: 401 });
});
