import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { expect, it } from "vitest";
import { netlifyApi } from "./api.ts";
import { check } from "./check.ts";

async function findings(account: string, plan = "Pro", installationId: number | undefined = 7) {
  const { fetch, calls } = scripted(({ path }) => {
    if (path.endsWith("/user")) return { body: { email: "bot@clients.example" } };
    if (path.endsWith("/accounts"))
      return {
        body: [{ id: "5f0000000000000000000002", slug: "clients", name: "Clients", type_name: plan }],
      };
    return { body: [] };
  });
  const api = netlifyApi({ token: new Secret("NETLIFY_TOKEN", "canary-token"), fetch });
  const found = await check(api, { account, ...(installationId && { installationId }) });
  expect(calls.every(({ method }) => method === "GET")).toBe(true);
  return found;
}

it.each([
  ["clients", true],
  ["5f0000000000000000000002", true],
  ["strangers", false],
])("finds the team %s by slug or id: %s", async (account, ok) => {
  const team = (await findings(account)).find(({ subject }) => subject.includes(account));
  expect(team?.ok).toBe(ok);
  expect(team?.next.includes("NETLIFY_ACCOUNT")).toBe(!ok);
});

it("warns of a free plan, and of a missing installation", async () => {
  expect(JSON.stringify(await findings("clients", "Free"))).toContain("Upgrade to Pro");
  const app = (await findings("clients", "Pro", 0)).find(({ subject }) => subject.includes("App"));
  expect(app).toMatchObject({ ok: false, next: expect.stringContaining("NETLIFY_GITHUB_INSTALLATION_ID") });
});

it("tells a refused token with what to do about it", async () => {
  const { fetch } = scripted(() => ({ status: 401, body: { code: 401, message: "Access Denied" } }));
  const api = netlifyApi({ token: new Secret("NETLIFY_TOKEN", "canary-token"), fetch });
  const [found] = await check(api, { account: "clients" });
  expect(found).toMatchObject({ ok: false, next: expect.stringContaining("token") });
  expect(JSON.stringify(found)).not.toContain("canary-token");
});
