import { month } from "@atoll/contract/schemas/usage";
import { textOf } from "../parts/search.ts";

/** Whose report is shown; it stands in the address. */
export interface UsageFilter {
  month?: string | undefined;
  environment?: string | undefined;
}

/** Reads the filter out of the address; what makes no sense is left out. */
export const usageFilter = (search: Record<string, unknown>): UsageFilter => ({
  month: month.safeParse(search.month).data,
  environment: textOf(search.environment),
});

/** The newest months, this one first, as a report names them. */
export function monthsBack(nowMs: number, count = 24): string[] {
  const now = new Date(nowMs);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}
