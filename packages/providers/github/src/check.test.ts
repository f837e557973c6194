import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { expect, it } from "vitest";
import { githubApi } from "./api.ts";
import { check } from "./check.ts";

const needs = { org: "clients", template: "templates/app" };

async function findings(scopes: string | undefined, isTemplate: boolean) {
  const { fetch, calls } = scripted(({ path }) => {
    const headers: Record<string, string> = scopes === undefined ? {} : { "x-oauth-scopes": scopes };
    if (path === "/user") return { body: { login: "bot" }, headers };
    if (path === "/orgs/clients") return { body: {} };
    return { body: { is_template: isTemplate } };
  });
  const found = await check(githubApi({ token: new Secret("GITHUB_TOKEN", "ghp_canary"), fetch }), needs);
  expect(calls.every(({ method }) => method === "GET")).toBe(true);
  return found;
}

it("is content with the scopes that a run needs", async () => {
  expect(await findings("repo, delete_repo", true)).toMatchObject([
    { ok: true, next: "" },
    { ok: true, next: "" },
    { ok: true, next: "" },
  ]);
});

it.each([
  ["a missing scope", "repo", true, /delete_repo/],
  ["a template that is none", "repo, delete_repo", false, /template/i],
])("names %s", async (_, scopes, isTemplate, expected) => {
  const wrong = (await findings(scopes, isTemplate)).filter(({ ok }) => !ok);
  expect(wrong).toHaveLength(1);
  expect(`${wrong[0]?.what} ${wrong[0]?.next}`).toMatch(expected);
});

it.each([
  ["more than is needed", "repo, delete_repo, admin:org", /admin:org/],
  ["anything else that nothing needs", "repo, delete_repo, write:packages, gist", /write:packages, gist/],
  ["a token whose rights cannot be told", undefined, /fine-grained/],
])("tells %s without failing", async (_, scopes, expected) => {
  const [token] = await findings(scopes, true);
  expect(token).toMatchObject({ ok: true, what: expect.stringMatching(expected) });
});
