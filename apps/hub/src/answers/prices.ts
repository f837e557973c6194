import type { CostLine } from "@atoll/contract/schemas/plan";
import type { PlanItem } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import pg from "pg";
import { hubMigrations } from "../check-audit.ts";
import { readSettings } from "../store/settings.ts";
import { openStore } from "../store/store.ts";

/** The table of prices in a hub's database, whether the hub runs or not. */
export async function pricesIn(databaseUrl: string): Promise<readonly CostLine[]> {
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    return (await readSettings(openStore(pool))).value.costs;
  } finally {
    await pool.end();
  }
}

/** What the things of a plan cost a month. */
export function costOf(items: readonly PlanItem[], prices: readonly CostLine[]) {
  const lines = prices
    .map((line) => {
      const count = items.filter(
        (item) => item.kind === line.kind && item.does !== "remove" && item.brought === undefined,
      ).length;
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
  return {
    monthly: lines.reduce((sum, line) => sum + line.monthly, 0),
    currency: lines[0]?.currency ?? "USD",
    lines,
  };
}
