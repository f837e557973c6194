import type { DriftItem, DriftRepair, InstanceDrift } from "@atoll/contract/schemas/drift";
import type { WhichDrift } from "./rows.ts";

/** Drift of whole instances: what the hub's API, the command line and the console do with it. Throws `Fault`s. */
export interface Drifts {
  /** As last seen; asks no provider. */
  list(
    which: WhichDrift & { limit: number; cursor?: string | undefined },
  ): Promise<{ items: DriftItem[]; total?: number | undefined; nextCursor?: string | undefined }>;
  /** One instance, as last seen. */
  show(slug: string): Promise<InstanceDrift>;
  /** Looks at a live instance now and writes down what differs. Reads only at the providers. */
  check(slug: string): Promise<InstanceDrift>;
  /** Lets differences be until they change. */
  accept(slug: string, paths: readonly string[], by: string): Promise<InstanceDrift>;
  unaccept(slug: string, paths: readonly string[], by: string): Promise<InstanceDrift>;
  /** Sets chosen differences right, after a fresh look; `whole` = whatever else differs may be set right, too. */
  repair(
    slug: string,
    chosen: { paths: readonly string[]; whole: boolean },
    by: string,
  ): Promise<DriftRepair>;
}
