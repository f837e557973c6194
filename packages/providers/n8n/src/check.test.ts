import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { expect, it } from "vitest";
import { n8nApi } from "./api.ts";
import { check } from "./check.ts";

const all = [
  ..."list read create update delete activate deactivate".split(" ").map((may) => `workflow:${may}`),
  ..."workflowTags:update tag:list tag:create tag:delete".split(" "),
  ..."read create update delete".split(" ").map((may) => `credential:${may}`),
];

async function findings(answer: Parameters<typeof scripted>[0]) {
  const { fetch, calls } = scripted(answer);
  const api = n8nApi({
    token: new Secret("N8N_API_KEY", "canary"),
    baseUrl: "https://n8n.test/api/v1",
    fetch,
  });
  const found = await check(api);
  expect(calls.every(({ method }) => method === "GET")).toBe(true);
  return found;
}

const withScopes = (scopes: string[]) =>
  findings(({ path }) => ({ body: { data: path.endsWith("/discover") ? { scopes } : [] } }));

it("is content with a key that may do all that a run does", async () => {
  expect(await withScopes(all)).toMatchObject([
    { ok: true, next: "" },
    { ok: true, next: "" },
  ]);
});

it.each([
  ["what the key lacks", all.filter((scope) => scope !== "workflow:activate"), false, /workflow:activate/],
  ["what it has too much", [...all, "user:delete"], true, /user:delete/],
])("names %s", async (_, scopes, ok, what) => {
  const [, key] = await withScopes(scopes);
  expect(key).toMatchObject({ ok, what: expect.stringMatching(what) });
});

it("tries what it can where n8n does not tell the scopes", async () => {
  const found = await findings(({ path }) => {
    if (path.endsWith("/discover")) return { status: 405 };
    return path.endsWith("/credentials")
      ? { status: 403, body: { message: "Forbidden" } }
      : { body: { data: [] } };
  });
  expect(found.map(({ ok }) => ok)).toEqual([true, false]);
});

it.each([
  ["the key is wrong", { status: 401, body: { message: "unauthorized" } }, /token/],
  ["there is no public API", undefined, /N8N_HOST/],
])("says once that %s", async (_, answer, next) => {
  const found = await findings(() => answer);
  expect(found).toMatchObject([{ ok: false, next: expect.stringMatching(next) }]);
});
