import type { InstanceDrift } from "@atoll/contract/schemas/drift";
import type { PlanItem } from "@atoll/core/blueprint";
import { areaOf } from "./areas.ts";
import type { SeenItem } from "./seen.ts";

/** What the plan of an instance that should be finished says. */
interface FromPlan {
  items: SeenItem[];
  blind: Set<string>;
  problems: InstanceDrift["problems"];
  besides: string[];
}

const schemaKind = "postgres.schema";
/** Of a schema: what waits for a rollout, and what a newer release of ours would write. Nobody changed these. */
const isOurs = (path: string) => /^(migrations\.|ledger$|answers$|catalog$)/.test(path);

/** A plan's items as differences. What follows from other steps alone, or could not be looked at, is none. */
export function fromPlan(plan: readonly PlanItem[]): FromPlan {
  const found: FromPlan = { items: [], blind: new Set(), problems: [], besides: [] };
  // Behind one that is not there, or that nobody could look at, nothing was looked at.
  const unmade = new Set(
    plan.filter(({ does }) => !["keep", "update", "send"].includes(does)).map(({ step }) => step),
  );
  for (const item of plan) {
    const { step, kind, does, changes, after, why, next, fault } = item;
    const head = { area: areaOf(kind), step, kind, after };
    if (does === "keep" || does === "send") continue;
    if (after.some((each) => unmade.has(each))) {
      found.blind.add(step);
      continue;
    }
    if (does === "wait" || (does === "blocked" && fault !== undefined && fault !== "not-ours")) {
      found.blind.add(step);
      if (does === "blocked")
        found.problems.push({ where: step, what: why ?? "It did not answer.", next: next ?? "Look again." });
      continue;
    }
    if (does === "blocked" || does === "remove") {
      const act = does;
      found.items.push({ ...head, path: step, act, why: why ?? whyOf(does), next });
      continue;
    }
    for (const { path, act, from, to } of changes)
      if (kind === schemaKind && isOurs(path) && act !== "remove") found.besides.push(`${step}.${path}`);
      else found.items.push({ ...head, path: path === "" ? step : `${step}.${path}`, act, from, to });
  }
  return found;
}

const whyOf = (does: "blocked" | "remove") =>
  does === "remove" ? "Its answers want no such thing." : "Something is in the way.";
