import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { giteaApi } from "gitea-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localTokens } from "../kit/settings.ts";
import { git, withToken } from "../testing/clone.ts";
import { testCloud } from "../testing/cloud.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-gitea-"));
const org = "clients";
let cloud: Awaited<ReturnType<typeof testCloud>>;
let gitea: ReturnType<typeof giteaApi>;

const client = (token: string) => giteaApi(`${cloud.url()}/gitea`, { token });

beforeAll(async () => {
  cloud = await testCloud();
  gitea = client(localTokens.gitea);
  await gitea.orgs.orgCreate({ username: org });
});
afterAll(async () => {
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

const base64 = (text: string) => Buffer.from(text).toString("base64");
const stale = "0".repeat(40);

async function repository(name: string): Promise<string> {
  const { data } = await gitea.orgs.createOrgRepo(org, { name, private: true, auto_init: true });
  return data.clone_url ?? "";
}

const shaOf = async (repo: string, file: string) =>
  (await gitea.repos.repoGetContents(org, repo, file)).data.sha ?? "";
const textOf = async (repo: string, file: string) => {
  const { data } = await gitea.repos.repoGetContents(org, repo, file);
  return Buffer.from(data.content ?? "", "base64").toString();
};
const messages = async (repo: string, at?: string) =>
  (await gitea.repos.repoGetAllCommits(org, repo, at === undefined ? {} : { path: at })).data.map((each) =>
    each.commit?.message?.trim(),
  );

test("the published client reads who the token belongs to, and is refused with a wrong one", async () => {
  expect((await gitea.version.getVersion()).data.version).toMatch(/^1\.\d+/);
  expect((await gitea.user.userGetCurrent()).data.login).toBe("atoll-bot");
  expect((await gitea.orgs.orgGet(org)).data.username).toBe(org);
  await expect(client("wrong").user.userGetCurrent()).rejects.toMatchObject({ status: 401 });
});

test("many files are made, changed and removed in one commit", async () => {
  await repository("many");
  const { data: made } = await gitea.repos.repoChangeFiles(org, "many", {
    message: "Back up three workflows",
    files: ["a/1.json", "a/2.json", "b.json"].map((file) => ({
      operation: "create",
      path: file,
      content: base64(file),
    })),
  });
  expect(made.files?.map((file) => file?.path)).toEqual(["a/1.json", "a/2.json", "b.json"]);
  const { data: changed } = await gitea.repos.repoChangeFiles(org, "many", {
    message: "Change one, remove one, add one",
    branch: "main",
    files: [
      { operation: "update", path: "a/1.json", content: base64("new"), sha: await shaOf("many", "a/1.json") },
      { operation: "delete", path: "a/2.json", content: "", sha: await shaOf("many", "a/2.json") },
      { operation: "create", path: "c.json", content: base64("c") },
    ],
  });
  expect(changed.files?.map((file) => file?.path ?? null)).toEqual(["a/1.json", null, "c.json"]);
  expect(await textOf("many", "a/1.json")).toBe("new");
  const { data: left } = await gitea.repos.repoGetContentsList(org, "many");
  expect(left.map((entry) => entry.name).toSorted()).toEqual(["README.md", "a", "b.json", "c.json"]);
  await expect(shaOf("many", "a/2.json")).rejects.toMatchObject({ status: 404 });
  expect(await messages("many")).toEqual([
    "Change one, remove one, add one",
    "Back up three workflows",
    "Initial commit",
  ]);
});

test("when one of many files is refused, none is written", async () => {
  await repository("none");
  const files = [
    { operation: "create" as const, path: "new.json", content: base64("1") },
    { operation: "update" as const, path: "README.md", content: base64("2"), sha: stale },
  ];
  await expect(gitea.repos.repoChangeFiles(org, "none", { files })).rejects.toMatchObject({ status: 422 });
  await expect(shaOf("none", "new.json")).rejects.toMatchObject({ status: 404 });
  expect(await messages("none")).toEqual(["Initial commit"]);
});

test("a file is made once, and changed or removed only by the hash that it has", async () => {
  await repository("hashes");
  const file = { content: base64("1"), message: "Add it" };
  const { data: made } = await gitea.repos.repoCreateFile(org, "hashes", "f.json", file);
  const sha = made.content?.sha ?? "";
  const refusals: [number, () => Promise<unknown>][] = [
    [422, () => gitea.repos.repoCreateFile(org, "hashes", "f.json", file)],
    [422, () => gitea.repos.repoUpdateFile(org, "hashes", "f.json", { ...file, sha: stale })],
    [404, () => gitea.repos.repoUpdateFile(org, "hashes", "g.json", { ...file, sha })],
    [400, () => gitea.repos.repoDeleteFile(org, "hashes", "f.json", { sha: stale })],
    [404, () => gitea.repos.repoDeleteFile(org, "hashes", "g.json", { sha })],
    [404, () => gitea.repos.repoCreateFile(org, "hashes", "g.json", { ...file, branch: "none" })],
    [422, () => gitea.repos.repoCreateFile(org, "hashes", "..%2Foutside", file)],
  ];
  for (const [status, call] of refusals) await expect(call()).rejects.toMatchObject({ status });
  const change = { content: base64("2"), sha, message: "Change it" };
  const { data: changed } = await gitea.repos.repoUpdateFile(org, "hashes", "f.json", change);
  expect(await textOf("hashes", "f.json")).toBe("2");
  // The hash of before is stale now.
  await expect(gitea.repos.repoUpdateFile(org, "hashes", "f.json", change)).rejects.toMatchObject({
    status: 422,
  });
  const gone = { sha: changed.content?.sha ?? "", message: "Remove it" };
  await gitea.repos.repoDeleteFile(org, "hashes", "f.json", gone);
  await expect(shaOf("hashes", "f.json")).rejects.toMatchObject({ status: 404 });
});

test("a file's history names the commits that touched it, also after it is gone", async () => {
  await repository("history");
  const put = (at: string, message: string) =>
    gitea.repos.repoCreateFile(org, "history", at, { content: base64(at), message });
  await put("a.json", "Add a");
  await put("b.json", "Add b");
  const sha = await shaOf("history", "a.json");
  await gitea.repos.repoDeleteFile(org, "history", "a.json", { sha, message: "Remove a" });
  expect(await messages("history", "a.json")).toEqual(["Remove a", "Add a"]);
  expect(await messages("history", "b.json")).toEqual(["Add b"]);
  const { data } = await gitea.repos.repoGetAllCommits(org, "history", { limit: 1 });
  expect(data).toHaveLength(1);
});

test("real git clones it with a token only, and what it pushes is there", async () => {
  const address = await repository("cloned");
  const clone = path.join(folder, "clone");
  await gitea.repos.repoCreateFile(org, "cloned", "a/b.json", { content: base64("{}"), message: "Add it" });
  await expect(git("clone", address, clone)).rejects.toThrow();
  await git("clone", "--quiet", withToken(address, "atoll-bot", localTokens.gitea), clone);
  expect(readFileSync(path.join(clone, "a/b.json"), "utf8")).toBe("{}");
  writeFileSync(path.join(clone, "new.txt"), "pushed");
  await git("-C", clone, "add", ".");
  await git("-C", clone, "commit", "--quiet", "-m", "Add a file");
  await git("-C", clone, "push", "--quiet");
  expect(await textOf("cloned", "new.txt")).toBe("pushed");
  const { data: branch } = await gitea.repos.repoGetBranch(org, "cloned", "main");
  expect(branch.commit?.id).toBe(await git("-C", clone, "rev-parse", "HEAD"));
});

test("a repository's name is taken once, and after removal there is nothing", async () => {
  await repository("gone");
  await expect(gitea.orgs.createOrgRepo(org, { name: "gone" })).rejects.toMatchObject({ status: 409 });
  await gitea.repos.repoDelete(org, "gone");
  await expect(gitea.repos.repoGet(org, "gone")).rejects.toMatchObject({ status: 404 });
  await expect(gitea.repos.repoDelete(org, "gone")).rejects.toMatchObject({ status: 404 });
});
