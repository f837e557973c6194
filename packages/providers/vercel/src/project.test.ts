import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { vercelApi } from "./api.ts";
import { project } from "./project.ts";

const at = { instance: "abcdefghij0123456789", name: "toko-a" };
const want = { framework: "nextjs", repository: "clients/toko-a" };
const mark = { key: "ATOLL_INSTANCE_ID", value: at.instance, type: "plain" };
const link = { type: "github", org: "clients", repo: "toko-a", repoId: 7 };
const ours = { id: "prj_1", name: "toko-a", framework: "nextjs", link, env: [mark] };

function vercel(answer: Parameters<typeof scripted>[0], teamId = "team_1") {
  const { fetch, calls } = scripted(answer);
  const api = vercelApi({ token: new Secret("VERCEL_TOKEN", "canary-token-0123456789"), teamId, fetch });
  return { calls, resource: project(api) };
}

describe("vercel.project", () => {
  it("creates with link and mark in one call, in the team's name", async () => {
    const { resource, calls } = vercel(() => ({ body: ours }));
    expect(await resource.apply({ at, want, live: undefined, changes: [] })).toBe("prj_1");
    expect(calls).toMatchObject([
      {
        path: "/v11/projects",
        query: { teamId: "team_1" },
        body: {
          name: "toko-a",
          framework: "nextjs",
          gitRepository: { type: "github", repo: "clients/toko-a" },
          environmentVariables: [{ ...mark, target: ["production", "preview", "development"] }],
        },
      },
    ]);
  });

  it("names the team by its slug where that is given", async () => {
    const { resource, calls } = vercel(() => undefined, "my-team");
    await resource.observe(at);
    expect(calls[0]?.query).toEqual({ slug: "my-team" });
  });

  it.each([
    ["takes its own project after a lost answer", [mark], "prj_1"],
    ["stops at a project of somebody else", [], "not-ours"],
    ["stops at a project of another instance", [{ ...mark, value: "other" }], "not-ours"],
  ])("%s", async (_, env, expected) => {
    const conflict = { status: 409, body: { error: { code: "conflict", message: "Name in use" } } };
    const { resource, calls } = vercel(({ method }) =>
      method === "POST" ? conflict : { body: { ...ours, env } },
    );
    const outcome = await resource
      .apply({ at, want, live: undefined, changes: [] })
      .catch((fault: { kind: string }) => fault.kind);
    expect(outcome).toBe(expected);
    expect(calls.filter(({ method }) => method !== "GET")).toHaveLength(1);
  });

  it.each([
    ["waits for Vercel to see a new repository", "Failed to link clients/toko-a.", "try-again"],
    [
      "stops when GitHub was never connected",
      "Failed to link clients/toko-a. You need to add a Login Connection to your GitHub account first.",
      "rejected",
    ],
  ])("%s", async (_, message, kind) => {
    const { resource } = vercel(() => ({ status: 400, body: { error: { code: "bad_request", message } } }));
    await expect(resource.apply({ at, want, live: undefined, changes: [] })).rejects.toMatchObject({ kind });
  });

  it("knows its own project by the journal's id, and puts a deleted mark back", async () => {
    const { resource, calls } = vercel(() => ({ body: { ...ours, env: [] } }));
    const seen = await resource.observe({ ...at, id: "prj_1" });
    expect(seen).toMatchObject({ is: "present", owner: "us" });
    expect(await resource.observe(at)).toMatchObject({ owner: "other" });
    if (seen.is !== "present") return;
    const changes = resource.compare(want, seen.attrs);
    expect(changes.map(({ path }) => path)).toEqual(["marked"]);
    await resource.apply({ at, want, live: seen.attrs, changes });
    expect(calls.at(-1)).toMatchObject({ path: "/v10/projects/prj_1/env", query: { upsert: "true" } });
  });

  it("links another repository in place of the wrong one", async () => {
    const { resource, calls } = vercel(() => ({ body: { ...ours, link: { ...link, repo: "other" } } }));
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    expect(resource.compare(want, seen.attrs)).toMatchObject([
      { path: "repository", from: "clients/other", to: "clients/toko-a" },
    ]);
    await resource.apply({ at, want, live: seen.attrs, changes: [] });
    expect(calls.slice(-2).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "DELETE /v9/projects/prj_1/link",
      "POST /v9/projects/prj_1/link",
    ]);
  });
});
