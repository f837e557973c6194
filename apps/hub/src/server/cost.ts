import { Fault } from "@atoll/core/fault";
import { readSettings } from "../store/settings.ts";
import type { Hub } from "./context.ts";

/** A plan with what its things cost a month, by the hub's own table of prices. */
export async function planWithCost(
  hub: Hub,
  blueprint: string,
  slug: string | undefined,
  answers: Record<string, unknown> | undefined,
) {
  const [planned, { value }] = await Promise.all([
    hub.runtime.plan(blueprint, slug, answers),
    readSettings(hub.store),
  ]);
  const lines = value.costs
    .map((line) => {
      const count = planned.items.filter((item) => item.kind === line.kind && item.does !== "remove").length;
      return {
        ...line,
        label: count > 1 ? `${count} × ${line.label}` : line.label,
        monthly: count * line.monthly,
        count,
      };
    })
    .filter((line) => line.count > 0)
    .map(({ count: _, ...line }) => line);
  const currencies = new Set(lines.map((line) => line.currency));
  if (currencies.size > 1)
    throw new Fault("rejected", {
      what: `The table of prices mixes currencies: ${[...currencies].join(", ")}.`,
      next: "Use one currency in the settings.",
      field: "costs",
    });
  const region = answers?.region;
  return {
    slug: planned.slug,
    ...(typeof region === "string" && { region }),
    items: planned.items,
    cost: {
      monthly: lines.reduce((sum, line) => sum + line.monthly, 0),
      currency: lines[0]?.currency ?? "USD",
      lines,
    },
  };
}
