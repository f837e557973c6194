import { type DriftArea, driftAreas } from "@atoll/contract/schemas/drift";
import { someOf, textOf } from "../parts/search.ts";

export const standings = ["open", "accepted", "stopped"] as const;

/** Which differences are shown; it stands in the address. */
export interface DriftFilter {
  area?: DriftArea | undefined;
  only?: (typeof standings)[number] | undefined;
  blueprint?: string | undefined;
  environment?: string | undefined;
}

/** Reads the filter out of the address; what makes no sense is left out. */
export const driftFilter = (search: Record<string, unknown>): DriftFilter => ({
  area: someOf(driftAreas, search.area)?.[0],
  only: someOf(standings, search.only)?.[0],
  blueprint: textOf(search.blueprint),
  environment: textOf(search.environment),
});
