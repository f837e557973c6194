import { Octokit } from "octokit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localTokens } from "../kit/settings.ts";
import { testCloud } from "../testing/cloud.ts";

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
afterAll(() => cloud?.close());

const owner = "atoll-clients";

async function make(repo: string): Promise<{ owner: string; repo: string; head: string }> {
  await octokit.rest.repos.createInOrg({ org: owner, name: repo, private: true, auto_init: true });
  const { data } = await octokit.rest.git.getRef({ owner, repo, ref: "heads/main" });
  return { owner, repo, head: data.object.sha };
}

type Files = Record<string, string | null>;

/** Commits files on top of a commit by git's objects, and has a branch point there. */
async function push(at: { owner: string; repo: string }, parent: string, branch: string, files: Files) {
  const { data: before } = await octokit.rest.git.getCommit({ ...at, commit_sha: parent });
  const { data: tree } = await octokit.rest.git.createTree({
    ...at,
    base_tree: before.tree.sha,
    tree: Object.entries(files).map(([path, content]) => ({
      path,
      mode: "100644" as const,
      type: "blob" as const,
      ...(content === null ? { sha: null } : { content }),
    })),
  });
  const { data: commit } = await octokit.rest.git.createCommit({
    ...at,
    message: `Change ${Object.keys(files).join(", ")}`,
    tree: tree.sha,
    parents: [parent],
  });
  const ref = `heads/${branch}`;
  const there = await octokit.rest.git.listMatchingRefs({ ...at, ref });
  if (there.data.length === 0)
    await octokit.rest.git.createRef({ ...at, ref: `refs/${ref}`, sha: commit.sha });
  else await octokit.rest.git.updateRef({ ...at, ref, sha: commit.sha });
  return commit.sha;
}

const textAt = async (at: { owner: string; repo: string }, path: string, ref = "main") => {
  const { data } = await octokit.rest.repos.getContent({ ...at, path, ref });
  return "content" in data ? Buffer.from(data.content, "base64").toString() : undefined;
};

test("a pull request is made, found, looked at and merged, and the branch below has it", async () => {
  const at = await make("merged");
  const head = await push(at, at.head, "feature", { "a.txt": "one\n", "README.md": null });
  const made = await octokit.rest.pulls.create({
    ...at,
    title: "Add a",
    head: "feature",
    base: "main",
    body: "why",
  });
  expect(made.status).toBe(201);
  expect(made.data).toMatchObject({ number: 1, mergeable: null, changed_files: 2, commits: 1 });
  const listed = await octokit.rest.pulls.list({ ...at, head: `${owner}:feature`, state: "all" });
  expect(listed.data.map(({ head: { sha } }) => sha)).toEqual([head]);
  expect((await octokit.rest.pulls.list({ ...at, head: `${owner}:none` })).data).toEqual([]);
  const pull = { ...at, pull_number: 1 };
  expect((await octokit.rest.pulls.get(pull)).data).toMatchObject({
    mergeable: true,
    mergeable_state: "clean",
  });
  const files = await octokit.rest.pulls.listFiles(pull);
  expect(files.data.map(({ filename, status }) => [filename, status])).toEqual([
    ["README.md", "removed"],
    ["a.txt", "added"],
  ]);
  await expect(octokit.rest.pulls.checkIfMerged(pull)).rejects.toMatchObject({ status: 404 });
  await expect(octokit.rest.pulls.merge({ ...pull, sha: at.head })).rejects.toMatchObject({ status: 409 });
  const merged = await octokit.rest.pulls.merge({ ...pull, sha: head });
  expect(merged.data.merged).toBe(true);
  expect(await textAt(at, "a.txt")).toBe("one\n");
  const { data: commit } = await octokit.rest.git.getCommit({ ...at, commit_sha: merged.data.sha });
  expect(commit.parents.map(({ sha }) => sha)).toEqual([at.head, head]);
  expect((await octokit.rest.pulls.checkIfMerged(pull)).status).toBe(204);
  await expect(octokit.rest.pulls.merge(pull)).rejects.toMatchObject({ status: 405 });
});

test("a squash gives one commit with one parent", async () => {
  const at = await make("squashed");
  const first = await push(at, at.head, "feature", { "a.txt": "1" });
  await push(at, first, "feature", { "a.txt": "2" });
  await octokit.rest.pulls.create({ ...at, title: "Two steps", head: "feature", base: "main" });
  const { data } = await octokit.rest.pulls.merge({ ...at, pull_number: 1, merge_method: "squash" });
  const { data: commit } = await octokit.rest.git.getCommit({ ...at, commit_sha: data.sha });
  expect(commit.parents.map(({ sha }) => sha)).toEqual([at.head]);
  expect(commit.message).toBe("Two steps (#1)");
});

