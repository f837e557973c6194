import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { netlifyApi } from "./api.ts";
import { deploySteps } from "./usage.ts";

const begin = Date.UTC(2026, 10, 21);

/** A site with 250 deploys, one a minute, each tenth failed. */
function netlify() {
  const all = Array.from({ length: 250 }, (_, index) => ({
    id: String(index),
    state: index % 10 === 0 ? "error" : "ready",
    created_at: new Date(begin - index * 60_000).toISOString(),
  }));
  const { fetch, calls } = scripted(({ query }) => {
    const size = Number(query.per_page);
    return { body: all.slice((Number(query.page) - 1) * size, Number(query.page) * size) };
  });
  return { calls, api: netlifyApi({ token: new Secret("NETLIFY_TOKEN", "token"), fetch }) };
}

describe("deploys", () => {
  it("are counted over all pages that reach into the time, and no further", async () => {
    const { api, calls } = netlify();
    const fromMs = begin - 120 * 60_000;
    expect(await deploySteps(api, { siteId: "a", fromMs, toMs: begin, stepMs: 60 * 60_000 })).toEqual([
      { fromMs, created: 60, failed: 6 },
      { fromMs: fromMs + 60 * 60_000, created: 60, failed: 6 },
    ]);
    expect(calls.map(({ query }) => query.page)).toEqual(["1", "2"]);
  });
});
