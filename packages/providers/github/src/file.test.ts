import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { githubApi } from "./api.ts";
import { file } from "./file.ts";

const at = { instance: "abcdefghij0123456789", name: "config/client.json", within: "clients/toko-a" };
const want = { content: "{}\n", message: "Configure the client" };
/** What `git hash-object` says of "{}\n". */
const sha = "0967ef424bce6791893e9a57bb952f80fd536e93";

function github(answer: Parameters<typeof scripted>[0]) {
  const { fetch, calls } = scripted(answer);
  return { calls, resource: file(githubApi({ token: new Secret("GITHUB_TOKEN", "ghp_canary"), fetch })) };
}

describe("github.file", () => {
  it("compares by git's own hash", async () => {
    const { resource } = github(({ path }) => ({
      body: path.endsWith("/commits")
        ? [{ sha: "c0ffee", commit: { committer: { date: "2026-11-21T08:00:00Z" } } }]
        : { type: "file", sha },
    }));
    const seen = await resource.observe(at);
    expect(seen).toMatchObject({
      owner: "us",
      attrs: { commitSha: "c0ffee", committedAt: Date.UTC(2026, 10, 21, 8) },
    });
    if (seen.is !== "present") throw new Error(seen.is);
    expect(resource.compare(want, seen.attrs)).toEqual([]);
    expect(resource.compare({ ...want, content: "{ }" }, seen.attrs)).toMatchObject([
      { path: "config/client.json", act: "update" },
    ]);
  });

  it("reads again when another writer was faster", async () => {
    const shas = ["old", "newer"];
    const { resource, calls } = github(({ method, body }) => {
      if (method === "GET") return { body: { type: "file", sha: shas[0] } };
      if (shas.shift() === "old")
        return { status: 409, body: { message: "config/client.json does not match old" } };
      return { body: { content: {}, commit: {} }, ...(body === undefined && { status: 400 }) };
    });
    await resource.apply({ at, want, live: undefined, changes: [] });
    const writes = calls.filter(({ method }) => method === "PUT");
    expect(writes.map(({ path }) => path)).toEqual(
      Array(2).fill("/repos/clients/toko-a/contents/config/client.json"),
    );
    expect(writes[1]?.body).toEqual({ message: want.message, content: btoa("{}\n"), sha: "newer" });
  });

  it("writes nothing that stands there already", async () => {
    const { resource, calls } = github(() => ({ body: { type: "file", sha } }));
    await resource.apply({ at, want, live: undefined, changes: [] });
    expect(calls.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("writes one file of a repository at a time", async () => {
    let writing = 0;
    let most = 0;
    const slow = scripted(({ method }) => (method === "GET" ? undefined : { status: 201, body: {} }));
    const counted: typeof fetch = async (input, init) => {
      most = Math.max(most, ++writing);
      await new Promise((resolve) => setImmediate(resolve));
      return await slow.fetch(input, init).finally(() => writing--);
    };
    const resource = file(githubApi({ token: new Secret("GITHUB_TOKEN", "ghp_canary"), fetch: counted }));
    const names = ["a", "b", "c"];
    await Promise.all(
      names.map((name) => resource.apply({ at: { ...at, name }, want, live: undefined, changes: [] })),
    );
    expect(most).toBe(1);
  });
});
