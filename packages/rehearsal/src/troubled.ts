import type { ActionStep, AnyBlueprint, ResourceStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";

/** What is ordered for steps of instances, by their ids. Each is asked for once. */
export interface Troubles {
  /** The step refuses before it does anything. */
  fails?(step: string, instance: string): boolean;
  /** The step's work is done, and then nobody knows whether: it is done a second time. */
  repeats?(step: string, instance: string): boolean;
  /** Each removal is done twice. What the second one says goes to `removed`. */
  removesTwice?(id: string): boolean;
  removed?(step: string, problem: string | undefined): void;
  /** Runs a step's work. */
  within?<T>(step: string, instance: string, work: () => Promise<T>): Promise<T>;
}

/** What a step that fails on order says. */
export const refusalOf = (step: string) => `The rehearsal refuses "${step}".`;

const refusal = (step: string) =>
  new Fault("rejected", { what: refusalOf(step), next: "Nothing: it was ordered." });

const unknown = (step: string) =>
  new Fault("outcome-unknown", {
    what: `The rehearsal forgot what became of "${step}".`,
    next: "Nothing: it is looked up.",
    retryInMs: 1,
  });

/** The same blueprint, whose steps meet with what is ordered. */
export function troubled(blueprint: AnyBlueprint, troubles: Troubles): AnyBlueprint {
  const change = ({ steps }: Pick<AnyBlueprint, "steps">) =>
    steps.map((step) => (step.does === "resource" ? resourceOf(step, troubles) : actionOf(step, troubles)));
  const { stepsFor } = blueprint;
  return {
    ...blueprint,
    steps: change(blueprint),
    ...(stepsFor && { stepsFor: (recorded, answers) => change({ steps: stepsFor(recorded, answers) }) }),
  };
}

function resourceOf(step: ResourceStep, troubles: Troubles): ResourceStep {
  const { resource, step: name } = step;
  const { fails = () => false, repeats = () => false, within = (_, __, work) => work() } = troubles;
  return {
    ...step,
    resource: {
      ...resource,
      async observe(at) {
        const seen = await resource.observe(at);
        // Steps that only wait for something have nothing to apply: they fail at their look.
        if (seen.is !== "absent" && fails(name, at.instance)) throw refusal(name);
        return seen;
      },
      async apply(job) {
        const { instance } = job.at;
        if (fails(name, instance)) throw refusal(name);
        const id = await within(name, instance, () => resource.apply(job));
        if (repeats(name, instance)) throw unknown(name);
        return id;
      },
      async remove(id) {
        await resource.remove(id);
        if (!troubles.removesTwice?.(id)) return;
        try {
          await resource.remove(id);
          troubles.removed?.(name, undefined);
        } catch (error) {
          troubles.removed?.(name, error instanceof Error ? error.message : String(error));
        }
      },
    },
  };
}

function actionOf(step: ActionStep, troubles: Troubles): ActionStep {
  const { action, step: name } = step;
  const { fails = () => false, repeats = () => false, within = (_, __, work) => work() } = troubles;
  const instances = new Map<string, string>();
  return {
    ...step,
    key(context) {
      const key = step.key(context);
      instances.set(key, context.instance.id);
      return key;
    },
    action: {
      ...action,
      async run(job) {
        const instance = instances.get(job.key) ?? "";
        if (fails(name, instance)) throw refusal(name);
        const output = await within(name, instance, () => action.run(job));
        if (repeats(name, instance)) throw unknown(name);
        return output;
      },
    },
  };
}
