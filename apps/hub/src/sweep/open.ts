import type { Sweep, SweepOrder, SweepRemoval } from "@atoll/contract/schemas/sweep";
import { Fault } from "@atoll/core/fault";
import { environmentNamed } from "../environments/names.ts";
import type { OpenEnvironment } from "../environments/open.ts";
import type { SecretKeys } from "../home.ts";
import { hubIdOf } from "../rebuild/hub-id.ts";
import type { Store } from "../store/store.ts";
import { lookForOrphans } from "./look.ts";
import { askRemovals, doRemovals, listRemovals } from "./removals.ts";

/** What stands at the providers without an owner. */
export interface Sweeps {
  /** Asks all providers of one environment, or of all. Reads only. */
  look(environment?: string): Promise<Sweep>;
  /**
   * Writes down what is to be removed, after a look: all orphans, or those named. Throws a fault on field "confirm" when
   * that is not the number that was confirmed, and on "ids" for what is no orphan.
   */
  remove(order: SweepOrder, by: string): Promise<SweepRemoval[]>;
  removals(): Promise<SweepRemoval[]>;
  /** Does what was written down and is due. */
  round(): Promise<void>;
}

interface Options {
  store(): Promise<Store>;
  environments: readonly [OpenEnvironment, ...OpenEnvironment[]];
  keys: SecretKeys;
  graceMs: number;
}

/** Reads `ATOLL_SWEEP_GRACE_MINUTES`, 60 where nobody says: how old a thing has to be. In milliseconds. */
export function sweepGraceMs(env: NodeJS.ProcessEnv): number {
  const minutes = Number(env.ATOLL_SWEEP_GRACE_MINUTES || 60);
  if (Number.isFinite(minutes) && minutes >= 0) return minutes * 60_000;
  throw new Fault("rejected", {
    what: `ATOLL_SWEEP_GRACE_MINUTES is "${env.ATOLL_SWEEP_GRACE_MINUTES}".`,
    next: "Set it to a number of minutes from 0 upwards, such as 60.",
    field: "ATOLL_SWEEP_GRACE_MINUTES",
  });
}

/** Opens sweeping over all environments that this process works with. */
export function openSweeps({ store, environments, keys, graceMs }: Options): Sweeps {
  const options = { graceMs, ours: [keys.key, ...keys.olderKeys].map(hubIdOf) };
  const look: Sweeps["look"] = async (name) =>
    lookForOrphans(
      await store(),
      name === undefined ? environments : [environmentNamed(environments, name)],
      options,
    );

  return {
    look,
    async remove({ environment, ids, confirm }, by) {
      const { orphans } = await look(environment);
      const unknown = ids?.filter((id) => !orphans.some((each) => each.id === id)) ?? [];
      if (unknown.length > 0)
        throw new Fault("rejected", {
          what: `No orphan has the id ${unknown.join(", ")}.`,
          next: "Look at the list of orphans again: only what stands there is removed.",
          field: "ids",
        });
      const chosen = ids === undefined ? orphans : orphans.filter(({ id }) => ids.includes(id));
      if (chosen.length !== confirm)
        throw new Fault("rejected", {
          what: `${confirm} was confirmed, and there ${chosen.length === 1 ? "is 1" : `are ${chosen.length}`}: nothing is removed.`,
          next: "Look at the list of orphans again, and confirm how many there are.",
          field: "confirm",
        });
      const asked = new Set(await askRemovals(await store(), chosen, by));
      return (await listRemovals(await store())).filter(({ id }) => asked.has(id));
    },
    removals: async () => listRemovals(await store()),
    async round() {
      await doRemovals(await store(), environments, options);
    },
  };
}
