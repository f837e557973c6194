import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { expect, it } from "vitest";
import { giteaApi } from "./api.ts";
import { check } from "./check.ts";

const usable = { archived: false, empty: false, permissions: { push: true } };

it.each([
  ["usable", usable, [true, true], /takes commits/i],
  ["missing", undefined, [true, false], /create ops\/ops-hub/i],
  ["empty", { ...usable, empty: true }, [true, false], /first commit/i],
  ["archived", { ...usable, archived: true }, [true, false], /unarchive/i],
  ["read-only", { ...usable, permissions: { push: false } }, [true, false], /write access/i],
])("reads whether the repository is %s", async (_, repository, ok, expected) => {
  const { fetch, calls } = scripted(({ path }) => {
    if (path === "/api/v1/version") return { body: { version: "1.25.0" } };
    if (path === "/api/v1/user") return { body: { login: "bot" } };
    return repository && { body: repository };
  });
  const api = giteaApi({
    token: new Secret("GITEA_TOKEN", "canary"),
    baseUrl: "https://git.test/api/v1",
    fetch,
  });
  const found = await check(api, "ops/ops-hub");
  expect(found.map((each) => each.ok)).toEqual(ok);
  expect(JSON.stringify(found.at(-1))).toMatch(expected);
  expect(calls.every(({ method }) => method === "GET")).toBe(true);
});

it("says what to do about a wrong token", async () => {
  const { fetch } = scripted(() => ({ status: 401, body: { message: "user does not exist" } }));
  const api = giteaApi({
    token: new Secret("GITEA_TOKEN", "canary"),
    baseUrl: "https://git.test/api/v1",
    fetch,
  });
  expect(await check(api, "ops/ops-hub")).toMatchObject([
    { ok: false, next: expect.stringContaining("token") },
  ]);
});
