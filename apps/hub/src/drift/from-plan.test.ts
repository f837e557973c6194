import type { PlanItem } from "@atoll/core/blueprint";
import { expect, test } from "vitest";
import { fromPlan } from "./from-plan.ts";

const item = (step: string, more: Partial<PlanItem> = {}): PlanItem => ({
  step,
  kind: "vercel.project",
  name: step,
  does: "update",
  changes: [],
  after: [],
  ...more,
});
const change = (path: string) => ({ path, act: "update", from: "a", to: "b" }) as const;

test("each change of a thing is a difference of its own", () => {
  const { items } = fromPlan([item("site", { changes: [change("framework"), change("branch")] })]);
  expect(items.map(({ path, area }) => [path, area])).toEqual([
    ["site.framework", "site"],
    ["site.branch", "site"],
  ]);
});

test("a provider that does not answer is no drift, nor is what stands behind it", () => {
  const seen = fromPlan([
    item("repository", { kind: "github.repository", does: "blocked", fault: "try-again", why: "Away." }),
    item("site", { does: "create", changes: [{ path: "", act: "create" }], after: ["repository"] }),
  ]);
  expect(seen.items).toEqual([]);
  expect([...seen.blind]).toEqual(["repository", "site"]);
  expect(seen.problems).toMatchObject([{ where: "repository", what: "Away." }]);
});

test("a thing that is somebody else's now is drift that a person has to look at", () => {
  for (const fault of [undefined, "not-ours"] as const)
    expect(
      fromPlan([item("site", { does: "blocked", why: "Not ours.", ...(fault && { fault }) })]).items,
    ).toMatchObject([{ path: "site", act: "blocked", why: "Not ours." }]);
});

test("of a home that is gone only the home is told", () => {
  const create = [{ path: "", act: "create" as const }];
  const seen = fromPlan([
    item("project", { kind: "supabase.project", does: "create", changes: create }),
    item("database", { kind: "supabase.database", does: "create", changes: create, after: ["project"] }),
  ]);
  expect(seen.items.map(({ path, act }) => [path, act])).toEqual([["project", "create"]]);
});

test("migrations that wait for a rollout are no drift, but a repair would apply them", () => {
  const seen = fromPlan([
    item("schema", {
      kind: "postgres.schema",
      changes: [{ path: "migrations.0002_more", act: "create", to: "applied" }, change("table public.deals")],
    }),
  ]);
  expect(seen.besides).toEqual(["schema.migrations.0002_more"]);
  expect(seen.items.map(({ path }) => path)).toEqual(["schema.table public.deals"]);
});
