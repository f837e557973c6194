import { Secret } from "@atoll/core/secret";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { localTokens } from "../../../local-cloud/src/kit/settings.ts";
import { testCloud } from "../../../local-cloud/src/testing/cloud.ts";
import { githubApi } from "./api.ts";
import { branchHead, createBranch, moveBranch } from "./branches.ts";
import { commitFiles } from "./commits.ts";
import { mergePull, openPull, pullAt, updatePull } from "./pulls.ts";
import { bringTemplateUpdate, mergeTemplateUpdate, planTemplateUpdate } from "./template-update.ts";
import { readBlob, readTree } from "./trees.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let api: ReturnType<typeof githubApi>;
let number = 0;
let repository: string;
let template: string;

type Files = Record<string, string | Buffer | null>;

/** GitHub for whom opening a pull request goes wrong. */
function failing(instead: (send: () => Promise<Response>) => Promise<Response>) {
  return githubApi({
    token: new Secret("GITHUB_TOKEN", localTokens.github),
    baseUrl: `${cloud.url()}/github`,
    fetch: (input, init) =>
      init?.method === "POST" && String(input).endsWith("/pulls")
        ? instead(() => fetch(input, init))
        : fetch(input, init),
  });
}

/** Commits files to a branch, as a person or a pipeline does. */
async function push(at: string, files: Files, branch = "main"): Promise<string> {
  const head = await branchHead(api, at, branch);
  if (head === undefined) throw new Error(`${at} has no ${branch}`);
  const sha = await commitFiles(api, at, {
    parents: [head],
    tree: head,
    files: Object.entries(files).map(([path, content]) => ({
      path,
      mode: "100644" as const,
      content: content === null ? undefined : Buffer.from(content),
    })),
    message: () => `Change ${Object.keys(files).join(", ")}`,
  });
  await moveBranch(api, at, branch, sha);
  return sha;
}

async function textAt(path: string, ref = "main", at = repository): Promise<string | undefined> {
  const file = (await readTree(api, at, ref)).get(path);
  return file && (await readBlob(api, at, file.sha)).toString("utf8");
}

const page = (...changed: [number, string][]) =>
  Array.from({ length: 12 }, (_, line) => changed.find(([at]) => at === line)?.[1] ?? `line ${line}`)
    .join("\n")
    .concat("\n");

const start: Files = {
  "page.txt": page(),
  "same.txt": "same\n",
  "old.txt": "old\n",
  "logo.bin": Buffer.from([0, 1, 2]),
  "src/app.ts": "export {};\n",
};

beforeAll(async () => {
  cloud = await testCloud();
  api = githubApi({
    token: new Secret("GITHUB_TOKEN", localTokens.github),
    baseUrl: `${cloud.url()}/github`,
  });
});
afterAll(() => cloud?.close());

beforeEach(async () => {
  number += 1;
  template = `atoll-templates/app-${number}`;
  repository = `atoll-clients/client-${number}`;
  await api.post("/orgs/atoll-templates/repos", {
    body: { name: `app-${number}`, is_template: true, auto_init: true },
  });
  await push(template, start);
  await api.post("/repos/{+template}/generate", {
    params: { template },
    body: { owner: "atoll-clients", name: `client-${number}`, private: true },
  });
  await expect.poll(() => branchHead(api, repository, "main")).toBeDefined();
});

const bring = () => bringTemplateUpdate(api, { repository, template });

/** The pull request of an answer that has one. */
function pullIn(answer: Awaited<ReturnType<typeof bring>>) {
  if (!("pull" in answer)) throw new Error(`state is ${answer.state}`);
  return answer.pull;
}

