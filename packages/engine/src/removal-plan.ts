import type { AnyBlueprint, Step } from "@atoll/core/blueprint";

/** One thing to be removed, or to be seen gone with what it lived in. `after` = steps that come first. */
export interface RemovalItem {
  step: string;
  does: "remove" | "check" | "keep";
  after: string[];
}

/**
 * In which order things go: each after those that need it, independent ones side by side. What ends with its
 * parent is looked at once its parents are gone; where a parent stays, it stays too.
 */
export function removalPlan(blueprint: AnyBlueprint, targets: ReadonlySet<string>): RemovalItem[] {
  const steps = new Map(blueprint.steps.map((step) => [step.step, step]));
  const isOwn = (name: string) => {
    const step = steps.get(name);
    return step?.does === "resource" && step.resource.removal === "own";
  };
  const owners = (step: Step): string[] => [
    ...new Set(
      step.needs.flatMap((need) => {
        const found = steps.get(need);
        if (isOwn(need)) return [need];
        return found ? owners(found) : [];
      }),
    ),
  ];
  const unknown = [...targets].filter((name) => !steps.has(name));
  const known = blueprint.steps.filter((step) => targets.has(step.step)).reverse();
  return [
    ...unknown.map((step): RemovalItem => ({ step, does: "remove", after: [] })),
    ...known.map((step): RemovalItem => {
      if (isOwn(step.step)) {
        const after = known.filter((each) => isOwn(each.step) && owners(each).includes(step.step));
        return { step: step.step, does: "remove", after: after.map((each) => each.step) };
      }
      const homes = owners(step);
      const goes = homes.length > 0 && homes.every((home) => targets.has(home));
      return { step: step.step, does: goes ? "check" : "keep", after: goes ? homes : [] };
    }),
  ];
}
