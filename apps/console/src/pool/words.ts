import type { Pool, PoolState } from "@atoll/contract/schemas/pool";
import { money } from "../parts/money.ts";

/** What a project of the pool is doing. */
export const stateWords: Record<PoolState, string> = {
  making: "being made",
  ready: "ready",
  claimed: "claimed",
  failed: "failed",
  removing: "being removed",
};

/** Amounts of different currencies, side by side. */
export const moneyWords = (costs: Pool["costs"]): string =>
  costs.map(({ currency, monthly }) => money(monthly, currency)).join(" + ") || "–";
