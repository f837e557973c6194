import { healths, instanceStates } from "@atoll/contract/schemas/instance";
import { someOf, textOf } from "../parts/search.ts";

/** What the list of instances is filtered by; it stands in the address. */
export interface InstanceFilter {
  state?: (typeof instanceStates)[number][] | undefined;
  health?: (typeof healths)[number][] | undefined;
  blueprint?: string | undefined;
  environment?: string | undefined;
  version?: number | undefined;
  search?: string | undefined;
}

/** Reads the filter out of the address; what makes no sense is left out. */
export function instanceFilter(search: Record<string, unknown>): InstanceFilter {
  const version = Number(search.version ?? Number.NaN);
  return {
    state: someOf(instanceStates, search.state),
    health: someOf(healths, search.health),
    blueprint: textOf(search.blueprint),
    environment: textOf(search.environment),
    version: Number.isInteger(version) && version >= 0 ? version : undefined,
    search: textOf(search.search),
  };
}
