import type { IncidentCause, ProbeKind } from "@atoll/contract/schemas/monitor";
import { describe, expect, test } from "vitest";
import { isProviders, troublesOf } from "./causes.ts";
import type { ProbeState } from "./verdict.ts";

type Given = Pick<ProbeState, "verdict" | "hint" | "problem">;
const down: Given = { verdict: "down" };
const up: Given = { verdict: "up" };

const causes = (probes: Partial<Record<ProbeKind, Given>>): IncidentCause[] =>
  troublesOf(
    new Map(Object.entries(probes).map(([kind, each]) => [kind as ProbeKind, each])), // the keys of the record itself
    undefined,
  ).map(({ cause }) => cause);

describe("what is wrong", () => {
  test.each<[string, Partial<Record<ProbeKind, Given>>, IncidentCause[]]>([
    ["nothing", { page: up, api: up }, []],
    ["the page alone", { page: down, api: up }, ["site-down"]],
    ["page and deployment", { page: down, deployment: down }, ["site-down"]],
    ["the deployment alone", { page: up, deployment: down }, ["deployment-failed"]],
    ["a database takes the API with it", { database: down, api: down, auth: down }, ["database-down"]],
    ["a paused project explains all", { project: down, database: down, api: down }, ["project-down"]],
    ["the API names its database", { api: { ...down, hint: "database" } }, ["database-down"]],
    ["two groups are two", { page: down, workflows: down }, ["site-down", "workflows-down"]],
    [
      "an expired certificate explains the page",
      { page: down, certificate: { verdict: "down", hint: "expired" } },
      ["certificate-expired"],
    ],
    ["one that ends soon", { certificate: { verdict: "up", hint: "expiring" } }, ["certificate-expiring"]],
  ])("%s", (_, probes, expected) => {
    expect(causes(probes)).toEqual(expected);
  });

  test("slow is not told of what is down", () => {
    const slow = { kind: "api", p95Ms: 4_000, budgetMs: 2_000 } as const;
    expect(troublesOf(new Map([["api", up]]), slow).map(({ cause }) => cause)).toEqual(["slow"]);
    expect(troublesOf(new Map([["api", down]]), slow).map(({ cause }) => cause)).toEqual(["api-down"]);
  });

  test("the problem's own words are told", () => {
    const [trouble] = troublesOf(
      new Map([["page", { verdict: "down", problem: "x answers 503." }]]),
      undefined,
    );
    expect(trouble?.what).toBe("The application does not answer: x answers 503.");
  });
});

describe("is it the provider?", () => {
  test.each([
    [0, 0, false, false, false],
    [1, 1, false, false, false],
    [1, 2, false, false, false],
    [2, 2, false, false, true],
    [2, 2, false, undefined, true],
    // Two faults of a small fleet are no provider's.
    [2, 2, false, true, false],
    [2, 3, false, false, true],
    [3, 3, false, true, false],
    [2, 4, false, false, false],
    [4, 4, false, true, false],
    [5, 5, false, true, true],
    [6_000, 10_000, false, true, true],
    [5_999, 10_000, false, false, false],
    [3_000, 10_000, true, true, true],
    [2_999, 10_000, true, false, false],
    [1, 3, true, true, true],
    [0, 3, true, false, false],
  ])("%d of %d fail, before %s, its API answers %s: %s", (failing, all, before, answers, expected) => {
    expect(isProviders({ failing, all }, { before, answers })).toBe(expected);
  });
});
