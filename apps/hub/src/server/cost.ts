import { costOf } from "../answers/prices.ts";
import { readSettings } from "../store/settings.ts";
import type { Hub } from "./context.ts";

/** A plan with what its things cost a month, by the hub's own table of prices. */
export async function planWithCost(
  hub: Hub,
  blueprint: string,
  slug: string | undefined,
  answers: Record<string, unknown> | undefined,
  environment?: string,
) {
  const [planned, { value }] = await Promise.all([
    hub.runtime.plan(blueprint, slug, answers, environment),
    readSettings(hub.store),
  ]);
  const region = answers?.region;
  return {
    slug: planned.slug,
    ...(typeof region === "string" && { region }),
    items: planned.items,
    cost: costOf(planned.items, value.costs),
  };
}
