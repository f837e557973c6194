import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { describe, expect, test } from "vitest";
import type { TestCloud } from "../support/cloud.ts";

/** One resource under test, with what only its provider knows. */
export interface Case<In, Attrs> {
  resource: Resource<In, Attrs>;
  provider: string;
  /** A place nothing stands at yet, with parents made. Called for each law: names never repeat. */
  fresh(): Promise<{ at: Address; want: In; removeParents?(): Promise<void> }>;
  /** Another want for the same thing, differing in what can be changed in place; absent where nothing can. */
  changed?(want: In): In;
  /** Makes a foreign thing at the address, as somebody else would; absent where a parent's owner decides. */
  plant?(at: Address): Promise<void>;
  /** Values that may appear nowhere. */
  secrets(want: In): string[];
}

const patienceMs = 20_000;

async function settled<Attrs>(look: () => Promise<Observed<Attrs>>): Promise<Observed<Attrs>> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen.is !== "settling" || performance.now() > giveUpAt) return seen;
    await sleep(Math.min(seen.retryInMs, 100));
  }
}

/** The engine's loop without engine or journal: observe, compare, apply, observe; a crash loses all it knew. */
async function ensure<In, Attrs>(
  resource: Resource<In, Attrs>,
  at: Address,
  want: In,
): Promise<Observed<Attrs>> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const seen = await settled(() => resource.observe(at));
    if (seen.is === "settling") throw new Error("It never settled.");
    if (seen.is === "present" && seen.owner === "other") throw new Error("Somebody else's.");
    const live = seen.is === "present" ? seen.attrs : undefined;
    const changes =
      live === undefined ? [{ path: "", act: "create" as const }] : resource.compare(want, live);
    if (changes.length === 0) return seen;
    if (performance.now() > giveUpAt) throw new Error(`It never converged: ${JSON.stringify(changes)}`);
    try {
      const id = await resource.apply({
        at: seen.is === "present" ? { ...at, id: seen.id } : at,
        want,
        live,
        changes,
      });
      at = { ...at, id };
    } catch (error) {
      if (!(error instanceof Fault) || (error.kind !== "outcome-unknown" && error.kind !== "try-again"))
        throw error;
      await sleep(Math.min(error.retryInMs ?? 20, 200));
    }
  }
}

function present<Attrs>(seen: Observed<Attrs>): { id: string; attrs: Attrs } {
  if (seen.is !== "present") throw new Error(`It is ${seen.is}.`);
  return seen;
}

/** The laws that every resource obeys, against the local cloud (STYLE: "Laws every resource passes"). */
export function laws<In, Attrs>(kind: string, cloud: () => TestCloud, make: () => Case<In, Attrs>): void {
  describe(kind, () => {
    const writes = async (provider: string) => (await cloud().log({ writes: true, provider })).length;

    test("observe never writes", async () => {
      const { resource, provider, fresh } = make();
      const { at } = await fresh();
      await cloud().clearLog();
      await resource.observe(at);
      expect(await writes(provider)).toBe(0);
    });

    test("ensuring twice writes once, and afterwards nothing is left to change", async () => {
      const { resource, provider, fresh } = make();
      const { at, want } = await fresh();
      await ensure(resource, at, want);
      await cloud().clearLog();
      const { attrs } = present(await ensure(resource, at, want));
      expect(await writes(provider)).toBe(0);
      expect(resource.compare(want, attrs)).toEqual([]);
    });

    test("a crash at any write, then ensure, leaves exactly one", async () => {
      const { resource, provider, fresh } = make();
      const plain = await fresh();
      await cloud().clearLog();
      await ensure(resource, plain.at, plain.want);
      const steps = await writes(provider);
      expect(steps).toBeGreaterThan(0);
      const counts = (inventory: Record<string, unknown>) => JSON.stringify(inventory).length;
      for (const kindOfFault of ["lose-answer", "reset"] as const) {
        for (let after = 0; after < Math.min(steps, 6); after++) {
          const { at, want } = await fresh();
          const before = await cloud().inventory();
          for (const method of ["POST", "PUT", "PATCH"])
            await cloud().fault({ provider, method, kind: kindOfFault, times: 1, after });
          const first = present(await ensure(resource, at, want));
          await cloud().heal();
          // A second one under the same name would make the inventory grow by more than one thing.
          const one = counts(await cloud().inventory()) - counts(before);
          const again = present(await ensure(resource, at, want));
          expect(again.id).toBe(first.id);
          expect(counts(await cloud().inventory()) - counts(before)).toBe(one);
        }
      }
    });

    test("drift planted behind our back is named by its path, and repair clears it", async ({ skip }) => {
      const { resource, fresh, changed } = make();
      if (changed === undefined) return skip("nothing of it can be changed in place");
      const { at, want } = await fresh();
      const { id } = present(await ensure(resource, at, want));
      // Another want, applied past the journal, is what somebody at the provider's dashboard does.
      present(await ensure(resource, { ...at, id }, changed(want)));
      const drifted = present(await settled(() => resource.observe({ ...at, id })));
      const changes = resource.compare(want, drifted.attrs);
      expect(changes.length).toBeGreaterThan(0);
      for (const change of changes) expect(change.path).not.toBe("");
      const repaired = present(await ensure(resource, { ...at, id }, want));
      expect(resource.compare(want, repaired.attrs)).toEqual([]);
    });

    test("a foreign thing is seen as foreign and never changed", async ({ skip }) => {
      const { resource, provider, fresh, plant } = make();
      if (plant === undefined) return skip("whoever owns what it lives in owns it");
      const { at, want } = await fresh();
      await plant(at);
      await cloud().clearLog();
      const seen = await settled(() => resource.observe(at));
      expect(seen).toMatchObject({ is: "present", owner: "other" });
      await expect(ensure(resource, at, want)).rejects.toThrow("Somebody else's.");
      expect(await writes(provider)).toBe(0);
    });

    test("removing twice is fine; afterwards observe says absent", async () => {
      const { resource, fresh } = make();
      const { at, want, removeParents } = await fresh();
      const { id } = present(await ensure(resource, at, want));
      if (resource.removal === "own") {
        await resource.remove(id);
        await resource.remove(id);
      } else await removeParents?.();
      expect(await settled(() => resource.observe({ ...at, id }))).toEqual({ is: "absent" });
    });

    test("no secret appears in changes, attributes or errors", async () => {
      const { resource, provider, fresh, secrets } = make();
      const { at, want } = await fresh();
      const { attrs } = present(await ensure(resource, at, want));
      const shown = [JSON.stringify(attrs), JSON.stringify(resource.compare(want, attrs))];
      const other = await fresh();
      await cloud().fault({ provider, kind: "reject", times: 1 });
      try {
        await ensure(resource, other.at, other.want);
      } catch (error) {
        shown.push(
          String(error),
          JSON.stringify(error),
          error instanceof Fault ? `${error.what} ${error.next} ${error.call}` : "",
        );
      }
      await cloud().heal();
      for (const secret of [...secrets(want), ...secrets(other.want)])
        for (const text of shown) expect(text).not.toContain(secret);
    });
  });
}
