import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { moment } from "./yard.ts";

const patienceMs = 20_000;
const mostApplies = 12;

/** A thing as it stands. */
export interface Found<Attrs> {
  id: string;
  attrs: Attrs;
}

/** Looks until it is clear what is there. */
export async function settled<In, Attrs>(
  resource: Resource<In, Attrs>,
  at: Address,
): Promise<Exclude<Observed<Attrs>, { is: "settling" }>> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const seen = await resource.observe(at);
    if (seen.is !== "settling") return seen;
    if (performance.now() > giveUpAt) throw new Error(`It never settled: ${seen.why}`);
    await moment(seen.retryInMs);
  }
}

/** What differs, by the same comparison as the engine's; an absent thing is one change without a path. */
export function changesOf<In, Attrs>(
  resource: Resource<In, Attrs>,
  want: In,
  seen: Observed<Attrs>,
): Change[] {
  return seen.is === "present" ? resource.compare(want, seen.attrs) : [{ path: "", act: "create" }];
}

/**
 * The engine's loop without engine or journal: observe, compare, apply, observe. `start` gives the adapter of
 * a new process; whatever ends with an open outcome starts one, and all that was learned meanwhile is lost.
 */
export async function ensure<In, Attrs>(
  start: () => Resource<In, Attrs>,
  recorded: Address,
  want: In,
): Promise<Found<Attrs>> {
  let resource = start();
  let at = recorded;
  for (let applies = 0; applies <= mostApplies; ) {
    try {
      const seen = await settled(resource, at);
      if (seen.is === "present" && seen.owner === "other") throw new Error("It is somebody else's.");
      const changes = changesOf(resource, want, seen);
      if (seen.is === "present" && changes.length === 0) return { id: seen.id, attrs: seen.attrs };
      applies += 1;
      const live = seen.is === "present" ? seen.attrs : undefined;
      at = seen.is === "present" ? { ...at, id: seen.id } : at;
      at = { ...at, id: await resource.apply({ at, want, live, changes }) };
    } catch (error) {
      if (!(error instanceof Fault) || !["outcome-unknown", "try-again"].includes(error.kind)) throw error;
      applies += 1;
      await moment(error.retryInMs ?? 0);
      resource = start();
      at = recorded;
    }
  }
  throw new Error("It does not converge.");
}