describe("the template's newer version", () => {
  it("is no news where the repository holds it", async () => {
    await push(repository, { "own.txt": "own\n" });
    expect(await bring()).toMatchObject({ state: "current" });
  });

  it("comes with what the repository changed kept, and is there after the merge", async () => {
    await push(repository, { "page.txt": page([1, "ours"]), "same.txt": "ours\n", "own.txt": "own\n" });
    const theirs = await push(template, {
      "page.txt": page([10, "theirs"]),
      "src/app.ts": "export const a = 1;\n",
      "new/deep.txt": "new\n",
      "logo.bin": Buffer.from([0, 9, 9]),
      "old.txt": null,
    });
    const planned = await planTemplateUpdate(api, { repository, template });
    expect(planned.plan).toEqual({
      taken: ["logo.bin", "new/deep.txt", "src/app.ts"],
      removed: ["old.txt"],
      merged: ["page.txt"],
      kept: ["same.txt"],
      conflicting: [],
    });
    const answer = await bring();
    expect(answer).toMatchObject({ state: "opened", theirs, plan: planned.plan });
    const pull = pullIn(answer);
    expect(pull).toMatchObject({
      branch: `atoll/template-${theirs.slice(0, 10)}`,
      base: "main",
      draft: false,
    });
    const merge = () => mergeTemplateUpdate(api, { repository, number: pull.number });
    await merge();
    expect(await branchHead(api, repository, pull.branch)).toBeUndefined();
    await merge();
    expect(await textAt("page.txt")).toBe(page([1, "ours"], [10, "theirs"]));
    expect(await textAt("same.txt")).toBe("ours\n");
    expect(await textAt("own.txt")).toBe("own\n");
    expect(await textAt("old.txt")).toBeUndefined();
    expect(await textAt("new/deep.txt")).toBe("new\n");
    expect((await readTree(api, repository, "main")).get("logo.bin")?.sha).toBe(
      (await readTree(api, template, "main")).get("logo.bin")?.sha,
    );
    expect(await bring()).toMatchObject({ state: "current", base: theirs });
    // The next version is measured from the one that was merged, though a squash left no trace of its commits.
    await push(template, { "same.txt": "theirs\n", "src/app.ts": "export const a = 2;\n" });
    expect(await bring()).toMatchObject({
      base: theirs,
      plan: { taken: ["src/app.ts"], conflicting: [{ path: "same.txt" }] },
    });
  });

  it("carries the repository's version of what conflicts, as a draft that shows both", async () => {
    await push(repository, {
      "page.txt": page([5, "ours"]),
      "old.txt": "changed\n",
      "logo.bin": Buffer.from([0, 7]),
    });
    await push(template, {
      "page.txt": page([5, "theirs"]),
      "old.txt": null,
      "logo.bin": Buffer.from([0, 8]),
      "same.txt": "newer\n",
    });
    const answer = await bring();
    const pull = pullIn(answer);
    expect(answer).toMatchObject({
      state: "opened",
      plan: {
        taken: ["same.txt"],
        conflicting: [{ path: "logo.bin" }, { path: "old.txt" }, { path: "page.txt" }],
      },
    });
    expect(pull.draft).toBe(true);
    expect(pull.title).toContain("3 files to merge by hand");
    expect(pull.body).toContain("+theirs");
    expect(pull.body).toContain("+ours");
    expect(await textAt("page.txt", pull.headSha)).toBe(page([5, "ours"]));
    expect(await textAt("old.txt", pull.headSha)).toBe("changed\n");
    expect(await textAt("same.txt", pull.headSha)).toBe("newer\n");
    await expect(mergePull(api, repository, pull.number, { sha: pull.headSha })).rejects.toMatchObject({
      what: expect.stringContaining("draft"),
    });
  });

  it("is the only kind of pull request that is merged", async () => {
    const head = (await branchHead(api, repository, "main")) ?? "";
    await createBranch(api, repository, "feature", head);
    await push(repository, { "own.txt": "own\n" }, "feature");
    const { number } = await openPull(api, repository, {
      branch: "feature",
      base: "main",
      title: "Mine",
      body: "",
      draft: false,
    });
    await expect(mergeTemplateUpdate(api, { repository, number })).rejects.toMatchObject({
      kind: "rejected",
    });
    expect(await pullAt(api, repository, number)).toMatchObject({ merged: false, state: "open" });
  });

  it("is asked for once, however often", async () => {
    await push(template, { "same.txt": "newer\n" });
    const first = pullIn(await bring());
    const again = await bring();
    expect(again.state).toBe("unchanged");
    expect(pullIn(again)).toMatchObject({ number: first.number, headSha: first.headSha });
  });

  it("goes on from a branch that a try left without a pull request", async () => {
    await push(template, { "same.txt": "newer\n", "page.txt": page([10, "theirs"]) });
    const refused = failing(async () => new Response("{}", { status: 400 }));
    await expect(bringTemplateUpdate(refused, { repository, template })).rejects.toThrow();
    // The repository moves on before it is tried again.
    await push(repository, { "page.txt": page([1, "ours"]) });
    const answer = await bring();
    expect(answer).toMatchObject({ state: "opened", plan: { merged: ["page.txt"] } });
    expect(await textAt("page.txt", pullIn(answer).branch)).toBe(page([1, "ours"], [10, "theirs"]));
  });

  it("finds the pull request whose answer was lost", async () => {
    await push(template, { "same.txt": "newer\n" });
    const lost = failing(async (send) => {
      await send();
      throw new TypeError("fetch failed");
    });
    await expect(bringTemplateUpdate(lost, { repository, template })).rejects.toMatchObject({
      kind: "outcome-unknown",
    });
    expect(await bring()).toMatchObject({ state: "unchanged", pull: { number: 1 } });
  });

  it("moves an open pull request on with the template", async () => {
    await push(template, { "same.txt": "newer\n" });
    const first = pullIn(await bring());
    const theirs = await push(template, { "src/app.ts": "export const b = 1;\n" });
    await push(repository, { "own.txt": "own\n" });
    const answer = await bring();
    expect(answer).toMatchObject({ state: "updated", theirs });
    const pull = pullIn(answer);
    expect(pull.number).toBe(first.number);
    expect(pull.title).toContain(theirs.slice(0, 10));
    expect((await bring()).state).toBe("unchanged");
    await mergeTemplateUpdate(api, { repository, number: pull.number });
    expect(await textAt("same.txt")).toBe("newer\n");
    expect(await textAt("src/app.ts")).toBe("export const b = 1;\n");
    expect(await textAt("own.txt")).toBe("own\n");
  });

  it("keeps what people committed to the branch, and still tells of what they left", async () => {
    await push(repository, { "page.txt": page([5, "ours"]), "same.txt": "ours\n" });
    await push(template, { "page.txt": page([5, "theirs"]), "same.txt": "theirs\n" });
    const first = pullIn(await bring());
    await push(repository, { "page.txt": page([5, "ours and theirs"]) }, first.branch);
    await push(template, { "src/app.ts": "export const c = 1;\n" });
    const answer = await bring();
    expect(answer).toMatchObject({ state: "updated", plan: { conflicting: [{ path: "same.txt" }] } });
    const { branch } = pullIn(answer);
    expect(await textAt("page.txt", branch)).toBe(page([5, "ours and theirs"]));
    expect(await textAt("src/app.ts", branch)).toBe("export const c = 1;\n");
  });

  it("is not opened again when somebody closed it", async () => {
    await push(template, { "same.txt": "newer\n" });
    const { number: closed } = pullIn(await bring());
    await updatePull(api, repository, closed, { state: "closed" });
    const answer = await bring();
    expect(answer.state).toBe("declined");
    expect(pullIn(answer)).toMatchObject({ number: closed, state: "closed" });
    await push(template, { "same.txt": "newest\n" });
    const next = await bring();
    expect(next.state).toBe("opened");
    expect(pullIn(next).number).not.toBe(closed);
  });

  it("brings nothing where the repository has it all", async () => {
    await push(template, { "same.txt": "newer\n" });
    await push(repository, { "same.txt": "newer\n" });
    expect(await bring()).toMatchObject({ state: "nothing" });
  });

  it("leaves a branch of the same name alone that is somebody's", async () => {
    const theirs = await push(template, { "same.txt": "newer\n" });
    const branch = `atoll/template-${theirs.slice(0, 10)}`;
    const head = (await branchHead(api, repository, "main")) ?? "";
    await createBranch(api, repository, branch, head);
    const sha = await push(repository, { "mine.txt": "mine\n" }, branch);
    await expect(bring()).rejects.toMatchObject({ kind: "not-ours" });
    expect(await branchHead(api, repository, branch)).toBe(sha);
  });

  it("says so when nobody knows where the repository came from", async () => {
    await push(template, { "same.txt": "newer\n" });
    await expect(
      bringTemplateUpdate(api, { repository, template: "atoll-templates/business-app" }),
    ).rejects.toMatchObject({ kind: "rejected", next: expect.stringContaining(".atoll/template.json") });
  });

  it("shows hostile names and lines as they are, and never as markup", async () => {
    const name = "a`</details>@everyone [x](javascript:1) <!-- atoll-template.txt";
    const fence = "```\n</details> ![x](https://evil.example/p.png)\n";
    const other = `${fence}theirs\n`;
    await push(template, { [name]: other });
    await push(repository, { [name]: fence });
    const { body } = pullIn(await bring());
    expect(body).toContain("`` a`</details>@everyone");
    expect(body).toContain("````diff\n");
    const outside = body
      .replace(/(`{3,})diff\n[\s\S]*?\n\1/g, "")
      .replace(/(`+) .*? \1/g, "")
      .replace(/<!-- atoll-template [0-9a-f]{40} -->$/, "");
    expect(outside).not.toMatch(/[<>@]|\]\(/);
  });

  it("does not touch an archived repository", async () => {
    await push(template, { "same.txt": "newer\n" });
    await api.patch("/repos/{+repository}", { params: { repository }, body: { archived: true } });
    await expect(bring()).rejects.toMatchObject({ what: expect.stringContaining("archived") });
  });
});
