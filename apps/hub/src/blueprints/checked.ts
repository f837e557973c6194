import type { AnyBlueprint, Step } from "@atoll/core/blueprint";

const namePattern = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** What is wrong with a blueprint that somebody else wrote, one sentence each; empty = it can be used. */
export function problemsOf(made: unknown): string[] {
  if (!isObject(made)) return ["`blueprint(parts)` gives no blueprint."];
  const { name, questions, steps, chosen, secrets, url } = made as Partial<AnyBlueprint>; // looked at before it is believed
  const problems: string[] = [];
  if (typeof name !== "string" || !namePattern.test(name))
    problems.push("Its `name` has to be 3 to 40 of a-z, 0-9 and -, beginning with a letter.");
  for (const [what, value] of Object.entries({ chosen, secrets, url }))
    if (typeof value !== "function")
      problems.push(`\`${what}\` is not a function: end the steps with \`.build(...)\`.`);
  if (typeof questions?.parse !== "function" || typeof questions.schema !== "function")
    problems.push("`questions` needs `parse` and `schema`.");
  else problems.push(...problemsOfQuestions(questions.schema()));
  if (!Array.isArray(steps) || steps.length === 0) problems.push("It has no steps.");
  else problems.push(...problemsOfSteps(steps));
  return problems;
}

function problemsOfQuestions(schema: unknown): string[] {
  const fields = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  return ["name", "slug", "adminEmail", "locale"]
    .filter((each) => !(each in fields))
    .map((each) => `Its questions lack "${each}", which the public form and the command line ask for.`);
}

function problemsOfSteps(steps: readonly unknown[]): string[] {
  const problems: string[] = [];
  const above = new Set<string>();
  for (const each of steps) {
    const { step, needs = [], ...rest } = (isObject(each) ? each : {}) as object as Step; // looked at before it is believed
    if (typeof step !== "string" || !/^[a-z][a-z0-9-]{0,59}$/.test(step)) {
      problems.push(`"${step}" is no name for a step: use a-z, 0-9 and -.`);
      continue;
    }
    if (!Array.isArray(needs)) {
      problems.push(`\`needs\` of "${step}" is no list.`);
      continue;
    }
    if (above.has(step)) problems.push(`Two steps are called "${step}".`);
    for (const need of needs)
      if (!above.has(need)) problems.push(`"${step}" needs "${need}", which does not stand above it.`);
    const kind: unknown = rest.does === "resource" ? rest.resource?.kind : rest.action?.kind;
    if (typeof kind !== "string" || !/^[a-z0-9-]+\.[a-z0-9-]+$/.test(kind))
      problems.push(`"${step}" has no kind like "provider.thing".`);
    above.add(step);
  }
  return problems;
}

/** The blueprint with what a step may leave out: it needs nothing, and every instance has it. */
export function completed(blueprint: AnyBlueprint): AnyBlueprint {
  const complete = (steps: readonly Step[]): Step[] =>
    steps.map((step) => {
      const { needs, when }: Partial<Step> = step;
      return { ...step, needs: needs ?? [], when: when ?? (() => true) };
    });
  const { stepsFor } = blueprint;
  return {
    ...blueprint,
    steps: complete(blueprint.steps),
    ...(stepsFor && {
      stepsFor: (recorded, answers) => complete(stepsFor.call(blueprint, recorded, answers)),
    }),
  };
}
