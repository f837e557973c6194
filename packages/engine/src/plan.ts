import type { ActionStep, PlanItem, ResourceStep, Step } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { actionKey, addressOf, contextOf, type Scene } from "./scene.ts";

/** A plan with what was seen on the way: a probe asks the things that are there whether they answer. */
export interface Plan {
  items: PlanItem[];
  live: Map<string, { step: ResourceStep; attrs: unknown }>;
}

/**
 * What a run would do: observe and compare, nothing else. Steps whose needs stand already are looked at side
 * by side; for one whose needs are still to be made, no more can be said than that it comes after them, and
 * whether something stands in its way.
 */
export async function planOf(scene: Scene): Promise<Plan> {
  const outputs = { ...scene.outputs };
  const live: Plan["live"] = new Map();
  const looks = new Map<string, Promise<PlanItem>>();
  for (const step of scene.blueprint.steps) {
    const needs = step.needs.map((need) => looks.get(need));
    looks.set(step.step, look(step, needs));
  }
  return { items: await Promise.all(looks.values()), live };

  async function look(step: Step, needs: (Promise<PlanItem> | undefined)[]): Promise<PlanItem> {
    const before = (await Promise.all(needs)).filter((item) => item !== undefined);
    const head = headOf(scene, step);
    if (!step.when(scene.known)) {
      const has = step.does === "resource" && scene.resources.get(step.step)?.origin === "created";
      return { ...head, does: has ? "remove" : "keep", changes: [], after: [] };
    }
    const later = before.filter((item) => item.does !== "keep");
    const unmade = later.filter((item) => item.does !== "update" && item.does !== "send");
    if (step.does === "action") {
      const planned = unmade.length > 0 ? { does: "send" as const, changes: [] } : planAction(step);
      return { ...head, ...planned, after: names(later) };
    }
    // In a home that is still to be made there is nothing to look at.
    if (unmade.length > 0 && step.within !== undefined) return { ...head, ...create, after: names(later) };
    try {
      return { ...head, ...(await observe(step, unmade)), after: names(later) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { what: why, next } = scene.redact({ what: error.what, next: error.next });
      const field = error.field === undefined ? {} : { field: error.field };
      const { kind: fault } = error;
      return { ...head, does: "blocked", changes: [], after: names(later), why, next, ...field, fault };
    }
  }

  function planAction(step: ActionStep): Pick<PlanItem, "does" | "changes"> {
    const key = actionKey({ ...scene, outputs }, step);
    const done = scene.actions.some((each) => each.step === step.step && each.key === key);
    return { does: done ? "keep" : "send", changes: [] };
  }

  /** `unmade` = needs that are still to be made, without which nobody knows what the thing should be. */
  async function observe(
    step: ResourceStep,
    unmade: readonly PlanItem[],
  ): Promise<Omit<PlanItem, "step" | "kind" | "name" | "after">> {
    const present = { ...scene, outputs };
    const at = addressOf(present, step);
    const seen = await step.resource.observe(at);
    if (seen.is === "settling")
      return { does: "wait", changes: [], why: seen.why ?? "it is still being made" };
    if (seen.is === "absent") return create;
    if (seen.owner === "other")
      return {
        does: "blocked",
        changes: [],
        why: `There is a ${step.resource.kind} "${at.name}" already, and nothing proves that it belongs to "${scene.row.slug}".`,
        next: "Rename or move what stands there, or take another slug.",
        ...(step.resource.brought && claimed(step.resource.brought.field)),
      };
    outputs[step.step] = seen.attrs;
    live.set(step.step, { step, attrs: seen.attrs });
    if (unmade.length > 0)
      return { does: "update", changes: [], why: `What changes is known after ${names(unmade).join(", ")}.` };
    const changes = scene.redact(step.resource.compare(step.want(contextOf(present, step)), seen.attrs));
    const held = changes.find((change) => change.act === "replace" && change.holdsData);
    if (held)
      return {
        does: "blocked",
        changes,
        why: `"${held.path}" can only change by replacing it, which would lose its data.`,
        next: "Set it back to what it was, or move the data by hand and remove the old one first.",
      };
    const replaces = changes.some((change) => change.act === "replace");
    return { does: changes.length === 0 ? "keep" : replaces ? "replace" : "update", changes };
  }
}

/** What is brought and carries another instance's mark. */
export const claimed = (field: string) => ({
  why: "What is brought belongs to another instance already.",
  next: "Destroy that instance first, or bring something else.",
  field,
});

function headOf(scene: Scene, step: Step): Pick<PlanItem, "step" | "kind" | "name" | "brought"> {
  const { kind } = step.does === "resource" ? step.resource : step.action;
  const name =
    step.does === "resource" ? (scene.resources.get(step.step)?.name ?? step.name(scene.known)) : step.step;
  const brought = step.does === "resource" ? step.resource.brought?.changes : undefined;
  return { step: step.step, kind, name, ...(brought !== undefined && { brought }) };
}

const create: Pick<PlanItem, "does" | "changes"> = {
  does: "create",
  changes: [{ path: "", act: "create" }],
};

const names = (items: readonly PlanItem[]) => items.map((item) => item.step);

/** Asks every thing that is there whether it really answers: what is wrong, in plain words. */
export async function probeAll(scene: Scene, plan: Plan): Promise<{ step: string; problem: string }[]> {
  const found = await Promise.all(
    [...plan.live.values()].map(async ({ step, attrs }) => {
      try {
        const problems = (await step.resource.probe?.(attrs)) ?? [];
        return problems.map((problem) => ({ step: step.step, problem }));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return [{ step: step.step, problem: error.what }];
      }
    }),
  );
  return scene.redact(found.flat());
}
