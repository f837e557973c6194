import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localTokens } from "../../../local-cloud/src/kit/settings.ts";
import { testCloud } from "../../../local-cloud/src/testing/cloud.ts";
import { n8nApi } from "./api.ts";
import { executionSteps } from "./executions.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let api: ReturnType<typeof n8nApi>;

beforeAll(async () => {
  cloud = await testCloud();
  api = n8nApi({
    token: new Secret("N8N_API_KEY", localTokens.n8n),
    baseUrl: `${cloud.url()}/n8n/api/v1`,
  });
});
afterAll(() => cloud?.close());

async function published(path: string): Promise<string> {
  const { id } = await api.post<{ id: string }>("/workflows", {
    body: {
      name: path,
      nodes: [
        {
          id: "hook",
          name: "Webhook",
          type: "n8n-nodes-base.webhook",
          typeVersion: 2,
          position: [0, 0],
          parameters: { httpMethod: "POST", path },
        },
      ],
      connections: {},
      settings: {},
    },
  });
  await api.post("/workflows/{id}/publish", { params: { id }, body: {} });
  return id;
}

const hook = async (path: string) => (await cloud.call("POST", `/n8n/webhook/${path}`, {})).status;

describe("executions", () => {
  it("are counted by workflow, in their time, over all pages", async () => {
    const fromMs = Date.now();
    const [one, other] = [await published("one"), await published("other")];
    for (let times = 0; times < 3; times++) expect(await hook("one")).toBe(200);
    expect(await hook("other")).toBe(200);
    const within = { fromMs, toMs: Date.now() + 1 };
    const stepMs = within.toMs - fromMs;
    expect(await executionSteps(api, { workflowId: one, ...within, stepMs })).toEqual([
      { fromMs, started: 3, failed: 0 },
    ]);
    expect(await executionSteps(api, { workflowId: other, ...within, stepMs })).toMatchObject([
      { started: 1 },
    ]);
    const before = { fromMs: fromMs - 1000, toMs: fromMs, stepMs };
    expect(
      (await executionSteps(api, { workflowId: one, ...before })).every(({ started }) => started === 0),
    ).toBe(true);
  });

  it("are counted the same by an n8n that does not know the two times", async () => {
    const at = (second: number, status = "success") => ({
      status,
      startedAt: new Date(Date.UTC(2026, 10, 21, 8, 0, second)).toISOString(),
    });
    const pages: Record<string, object> = {
      first: {
        data: [{ status: "new", startedAt: null }, at(50), at(40, "error"), at(30)],
        nextCursor: "second",
      },
      second: { data: [at(20, "crashed"), at(10)], nextCursor: "third" },
      third: { data: [at(5), at(4)], nextCursor: "fourth" },
    };
    const { fetch, calls } = scripted(({ query }) => ({ body: pages[query.cursor ?? "first"] }));
    const old = n8nApi({
      token: new Secret("N8N_API_KEY", "key"),
      baseUrl: "https://n8n.example/api/v1",
      fetch,
    });
    const fromMs = Date.UTC(2026, 10, 21, 8, 0, 10);
    const toMs = Date.UTC(2026, 10, 21, 8, 0, 50);
    expect(await executionSteps(old, { workflowId: "a", fromMs, toMs, stepMs: 20_000 })).toEqual([
      { fromMs, started: 2, failed: 1 },
      { fromMs: fromMs + 20_000, started: 2, failed: 1 },
    ]);
    expect(calls).toHaveLength(3);
  });
});
