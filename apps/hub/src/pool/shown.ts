import type { CostLine } from "@atoll/contract/schemas/plan";
import type { Pool, PoolSettings } from "@atoll/contract/schemas/pool";
import type { PoolRow } from "./rows.ts";

interface Shown {
  rows: readonly PoolRow[];
  settings: PoolSettings;
  prices: readonly CostLine[];
  /** Why nothing more is made at a place. */
  stopped(environment: string, region: string): { what: string; next: string } | undefined;
}

/** The pool as people see it. Pure. */
export function shownPool({ rows, settings, prices, stopped }: Shown): Pool {
  const keys = new Set(
    [...settings.sizes, ...rows.filter(({ state }) => state !== "claimed")].map(
      ({ environment, region }) => `${environment} ${region}`,
    ),
  );
  const places = [...keys].sort().map((key) => {
    const [environment = "", region = ""] = key.split(" ");
    const here = rows.filter((each) => each.environment === environment && each.region === region);
    const count = (state: PoolRow["state"]) => here.filter((each) => each.state === state).length;
    const wanted =
      settings.sizes.find((each) => each.environment === environment && each.region === region)?.count ?? 0;
    const reason =
      stopped(environment, region) ??
      here.find(({ state, fault }) => (state === "failed" || state === "making") && fault !== null)?.fault;
    const isFull = count("ready") >= wanted;
    return {
      environment,
      region,
      wanted,
      ready: count("ready"),
      making: count("making"),
      failed: count("failed"),
      ...(reason && !isFull && { reason }),
    };
  });
  const price = prices.find(({ kind }) => kind === "supabase.project");
  const billed = rows.filter(({ state, ref }) => state !== "claimed" && ref !== null).length;
  return {
    isOn: settings.sizes.some(({ count }) => count > 0),
    maxAgeDays: settings.maxAgeDays,
    places,
    items: rows.map((row) => ({
      id: row.id,
      environment: row.environment,
      region: row.region,
      name: row.name,
      state: row.state,
      createdAt: row.created_at.toISOString(),
      ...(row.ref !== null && { ref: row.ref }),
      ...(row.fault && row.state !== "claimed" && { reason: row.fault }),
      ...(row.slug !== null && row.state === "claimed" && { instance: row.slug }),
      ...(row.ready_at && { readyAt: row.ready_at.toISOString() }),
      ...(row.claimed_at && { claimedAt: row.claimed_at.toISOString() }),
    })),
    costs: price
      ? [{ currency: price.currency, monthly: Math.round(billed * price.monthly * 100) / 100 }]
      : [],
  };
}
