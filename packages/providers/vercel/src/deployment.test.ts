import { createHash } from "node:crypto";
import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { vercelApi } from "./api.ts";
import { deployment } from "./deployment.ts";

const at = { instance: "abcdefghij0123456789", name: "toko-a", within: "prj_1" };
const git = { type: "git" as const, org: "clients", repo: "toko-a", repoId: 7, ref: "main" };
const want = { source: git, environmentUpdatedAt: 100 };

interface Made {
  uid: string;
  readyState: string;
  created: number;
  [key: string]: unknown;
}

const healthy: typeof fetch = async () => Response.json({ ok: true, instance: at.instance });

function vercel(list: Made[], details: object = {}, site = healthy) {
  const events = [
    { type: "command", created: 1, payload: { text: "npm run build" } },
    { type: "stderr", created: 2, payload: { text: "Error: no page\n" } },
    { type: "stdout", created: 3, payload: { text: "KEY=sb_secret_canary0123456789" } },
    null,
  ];
  const { fetch, calls } = scripted(({ method, path }) => {
    if (path === "/v6/deployments") return { body: { deployments: list } };
    if (path.endsWith("/events")) return { body: events };
    if (path === "/v2/files") return { body: {} };
    if (method === "GET") return { body: { url: "toko-a-x1.vercel.app", ...details } };
    list.unshift({ uid: `dpl_${list.length + 1}`, readyState: "QUEUED", created: 200 });
    return { body: { id: list[0]?.uid, url: null } };
  });
  const api = vercelApi({ token: new Secret("VERCEL_TOKEN", "canary-token-0123456789"), fetch });
  return { calls, resource: deployment(api, { fetch: site }) };
}

const ready = { uid: "dpl_1", readyState: "READY", created: 200 };

describe("vercel.deployment", () => {
  it("deploys from git to production", async () => {
    const { resource, calls } = vercel([]);
    expect(await resource.observe(at)).toEqual({ is: "absent" });
    expect(await resource.apply({ at, want, live: undefined, changes: [] })).toBe("dpl_1");
    expect(calls.at(-1)).toMatchObject({
      path: "/v13/deployments",
      query: { forceNew: "1", skipAutoDetectionConfirmation: "1" },
      body: {
        name: "toko-a",
        project: "prj_1",
        target: "production",
        gitSource: { type: "github", repoId: 7, ref: "main" },
      },
    });
  });

  it("uploads each content once and names the files by hash", async () => {
    const { resource, calls } = vercel([]);
    const data = new TextEncoder().encode("hello");
    const files = async () => ["a.txt", "b/c.txt"].map((path) => ({ path, data }));
    const source = { type: "files" as const, files, version: "v1" };
    await resource.apply({ at, want: { ...want, source }, live: undefined, changes: [] });
    const sha = createHash("sha1").update("hello").digest("hex");
    expect(calls.filter(({ path }) => path === "/v2/files")).toMatchObject([{ body: "hello" }]);
    expect(calls[0]?.headers.get("x-vercel-digest")).toBe(sha);
    expect(calls.at(-1)?.body).toMatchObject({
      meta: { atollVersion: "v1" },
      files: [
        { file: "a.txt", sha, size: 5 },
        { file: "b/c.txt", sha, size: 5 },
      ],
    });
  });

  it.each(["QUEUED", "INITIALIZING", "BUILDING", "BLOCKED", "SOMETHING_NEW"])(
    "waits while it is %s",
    async (readyState) => {
      const { resource } = vercel([{ ...ready, readyState }]);
      expect(await resource.observe(at)).toMatchObject({
        is: "settling",
        why: expect.stringContaining(readyState),
      });
    },
  );

  it("is not there before it answers, and once it is, does not ask again", async () => {
    const answers = [new TypeError("fetch failed"), new Response("", { status: 502 }), new Response("")];
    const site: typeof fetch = async () => {
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      throw answer;
    };
    const { resource } = vercel([ready], { alias: ["toko-a.vercel.app"] }, site);
    const why = expect.stringContaining("https://toko-a.vercel.app");
    expect(await resource.observe(at)).toMatchObject({ is: "settling", why });
    expect(await resource.observe(at)).toMatchObject({ is: "settling", why });
    expect(await resource.observe(at)).toMatchObject({ is: "present" });
    expect(await resource.observe({ ...at, id: "dpl_1" })).toMatchObject({ is: "present" });
  });

  it("waits until the domains point to it", async () => {
    const { resource } = vercel([{ ...ready, aliasAssigned: false }]);
    expect(await resource.observe(at)).toMatchObject({ is: "settling" });
  });

  it.each([
    [
      "the production domain",
      ["toko-a-git-main.vercel.app", "toko-a.vercel.app"],
      "https://toko-a.vercel.app",
    ],
    [
      "a domain of the client's own",
      ["toko-a.vercel.app", "www.toko-a.example"],
      "https://www.toko-a.example",
    ],
    ["its own address where there is none", [], "https://toko-a-x1.vercel.app"],
    ["an address on this machine", ["t.example", "localhost:4600"], "http://localhost:4600"],
  ])("gives %s as its address", async (_, alias, url) => {
    const { resource } = vercel([ready], { alias });
    expect(await resource.observe(at)).toMatchObject({ attrs: { url } });
  });

  it("tells a failed build once, with the last lines of the log and no key in them", async () => {
    const list: Made[] = [];
    const { resource } = vercel(list);
    await resource.apply({ at, want, live: undefined, changes: [] });
    Object.assign(list[0] ?? {}, { readyState: "ERROR", errorMessage: "Command exited with 1" });
    const fault: unknown = await resource.observe(at).catch((reason: unknown) => reason);
    expect(fault).toMatchObject({ kind: "rejected", what: expect.stringContaining("Command exited with 1") });
    expect(String(fault)).toContain("Error: no page");
    expect(String(fault)).not.toContain("canary");
    // The retry of the run finds it as what is there, and makes a new one.
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    expect(resource.compare(want, seen.attrs)).toMatchObject([{ path: "readyState", to: "READY" }]);
  });

  it.each([
    ["nothing is newer", {}, []],
    ["the environment was set later", { environmentUpdatedAt: 300 }, ["environment"]],
    ["the code was changed later", { sourceUpdatedAt: 300 }, ["source"]],
    [
      "other files are wanted",
      { source: { type: "files" as const, files: async () => [], version: "v2" } },
      ["version"],
    ],
  ])("compares: %s", async (_, more, paths) => {
    const { resource } = vercel([{ ...ready, meta: { atollVersion: "v1" } }]);
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    expect(resource.compare({ ...want, ...more }, seen.attrs).map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    ["is healthy when it names the instance", () => Response.json({ ok: true, instance: at.instance }), 0],
    ["is not when it names another", () => Response.json({ ok: true, instance: "other" }), 1],
    ["is not when it fails", () => new Response("", { status: 503 }), 1],
    ["is not when nothing answers", () => Promise.reject(new TypeError("fetch failed")), 1],
  ])("%s", async (_, answer, problems) => {
    const { resource } = vercel([ready], {}, async () => await answer());
    const seen = await resource.observe({ ...at, id: "dpl_1" });
    if (seen.is !== "present") throw new Error(seen.is);
    expect(await resource.probe?.(seen.attrs)).toHaveLength(problems);
  });
});