test("what conflicts is dirty and is not merged; drafts are not either", async () => {
  const at = await make("conflicting");
  await push(at, at.head, "feature", { "README.md": "theirs\n" });
  await octokit.rest.pulls.create({ ...at, title: "Mine", head: "feature", base: "main" });
  await push(at, at.head, "main", { "README.md": "ours\n" });
  const pull = { ...at, pull_number: 1 };
  expect((await octokit.rest.pulls.get(pull)).data.mergeable).toBeNull();
  expect((await octokit.rest.pulls.get(pull)).data).toMatchObject({
    mergeable: false,
    mergeable_state: "dirty",
  });
  await expect(octokit.rest.pulls.merge(pull)).rejects.toMatchObject({ status: 405 });
  expect(await textAt(at, "README.md")).toBe("ours\n");
  await push(at, at.head, "other", { "b.txt": "b" });
  await octokit.rest.pulls.create({ ...at, title: "Later", head: "other", base: "main", draft: true });
  await expect(octokit.rest.pulls.merge({ ...at, pull_number: 2 })).rejects.toMatchObject({ status: 405 });
});

test("one at a time for a branch, none without commits; closed and opened again while its branch is there", async () => {
  const at = await make("states");
  await push(at, at.head, "feature", { "a.txt": "a" });
  const given = { ...at, title: "A", head: "feature", base: "main" };
  await octokit.rest.pulls.create(given);
  await expect(octokit.rest.pulls.create(given)).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining("already exists"),
  });
  await octokit.rest.git.createRef({ ...at, ref: "refs/heads/same", sha: at.head });
  await expect(octokit.rest.pulls.create({ ...given, head: "same" })).rejects.toMatchObject({
    message: expect.stringContaining("No commits between"),
  });
  await expect(octokit.rest.pulls.create({ ...given, head: "none" })).rejects.toMatchObject({ status: 422 });
  const pull = { ...at, pull_number: 1 };
  expect((await octokit.rest.pulls.update({ ...pull, state: "closed" })).data.state).toBe("closed");
  expect((await octokit.rest.pulls.update({ ...pull, state: "open", title: "B" })).data).toMatchObject({
    state: "open",
    title: "B",
  });
  await octokit.rest.git.deleteRef({ ...at, ref: "heads/feature" });
  expect((await octokit.rest.pulls.get(pull)).data.state).toBe("closed");
  await expect(octokit.rest.pulls.update({ ...pull, state: "open" })).rejects.toMatchObject({ status: 422 });
});

test("branches move forward only, unless forced; histories are compared and paged", async () => {
  const at = await make("history");
  const one = await push(at, at.head, "main", { "a.txt": "1" });
  const two = await push(at, one, "main", { "a.txt": "2" });
  const back = { ...at, ref: "heads/main", sha: one };
  await expect(octokit.rest.git.updateRef(back)).rejects.toMatchObject({ status: 422 });
  await expect(octokit.rest.git.createRef({ ...at, ref: "refs/heads/main", sha: one })).rejects.toMatchObject(
    { status: 422, message: expect.stringContaining("already exists") },
  );
  await expect(octokit.rest.git.createRef({ ...at, ref: "refs/heads/x..y", sha: one })).rejects.toMatchObject(
    { status: 422 },
  );
  const compared = await octokit.rest.repos.compareCommitsWithBasehead({
    ...at,
    basehead: `${at.head}...main`,
  });
  expect(compared.data).toMatchObject({ status: "ahead", ahead_by: 2, behind_by: 0 });
  expect(compared.data.commits.map(({ sha }) => sha)).toEqual([one, two]);
  const page = await octokit.rest.repos.listCommits({ ...at, per_page: 1, page: 2 });
  expect(page.data.map(({ sha }) => sha)).toEqual([one]);
  expect(page.headers.link).toContain('page=3>; rel="last"');
  const all = await octokit.paginate(octokit.rest.repos.listCommits, { ...at, per_page: 1 });
  expect(all.map(({ sha }) => sha)).toEqual([two, one, at.head]);
  await octokit.rest.git.updateRef({ ...back, force: true });
  expect(await textAt(at, "a.txt")).toBe("1");
});

test("blobs hold any bytes; trees refuse what is not there and what leads outside", async () => {
  const at = await make("objects");
  const bytes = Buffer.from([0, 255, 10, 13]);
  const { data: blob } = await octokit.rest.git.createBlob({
    ...at,
    content: bytes.toString("base64"),
    encoding: "base64",
  });
  const read = await octokit.rest.git.getBlob({ ...at, file_sha: blob.sha });
  expect(Buffer.from(read.data.content, "base64")).toEqual(bytes);
  const entry = { path: "a", mode: "100644" as const, type: "blob" as const };
  for (const wrong of [
    { ...entry, sha: "0".repeat(40) },
    { ...entry, sha: null },
    { ...entry, path: "../a", content: "x" },
    { ...entry, path: ".git/config", content: "x" },
  ])
    await expect(
      octokit.rest.git.createTree({ ...at, base_tree: at.head, tree: [wrong] }),
    ).rejects.toMatchObject({ status: 422 });
});

test("an archived repository takes no pull request, and a removed one leaves none behind", async () => {
  const at = await make("archived");
  await push(at, at.head, "feature", { "a.txt": "a" });
  await octokit.rest.pulls.create({ ...at, title: "A", head: "feature", base: "main" });
  await octokit.rest.repos.update({ ...at, archived: true });
  await expect(octokit.rest.pulls.update({ ...at, pull_number: 1, title: "B" })).rejects.toMatchObject({
    status: 403,
  });
  await octokit.rest.repos.delete(at);
  await make("archived");
  expect((await octokit.rest.pulls.list({ ...at, state: "all" })).data).toEqual([]);
});
