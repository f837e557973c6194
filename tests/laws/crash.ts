import { isDeepStrictEqual } from "node:util";
import { Fault } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";
import type { Case, Drift, Place, Wires } from "./case.ts";
import { changesOf, ensure, settled } from "./ensure.ts";
import { type Arrived, mortalWires, wiresOf, type Yard } from "./yard.ts";

const ways = ["lose-answer", "reset", "death"] as const;

/** One write out of a sequence of calls: the call number `after` (from 0) with this method. */
interface Point {
  method: string;
  after: number;
}

function pointsOf(calls: readonly Arrived[]): Point[] {
  const seen: Record<string, number> = {};
  return calls.flatMap(({ method, write }) => {
    const after = seen[method] ?? 0;
    seen[method] = after + 1;
    return write ? [{ method, after }] : [];
  });
}

type Counts = Record<string, number>;

const grown = (before: Counts, after: Counts): number[] =>
  Object.entries(after).map(([what, count]) => count - (before[what] ?? 0));

/** Does some work whose write at `point` goes wrong. `start` gives the adapter of the next process. */
async function struck<In, Attrs>(
  one: Case<In, Attrs>,
  yard: Yard,
  how: (typeof ways)[number],
  point: Point,
  work: (start: () => Resource<In, Attrs>) => Promise<void>,
): Promise<string[]> {
  await yard.forget();
  let wires: Wires = wiresOf(yard);
  let hit = async () => (await yard.arrived()).some((each) => each.status === 0);
  if (how === "death") {
    const mortal = mortalWires(yard, point.method, point.after);
    wires = mortal;
    hit = async () => mortal.dead();
  } else await yard.order({ ...point, kind: how, times: 1 });
  const processes = [wires];
  try {
    await work(() => one.connect(processes.pop() ?? wiresOf(yard)));
    return (await hit()) ? [] : ["The ordered fault never struck: the law was not tried."];
  } catch (error) {
    return [String(error)];
  } finally {
    await yard.heal();
  }
}

/** Crashes at every write of making and of every repair; whatever was lost, one thing stands in the end. */
export async function crashes<In, Attrs>(
  one: Case<In, Attrs>,
  drifts: readonly Drift<In>[],
  yard: Yard,
): Promise<{ violations: string[] } | { skipped: string }> {
  if (one.comesByItself && drifts.length === 0) return { skipped: "nothing is ever written" };
  const start = () => one.connect(wiresOf(yard));
  const violations: string[] = [];
  let standing: Place<In> | undefined;

  /** One thing for all repairs: each makes it whole for the next. */
  async function spoiled(drift: Drift<In>): Promise<{ place: Place<In>; before: Counts }> {
    standing ??= await one.fresh();
    const { id } = await ensure(start, standing.at, standing.want);
    standing = { ...standing, at: { ...standing.at, id } }; // the journal knows it since it was made
    const before = await one.count(standing);
    await drift.plant(standing, id);
    return { place: standing, before };
  }

  // A repair is repeated in one way whatever was lost: the hardest loss is enough.
  const stages = [
    { doing: "making", prepare: async () => ({ place: await one.fresh(), before: {} }), by: ways },
    ...drifts.map((drift) => ({
      doing: `repair (${drift.what})`,
      prepare: () => spoiled(drift),
      by: ["death"] as const,
    })),
  ];
  for (const { doing, prepare, by } of stages) {
    const plain = await prepare();
    await yard.forget();
    await ensure(start, plain.place.at, plain.place.want);
    const points = pointsOf(await yard.arrived());
    const wanted = grown(plain.before, await one.count(plain.place));
    for (const how of by)
      for (const point of points) {
        const { place, before } = await prepare();
        const found = await struck(one, yard, how, point, async (next) => {
          await ensure(next, place.at, place.want);
        });
        const seen = await settled(start(), place.at);
        const left = changesOf(start(), place.want, seen);
        if (left.length > 0) found.push(`there is left to do: ${JSON.stringify(left)}`);
        const more = grown(before, await one.count(place));
        if (!isDeepStrictEqual(more, wanted))
          found.push(`there are ${more.join(", ")} more instead of ${wanted.join(", ")}`);
        violations.push(
          ...found.map((each) => `${how} at ${point.method} ${point.after + 1} of ${doing}: ${each}`),
        );
      }
  }
  return { violations };
}

/** Crashes at every write of removing: asked again, it ends with nothing there. */
export async function removingCrashes<In, Attrs>(
  one: Case<In, Attrs>,
  yard: Yard,
): Promise<{ violations: string[] } | { skipped: string }> {
  const start = () => one.connect(wiresOf(yard));
  if (start().removal === "with-parent") return { skipped: "it ends with what it stands in" };
  const make = async () => {
    const place = await one.fresh();
    return { place, id: (await ensure(start, place.at, place.want)).id };
  };
  const plain = await make();
  await yard.forget();
  await start().remove(plain.id);
  const points = pointsOf(await yard.arrived());
  const violations: string[] = [];
  for (const how of ways)
    for (const point of points) {
      const { place, id } = await make();
      const found = await struck(one, yard, how, point, async (next) => {
        await next()
          .remove(id)
          .catch((error: unknown) => {
            if (!(error instanceof Fault)) throw error;
          });
        await next().remove(id);
      });
      const seen = await settled(start(), { ...place.at, id });
      if (seen.is !== "absent") found.push(`it is ${seen.is}`);
      for (const [what, count] of Object.entries(await one.count(place)))
        if (count !== 0) found.push(`there are ${count} ${what}`);
      violations.push(...found.map((each) => `${how} at ${point.method} ${point.after + 1}: ${each}`));
    }
  return { violations };
}
