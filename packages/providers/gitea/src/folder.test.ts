import { createHash } from "node:crypto";
import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { giteaApi } from "./api.ts";
import { type FolderIn, folder } from "./folder.ts";

const at = { instance: "abcdefghij0123456789", name: "client-backups/toko-a" };
const want: FolderIn = { files: { "email.json": "{}\n", "nested/social.json": "[]\n" } };

interface Operation {
  operation: string;
  path: string;
  content: string;
  sha?: string;
}

const shaOf = (content: string) =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest("hex");

/** A repository as Gitea shows it: contents by path, commits of several files at once. */
function gitea(files: Record<string, string> = {}) {
  const commits: Operation[][] = [];
  /** Runs before a commit is looked at: what another writer does meanwhile. */
  let meanwhile: (() => void) | undefined;
  const entry = (path: string) => ({ type: "file", path, sha: shaOf(files[path] ?? "") });

  function commit(operations: Operation[]) {
    meanwhile?.();
    meanwhile = undefined;
    for (const { operation, path, sha } of operations) {
      const there = files[path];
      if (operation === "create" ? there !== undefined : there === undefined || shaOf(there) !== sha)
        return { status: 422, body: { message: `${path}: sha does not match` } };
    }
    for (const { operation, path, content } of operations)
      if (operation === "delete") delete files[path];
      else files[path] = Buffer.from(content, "base64").toString("utf8");
    commits.push(operations);
    return { status: 201, body: { commit: {} } };
  }

  const { fetch } = scripted(({ method, path, body }) => {
    if (path.endsWith("/commits")) return { body: [{ sha: "c0ffee" }] };
    const [, place = ""] = path.split("/contents");
    if (method === "POST") return commit((body as { files: Operation[] }).files); // what the resource sends
    const wanted = decodeURIComponent(place.slice(1));
    if (files[wanted] !== undefined) return { body: { ...entry(wanted), content: btoa(files[wanted]) } };
    const inside = Object.keys(files).filter((each) => each.startsWith(`${wanted}/`));
    if (inside.length === 0) return undefined;
    const names = new Set(inside.map((each) => each.slice(wanted.length + 1).split("/")[0]));
    const listed = [...names].map((name) => `${wanted}/${name}`);
    return {
      body: listed.map((each) =>
        files[each] === undefined ? { type: "dir", path: each, sha: "d" } : entry(each),
      ),
    };
  });
  const api = giteaApi({
    token: new Secret("GITEA_TOKEN", "canary0123456789"),
    baseUrl: "https://git.test/api/v1",
    fetch,
  });
  const resource = folder(api, { repository: "ops/ops-hub" });
  return {
    files,
    commits,
    resource,
    make: async (wanted = want) => await resource.apply({ at, want: wanted, live: undefined, changes: [] }),
    attrs: async () => {
      const seen = await resource.observe(at);
      if (seen.is !== "present") throw new Error(seen.is);
      return seen.attrs;
    },
    before: (what: () => void) => {
      meanwhile = what;
    },
  };
}

describe("gitea.folder", () => {
  it("is made in one commit with its mark, and then needs nothing", async () => {
    const { resource, make, attrs, commits, files } = gitea();
    expect(await resource.observe(at)).toEqual({ is: "absent" });
    expect(await make()).toBe("ops/ops-hub:client-backups/toko-a");
    expect(commits).toHaveLength(1);
    expect(JSON.parse(files["client-backups/toko-a/.atoll.json"] ?? "")).toMatchObject({
      instance: at.instance,
    });
    expect(await resource.observe(at)).toMatchObject({ owner: "us" });
    expect(resource.compare(want, await attrs())).toEqual([]);
    await make();
    expect(commits).toHaveLength(1);
  });

  it("writes only what differs, removes what it wrote and no longer wants, and leaves other files alone", async () => {
    const { resource, make, attrs, commits, files } = gitea();
    await make();
    files["client-backups/toko-a/notes.md"] = "by hand";
    files["client-backups/toko-a/email.json"] = "changed";
    const less = { files: { "email.json": "{}\n" } };
    expect(resource.compare(less, await attrs()).map(({ path, act }) => `${act} ${path}`)).toEqual([
      "update email.json",
      "remove nested/social.json",
    ]);
    await make(less);
    expect(commits[1]?.map(({ operation, path }) => `${operation} ${path.split("toko-a/")[1]}`)).toEqual([
      "update email.json",
      "delete nested/social.json",
      "update .atoll.json",
    ]);
    expect(files["client-backups/toko-a/notes.md"]).toBe("by hand");
    expect(resource.compare(less, await attrs())).toEqual([]);
  });

  it.each([
    ["has no mark", {}],
    ["is another instance's", { "client-backups/toko-a/.atoll.json": '{"instance":"other"}' }],
    ["has a broken mark", { "client-backups/toko-a/.atoll.json": "{" }],
  ])("stops at a folder that %s", async (_, more) => {
    const { resource, make, commits } = gitea({ "client-backups/toko-a/email.json": "theirs", ...more });
    expect(await resource.observe(at)).toMatchObject({ owner: "other" });
    await expect(make()).rejects.toMatchObject({ kind: "not-ours" });
    expect(commits).toEqual([]);
  });

  it("looks again when another writer was faster", async () => {
    const { make, files, before, commits } = gitea();
    await make();
    files["client-backups/toko-a/email.json"] = "changed";
    before(() => {
      files["client-backups/toko-a/email.json"] = "changed again";
    });
    await make();
    expect(files["client-backups/toko-a/email.json"]).toBe("{}\n");
    expect(commits).toHaveLength(2);
  });

  it("comes again later when writers of other folders are faster every time", async () => {
    const { fetch } = scripted(({ method }) =>
      method === "POST" ? { status: 409, body: { message: "the branch has moved" } } : undefined,
    );
    const token = new Secret("GITEA_TOKEN", "canary0123456789");
    const resource = folder(giteaApi({ token, baseUrl: "https://git.test/api/v1", fetch }), {
      repository: "ops/ops-hub",
    });
    await expect(resource.apply({ at, want, live: undefined, changes: [] })).rejects.toMatchObject({
      kind: "try-again",
      what: expect.stringContaining("ops/ops-hub"),
    });
  });

  it("is removed in one commit, twice without harm, and leaves its neighbours", async () => {
    const { resource, make, commits, files } = gitea({ "client-backups/toko-ab/email.json": "theirs" });
    const id = await make();
    await resource.remove(id);
    await resource.remove(id);
    expect(commits).toHaveLength(2);
    expect(files).toEqual({ "client-backups/toko-ab/email.json": "theirs" });
  });

  it("says that the repository is missing", async () => {
    const { fetch } = scripted(() => undefined);
    const api = giteaApi({
      token: new Secret("GITEA_TOKEN", "canary"),
      baseUrl: "https://git.test/api/v1",
      fetch,
    });
    const resource = folder(api, { repository: "ops/missing" });
    await expect(resource.apply({ at, want, live: undefined, changes: [] })).rejects.toMatchObject({
      kind: "rejected",
      next: expect.stringContaining("Create ops/missing"),
    });
  });
});
