import type { AnyBlueprint, ResourceStep, Step } from "@atoll/core/blueprint";

/**
 * One thing to be removed, to be seen gone with what it lived in, or to be given back to the client who brought it or
 * what it stands in; or a task of an operation that is taken back. `after` = steps that come first.
 */
export interface RemovalItem {
  step: string;
  does: "remove" | "check" | "keep" | "release" | "take-back";
  after: string[];
}

/**
 * In which order things go: each after those that need it, independent ones side by side. What ends with its
 * parent is looked at once its parents are gone; where a parent stays, it stays too. `released` = steps whose things
 * the client keeps.
 */
export function removalPlan(
  blueprint: Pick<AnyBlueprint, "steps">,
  targets: ReadonlySet<string>,
  released: ReadonlySet<string> = new Set(),
): RemovalItem[] {
  const steps = new Map(blueprint.steps.map((step) => [step.step, step]));
  const isOwn = (name: string) => {
    const step = steps.get(name);
    return step?.does === "resource" && step.resource.removal === "own" && !released.has(name);
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
  const needsIt = (step: Step, name: string): boolean =>
    step.needs.some((need) => {
      const found = steps.get(need);
      return need === name || (found !== undefined && needsIt(found, name));
    });
  const unknown = [...targets].filter((name) => !steps.has(name));
  const known = blueprint.steps.filter((step) => targets.has(step.step)).reverse();
  return [
    ...unknown.map((step): RemovalItem => ({ step, does: "remove", after: [] })),
    ...known.map((step): RemovalItem => {
      if (released.has(step.step)) {
        const after = known.filter((each) => needsIt(each, step.step));
        return { step: step.step, does: "release", after: after.map((each) => each.step) };
      }
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

/**
 * Steps of things that the client keeps: those that were brought, what ends with one, and, when an instance that lived
 * is destroyed, the client's own data in one.
 */
export function releasedSteps(
  steps: readonly Step[],
  adopted: (step: string) => boolean,
  isDestroy: boolean,
): Set<string> {
  const isReleased = ({ step, resource }: ResourceStep) => {
    if (resource.brought === undefined) return false;
    return resource.removal === "with-parent" || adopted(step) || (isDestroy && resource.outlives === true);
  };
  return new Set(
    steps.filter((step) => step.does === "resource" && isReleased(step)).map(({ step }) => step),
  );
}
