import { someOf, textOf } from "../parts/search.ts";

/** Which of the fleet's schemas are shown; it stands in the address. */
export interface SchemaFilter {
  only?: "behind" | "drifted" | "unknown" | undefined;
  blueprint?: string | undefined;
  environment?: string | undefined;
  version?: number | undefined;
}

/** Reads the filter out of the address; what makes no sense is left out. */
export function schemaFilter(search: Record<string, unknown>): SchemaFilter {
  const version = Number(search.version ?? Number.NaN);
  return {
    only: someOf(["behind", "drifted", "unknown"] as const, search.only)?.[0],
    blueprint: textOf(search.blueprint),
    environment: textOf(search.environment),
    version: Number.isInteger(version) && version >= 0 ? version : undefined,
  };
}
