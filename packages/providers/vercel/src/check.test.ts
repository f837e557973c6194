import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { expect, it } from "vitest";
import { vercelApi } from "./api.ts";
import { check } from "./check.ts";

async function findings(
  teamId: string | undefined,
  team: object | undefined,
  plan = "pro",
  token: object = {},
) {
  const { fetch, calls } = scripted(({ path }) => {
    if (path === "/v2/user") return { body: { user: { username: "bot", billing: { plan } } } };
    if (path === "/v5/user/tokens/current") return { body: { token } };
    if (path.startsWith("/v2/teams/")) return team && { body: team };
    return { body: { projects: [], pagination: { count: 0, next: null } } };
  });
  const api = vercelApi({ token: new Secret("VERCEL_TOKEN", "canary"), ...(teamId && { teamId }), fetch });
  const found = await check(api, teamId);
  expect(calls.every(({ method }) => method === "GET")).toBe(true);
  return found;
}

const team = (role: string, teamPermissions: string[] = []) => ({
  id: "team_1",
  slug: "clients",
  membership: { role, teamPermissions },
});

it.each([
  ["a member", team("MEMBER"), true],
  ["a developer", team("DEVELOPER"), false],
  ["a developer with the permissions", team("DEVELOPER", ["CreateProject", "EnvVariableManager"]), true],
  ["nobody", undefined, false],
])("tells whether %s may make projects", async (_, body, ok) => {
  const found = await findings("team_1", body);
  expect(found.find(({ subject }) => subject.includes("team_1"))?.ok).toBe(ok);
});

it("warns of the hobby plan's limits", async () => {
  expect(JSON.stringify(await findings(undefined, undefined, "hobby"))).toContain("Upgrade to Pro");
});

it.each([
  ["its team only", [{ type: "team", teamId: "team_1" }], undefined],
  [
    "another team, too",
    [
      { type: "team", teamId: "team_1" },
      { type: "team", teamId: "team_2" },
    ],
    ["the team team_2"],
  ],
  ["all of its user's account", [{ type: "user" }], ["the user's whole account"]],
  ["nobody knows what", undefined, undefined],
])("tells that a token reaches %s", async (_, scopes, excess) => {
  const found = (await findings("team_1", team("MEMBER"), "pro", { scopes })).at(-1);
  expect(found).toMatchObject({ ok: true, subject: "Vercel token's scope" });
  expect(found?.excess).toEqual(excess);
  if (scopes === undefined) expect(found?.what).toContain("does not tell");
});
