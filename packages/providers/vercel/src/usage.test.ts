import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { vercelApi } from "./api.ts";
import { deploymentSteps } from "./usage.ts";

const made = [
  { created: 900, target: "production", readyState: "READY" },
  { created: 800, target: null, readyState: "ERROR" },
  { created: 700, target: "production", state: "ERROR" },
  { created: 600, target: null, readyState: "CANCELED" },
  { created: 500, target: "production", readyState: "READY" },
];

/** Vercel with pages of two. */
function vercel() {
  const { fetch, calls } = scripted(({ query }) => {
    const all = made.filter(({ created }) => created > Number(query.since) && created < Number(query.until));
    const deployments = all.slice(0, 2);
    const next = all.length > 2 ? (deployments.at(-1)?.created ?? null) : null;
    return { body: { deployments, pagination: { count: deployments.length, next, prev: null } } };
  });
  return { calls, api: vercelApi({ token: new Secret("VERCEL_TOKEN", "token"), fetch }) };
}

describe("deployments", () => {
  it("are counted over all pages, from a time on and before another one", async () => {
    const { api, calls } = vercel();
    expect(await deploymentSteps(api, { projectId: "prj_1", fromMs: 500, toMs: 900, stepMs: 250 })).toEqual([
      { fromMs: 500, created: 3, production: 2, failed: 1 },
      { fromMs: 750, created: 1, production: 0, failed: 1 },
    ]);
    expect(calls.map(({ query }) => [query.projectId, query.until])).toEqual([
      ["prj_1", "900"],
      ["prj_1", "700"],
    ]);
  });
});
