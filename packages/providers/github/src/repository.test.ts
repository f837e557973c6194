import { Secret } from "@atoll/core/secret";
import { type ScriptedCall, scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { githubApi } from "./api.ts";
import { repository } from "./repository.ts";

const at = { instance: "abcdefghij0123456789", name: "client-toko-a" };
const want = { template: "templates/app", description: "Toko A", private: true };
const instant = { now: () => 0, sleep: async () => {} };

function github(answer: Parameters<typeof scripted>[0]) {
  const { fetch, calls } = scripted(answer);
  const api = githubApi({ token: new Secret("GITHUB_TOKEN", "ghp_canary0123456789"), fetch, clock: instant });
  return { calls, resource: repository(api, { org: "clients" }) };
}

const body = (more: object) => ({
  id: 7,
  name: at.name,
  full_name: `clients/${at.name}`,
  owner: { login: "clients" },
  description: null,
  private: true,
  archived: false,
  topics: [],
  default_branch: "main",
  html_url: "https://github.com/clients/client-toko-a",
  clone_url: "https://github.com/clients/client-toko-a.git",
  ...more,
});
const ours = { description: `Toko A [atoll-${at.instance}]`, topics: [`atoll-${at.instance}`] };
const isRepository = ({ method, path }: ScriptedCall) =>
  method === "GET" && path === `/repos/clients/${at.name}`;
const taken = {
  status: 422,
  body: {
    message: "Unprocessable Entity",
    errors: ["Could not clone: Name already exists on this account"],
  },
};

describe("github.repository", () => {
  it("creates with the mark in the same call", async () => {
    const { resource, calls } = github(({ path }) =>
      path.endsWith("/generate") ? { status: 201, body: body(ours) } : { body: {} },
    );
    const changes = [{ path: "", act: "create" as const }];
    expect(await resource.apply({ at, want, live: undefined, changes })).toBe("clients/client-toko-a");
    expect(calls[0]).toMatchObject({
      path: "/repos/templates/app/generate",
      body: { owner: "clients", name: at.name, private: true, description: ours.description },
    });
  });

  it("takes the repository of a create whose answer was lost", async () => {
    const { resource } = github((call) =>
      call.path.endsWith("/generate") ? taken : isRepository(call) ? { body: body(ours) } : { body: {} },
    );
    expect(await resource.apply({ at, want, live: undefined, changes: [] })).toBe("clients/client-toko-a");
  });

  it.each([
    ["somebody else's", body({ description: "Toko A" })],
    ["another instance's", body({ description: "Toko A [atoll-zzzzzzzzzzzzzzzzzzzz]" })],
  ])("stops at %s repository of the same name", async (_, there) => {
    const { resource, calls } = github((call) =>
      call.path.endsWith("/generate") ? taken : isRepository(call) ? { body: there } : { body: {} },
    );
    await expect(resource.apply({ at, want, live: undefined, changes: [] })).rejects.toMatchObject({
      kind: "not-ours",
    });
    expect(await resource.observe(at)).toMatchObject({ is: "present", owner: "other" });
    expect(calls.filter(({ method }) => method !== "GET")).toHaveLength(1);
  });

  it.each([
    ["no branch", { status: 404, body: { message: "Branch not found" } }],
    ["an empty repository", { status: 409, body: { message: "Git Repository is empty." } }],
  ])("settles while there is %s", async (_, answer) => {
    const { resource } = github((call) => (isRepository(call) ? { body: body(ours) } : answer));
    expect(await resource.observe(at)).toMatchObject({ is: "settling", id: "clients/client-toko-a" });
  });

  it("names what was changed behind our back and puts it back, topics of others included", async () => {
    const drifted = body({ description: `Other [atoll-${at.instance}]`, private: false, topics: ["theirs"] });
    const { resource, calls } = github((call) =>
      isRepository(call) ? { body: drifted } : { body: { commit: { sha: "c0ffee" } } },
    );
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    const changes = resource.compare(want, seen.attrs);
    expect(changes.map((change) => change.path)).toEqual(["private", "description", "marked.topic"]);
    await resource.apply({ at, want, live: seen.attrs, changes });
    expect(calls.slice(-2)).toMatchObject([
      { method: "PATCH", body: { description: ours.description, private: true } },
      { method: "PUT", body: { names: ["theirs", `atoll-${at.instance}`] } },
    ]);
  });

  it("takes a description as people type it, and needs nothing afterwards", async () => {
    const typed = { ...want, description: `Toko\n"A" \u0007${"é".repeat(400)}` };
    let sent = "";
    const { resource } = github((call) => {
      if (call.method === "POST") sent = (call.body as { description: string }).description; // what the resource sends
      const there = body({ description: sent, topics: ours.topics });
      return { body: call.path.endsWith("/branches/main") ? { commit: { sha: "c0ffee" } } : there };
    });
    await resource.apply({ at, want: typed, live: undefined, changes: [] });
    expect(sent).toMatch(new RegExp(`^Toko "A" é+ \\[atoll-${at.instance}\\]$`));
    expect(sent.length).toBeLessThanOrEqual(350);
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    expect(resource.compare(typed, seen.attrs)).toEqual([]);
  });

  it("waits for a rate limit that comes as 403", async () => {
    const limited = { status: 403, body: { message: "You have exceeded a secondary rate limit." } };
    const { resource } = github(() => limited);
    await expect(resource.observe(at)).rejects.toMatchObject({ kind: "try-again", retryInMs: 60_000 });
  });

  it("says which template is missing", async () => {
    const { resource } = github(() => undefined);
    await expect(resource.apply({ at, want, live: undefined, changes: [] })).rejects.toMatchObject({
      kind: "rejected",
      what: expect.stringContaining("templates/app"),
    });
  });

  it("takes a repository that is gone for removed", async () => {
    const { resource } = github(() => undefined);
    await expect(resource.remove("clients/client-toko-a")).resolves.toBeUndefined();
  });
});
