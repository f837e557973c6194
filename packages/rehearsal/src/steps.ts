import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { randomIds } from "@atoll/core/ids";
import { Secret } from "@atoll/core/secret";

/** Names of the steps that a client with these answers has not. */
export function offFor(blueprint: AnyBlueprint, given: Record<string, unknown>): string[] {
  const answers: unknown = blueprint.questions.parse(given);
  const slug = "rehearsal";
  const known = {
    instance: {
      id: randomIds.instance(),
      slug,
      blueprint: blueprint.name,
      environment: slug,
      answers,
      chosen: blueprint.chosen(randomIds),
    },
    secrets: Object.fromEntries(
      Object.entries(blueprint.secrets(randomIds)).map(([name, value]) => [name, new Secret(name, value)]),
    ),
  };
  const steps = blueprint.stepsFor?.(new Map(), answers) ?? blueprint.steps;
  return steps.filter((each) => !each.when(known)).map(({ step }) => step);
}

/** Throws a fault where a step cannot be put to trial: there is none of this name, or the client has none. */
export function mustHave(blueprint: AnyBlueprint, off: readonly string[], step: string): void {
  const names = blueprint.steps.map((each) => each.step);
  if (!names.includes(step))
    throw new Fault("rejected", {
      what: `The blueprint "${blueprint.name}" has no step "${step}".`,
      next: `Name one of: ${names.join(", ")}.`,
      field: "step",
    });
  if (off.includes(step))
    throw new Fault("rejected", {
      what: `The imagined client's answers switch the step "${step}" off.`,
      next: "Give answers that ask for it, by `sample` in blueprint.ts or by --answers.",
      field: "step",
    });
}
