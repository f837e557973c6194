import { inspect, isDeepStrictEqual } from "node:util";
import { Fault } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";
import type { Case, Place, Without } from "./case.ts";
import { crashes, removingCrashes } from "./crash.ts";
import { changesOf, ensure, settled } from "./ensure.ts";
import { secrecy } from "./secrecy.ts";
import { wiresOf, type Yard } from "./yard.ts";

/** A law held against one kind: what breaks it, or why it does not apply. */
type Verdict = { violations: string[] } | { skipped: string };

/** A kind that the laws can be held against, whatever it wants and says. */
export interface Judged {
  kind: string;
  variant: string | undefined;
  laws: Record<string, () => Promise<Verdict>>;
}

const isWithout = (part: object): part is Without => "because" in part;
const shown = (value: unknown) => JSON.stringify(value);

/** Puts a kind under all laws (STYLE: "Laws every resource passes"). */
export function judge<In, Attrs>(one: Case<In, Attrs>, yard: Yard): Judged {
  const start = (): Resource<In, Attrs> => one.connect(wiresOf(yard));
  const drifts = isWithout(one.drifts) ? [] : one.drifts;

  const made = async (): Promise<{ place: Place<In>; id: string; attrs: Attrs }> => {
    const place = await one.fresh();
    return { place, ...(await ensure(start, place.at, place.want)) };
  };

  /** How often there was written since the last `forget`. */
  const writes = async () => (await yard.arrived()).filter((each) => each.write).length;

  async function observing(): Promise<Verdict> {
    const violations: string[] = [];
    const look = async (state: string, place: Place<In>, id?: string) => {
      await yard.forget();
      const resource = start();
      for (const at of [place.at, ...(id === undefined ? [] : [{ ...place.at, id }])]) {
        const seen = await settled(resource, at);
        if (seen.is === "present") await resource.probe?.(seen.attrs);
      }
      if ((await writes()) > 0) violations.push(`It wrote while observing ${state}.`);
    };
    await look("an empty place", await one.fresh());
    const { place, id } = await made();
    await look("what is ours", place, id);
    await drifts[0]?.plant(place, id);
    await look("what was changed behind our back", place, id);
    if (!isWithout(one.foreign)) {
      const theirs = await one.fresh();
      await one.foreign.plant(theirs);
      await look("what is somebody else's", theirs);
    }
    return { violations };
  }

  async function twice(): Promise<Verdict> {
    const violations: string[] = [];
    if (start().kind !== one.kind) violations.push(`It calls itself ${start().kind}, not ${one.kind}.`);
    const place = await one.fresh();
    await yard.forget();
    const first = await ensure(start, place.at, place.want);
    if (!one.comesByItself && (await writes()) === 0) violations.push("Ensuring it wrote nothing at all.");
    violations.push(...notOne(await one.count(place)));
    await yard.forget();
    for (const at of [place.at, { ...place.at, id: first.id }]) {
      const again = await ensure(start, at, place.want);
      if (again.id !== first.id)
        violations.push(`Ensuring it again gave ${again.id} instead of ${first.id}.`);
    }
    if ((await writes()) > 0) violations.push("Ensuring it again wrote again.");
    violations.push(...notOne(await one.count(place)));
    return { violations };
  }

  async function comparing(): Promise<Verdict> {
    const { place, id } = await made();
    const seen = await settled(start(), { ...place.at, id });
    if (seen.is === "absent") return { violations: ["After ensuring it is absent."] };
    if (seen.owner !== "us") return { violations: ["After ensuring it is somebody else's."] };
    // Frozen: a comparison that changes what it compares throws.
    const changes = start().compare(frozen(place.want), frozen(seen.attrs));
    return { violations: changes.map((change) => `After ensuring there is left to do: ${shown(change)}.`) };
  }

  async function foreign(): Promise<Verdict> {
    if (isWithout(one.foreign)) return { skipped: one.foreign.because };
    const violations: string[] = [];
    const place = await one.fresh();
    const look = await one.foreign.plant(place);
    const before = await look();
    const untouched = async (after: string) => {
      const now = await look();
      if (!isDeepStrictEqual(now, before))
        violations.push(
          `Somebody else's thing was changed by ${after}: ${shown(before)} is now ${shown(now)}.`,
        );
    };
    await yard.forget();
    const resource = start();
    const seen = await settled(resource, place.at);
    const as = seen.is === "present" ? seen.owner : seen.is;
    if (as !== one.foreign.seen) violations.push(`It is seen as ${as}, not as ${one.foreign.seen}.`);
    if ((await writes()) > 0) violations.push("It wrote before it knew whose it is.");
    await untouched("looking");
    // As if it had come between our look and our write.
    const changes = [{ path: "", act: "create" as const }];
    let id: string | undefined;
    try {
      id = await resource.apply({ at: place.at, want: place.want, live: undefined, changes });
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "not-ours")
        violations.push(`Applying ends with ${inspect(error)}, not with a fault "not-ours".`);
    }
    await untouched("applying");
    if (id !== undefined && resource.removal === "own") {
      await resource.remove(id);
      await untouched("removing ours beside it");
    }
    return { violations };
  }

  async function drifting(): Promise<Verdict> {
    if (isWithout(one.drifts)) return { skipped: one.drifts.because };
    const violations: string[] = [];
    const { place, id } = await made();
    let at = { ...place.at, id };
    const look = isWithout(one.beside) ? undefined : await one.beside(place, id);
    const paths = async () =>
      changesOf(start(), place.want, await settled(start(), at)).map((change) => change.path);
    const alone = await paths();
    if (alone.length > 0) violations.push(`What we never set counts as drift: ${shown(alone)}.`);
    // One thing for all of them: each repair makes it whole for the next.
    for (const drift of one.drifts) {
      const say = (what: string) => violations.push(`${drift.what}: ${what}`);
      const before = await look?.();
      await drift.plant(place, at.id);
      const taken = !isDeepStrictEqual(await look?.(), before); // by the drift itself: nobody can leave it alone
      const named = (await paths()).sort();
      const expected = typeof drift.paths === "function" ? drift.paths(place) : drift.paths;
      if (!isDeepStrictEqual(named, expected.toSorted()))
        say(`It is named ${shown(named)}, not ${shown(expected)}.`);
      at = { ...at, id: (await ensure(start, at, place.want)).id };
      const left = await paths();
      if (left.length > 0) say(`The repair left ${shown(left)}.`);
      const after = await look?.();
      if (!taken && !isDeepStrictEqual(after, before))
        say(`The repair changed what we never set: ${shown(before)} is now ${shown(after)}.`);
    }
    return { violations };
  }

  async function removing(): Promise<Verdict> {
    const { place, id } = await made();
    const violations: string[] = [];
    await yard.forget();
    for (const resource of [start(), start()]) await resource.remove(id);
    const { removal } = start();
    if (removal === "with-parent") {
      if ((await writes()) > 0) violations.push("It was removed on its own.");
      if (!place.endParent) violations.push("Nobody knows how to remove what it stands in.");
      await place.endParent?.();
      await start().remove(id);
    }
    for (const at of [{ ...place.at, id }, place.at]) {
      const seen = await settled(start(), at);
      if (seen.is !== "absent") violations.push(`Afterwards it is ${seen.is}.`);
    }
    if (removal === "own")
      for (const [what, count] of Object.entries(await one.count(place)))
        if (count !== 0) violations.push(`Afterwards there are ${count} ${what}.`);
    return { violations };
  }

  const laws: Judged["laws"] = {
    "observe never writes": observing,
    "ensuring twice writes once and makes one": twice,
    "after ensuring nothing is left to change": comparing,
    "a crash at any write, then ensuring, leaves exactly one": () => crashes(one, drifts, yard),
    "a foreign thing is seen as such, and never changed": foreign,
    "drift is named by its path, and repair clears it and nothing else": drifting,
    "removing twice is fine, and afterwards it is absent": removing,
    "a crash while removing, then removing, leaves nothing": () => removingCrashes(one, yard),
    "no secret is seen in changes, attributes, calls or errors": () => secrecy(one, drifts, yard),
  };
  // What a resource throws where it should not is a violation like any other.
  const caught = Object.entries(laws).map(([law, hold]) => {
    const failed = (error: unknown) => ({ violations: [inspect(error)] });
    return [law, () => hold().catch(failed)] as const;
  });
  return { kind: one.kind, variant: one.variant, laws: Object.fromEntries(caught) };
}

/** What there is not exactly one of. */
function notOne(counts: Record<string, number>): string[] {
  if (Object.keys(counts).length === 0) return ["Nothing was counted."];
  return Object.entries(counts)
    .filter(([, count]) => count !== 1)
    .map(([what, count]) => `There are ${count} ${what}.`);
}

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}
