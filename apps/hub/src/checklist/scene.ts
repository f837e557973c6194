import type { PlanItem, Step } from "@atoll/core/blueprint";
import type { InstanceState } from "@atoll/core/states";

/** What a plan and a probe of an instance found: most lines are read off it. */
export interface Scene {
  slug: string;
  id: string;
  state: InstanceState;
  environment: string;
  answers: unknown;
  steps: readonly Step[];
  items: readonly PlanItem[];
  problems: readonly { step: string; problem: string }[];
  resources: readonly { step: string; kind: string; id: string; attrs: unknown }[];
}

/** True while a run is making or changing the instance: what is not there yet is on its way. */
export const isUnderWay = ({ state }: Pick<Scene, "state">): boolean =>
  state === "provisioning" || state === "updating";

/** The items of steps whose kind is one of these, of things that this instance is to have. */
export function itemsOf({ items, resources }: Scene, isOne: (kind: string) => boolean): PlanItem[] {
  const has = new Set(resources.map(({ step }) => step));
  // A step that the instance does without is planned as "keep", too, and has no resource.
  return items.filter((item) => isOne(item.kind) && (item.does !== "keep" || has.has(item.step)));
}

/** A text among a resource's attributes. */
export function textOf(attrs: unknown, name: string): string | undefined {
  const value = typeof attrs === "object" && attrs !== null ? Reflect.get(attrs, name) : undefined;
  return typeof value === "string" ? value : undefined;
}
