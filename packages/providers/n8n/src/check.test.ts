import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { expect, it } from "vitest";
import { n8nApi } from "./api.ts";
import { check } from "./check.ts";

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

it("is content with a key that reads all that a run needs", async () => {
  const found = await findings(() => ({ body: { data: [], nextCursor: null } }));
  expect(found.map(({ ok, subject }) => `${ok} ${subject}`)).toEqual([
    "true n8n /workflows",
    "true n8n /credentials",
    "true n8n /tags",
  ]);
});

it("names the permission that the key lacks, and looks on", async () => {
  const found = await findings(({ path }) =>
    path.endsWith("/credentials") ? { status: 403, body: { message: "Forbidden" } } : { body: { data: [] } },
  );
  expect(found.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(found[1]?.next).toContain("credential:list");
});

it("says once that the key is wrong", async () => {
  expect(await findings(() => ({ status: 401, body: { message: "unauthorized" } }))).toHaveLength(1);
});

it("tells an n8n without a public API", async () => {
  expect((await findings(() => undefined))[0]).toMatchObject({
    ok: false,
    next: expect.stringContaining("PUBLIC_API"),
  });
});
