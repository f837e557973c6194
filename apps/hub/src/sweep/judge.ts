import type { OwnedThing } from "@atoll/provider-kit/owned";
import type { Registry } from "./registry.ts";

/** Whose a thing is, as far as marks and registry tell. */
type Verdict =
  /** Somebody's in the registry, or nothing of ours. */
  | { is: "left" }
  | { is: "young" }
  /** Its instance has a run that goes on. */
  | { is: "busy" }
  | { is: "orphan"; why: string; instance: string; slug?: string }
  /** Looks like ours, and nothing proves it: never removed. */
  | { is: "unproven"; why: string; instance?: string; slug?: string };

/** What is known beside the registry. */
export interface Evidence {
  now: Date;
  /** Younger things are left alone: whoever made them may be about to write them down. */
  graceMs: number;
  /** Hubs that instances' databases name, by the instance's id. */
  hubs: ReadonlyMap<string, string>;
  /** Ids of this hub. */
  ours: readonly string[];
  /** Whether what the databases say was read whole; undefined hubs may be behind what was not. */
  isWhole: boolean;
}

const project = "supabase.project";

/** Whether a project's name ends as all of ours do: names end with what was chosen at random: 12 of a-z and 0-9. */
export const hasSuffix = (name: string) => /-[a-z0-9]{12}$/.test(name);

/** A word of twelve letters is no suffix. */
const looksLikeOurs = (name: string) => hasSuffix(name) && /\d[a-z0-9]*$/.test(name.slice(-12));

/** Judges one thing. What belongs to somebody is decided first, and in doubt it is theirs. */
export function judge(kind: string, thing: OwnedThing, registry: Registry, evidence: Evidence): Verdict {
  const { id, name, createdAt } = thing;
  if (registry.stepOf(kind, id) !== undefined || registry.isPooled(id, name)) return { is: "left" };
  // A project carries no mark before its schema is there: its name was recorded beforehand, and cannot be guessed.
  const recorded = kind === project && hasSuffix(name) ? registry.recorded(kind, name) : undefined;
  const marked = thing.isBeginning ? beginningOf(registry, thing.instance) : thing.instance;
  const instance = marked ?? recorded;
  if (instance === undefined)
    return kind === project && looksLikeOurs(name)
      ? { is: "unproven", why: "Its name looks like one of ours; nothing proves that we made it." }
      : { is: "left" };
  const owner = registry.owners.get(instance);
  if (owner?.isBusy) return { is: "busy" };
  if (createdAt !== undefined && evidence.now.getTime() - createdAt.getTime() < evidence.graceMs)
    return { is: "young" };
  const whose = { instance, ...(owner && { slug: owner.slug }) };
  const unproven = (why: string): Verdict => ({ is: "unproven", why, ...whose });
  if (owner !== undefined && owner.state !== "removed" && registry.isBegun(instance, kind))
    return { is: "left" };
  if (thing.mayBeBrought)
    return unproven("It carries the mark that things of a client get, too: it may be a client's own.");
  if (kind === project && !hasSuffix(name))
    return unproven("Its database carries our mark, but its name is none that we give.");
  if (owner === undefined) return ofNobody(instance, evidence);
  if (owner.state === "removed")
    return orphan(whose, `"${owner.slug}" was removed on ${owner.updatedAt.toISOString().slice(0, 10)}.`);
  const known = registry.things(instance, kind);
  return known.length === 0
    ? orphan(whose, `"${owner.slug}" is ${owner.state} and has no ${kind}.`)
    : orphan(whose, `"${owner.slug}" has another ${kind}: ${known.map((each) => each.id).join(", ")}.`);
}

const orphan = (whose: { instance: string; slug?: string }, why: string): Verdict => ({
  is: "orphan",
  why,
  ...whose,
});

/** The registry knows no such instance: it may be another hub's, which then has the same accounts. */
function ofNobody(instance: string, { hubs, ours, isWhole }: Evidence): Verdict {
  const hub = [...hubs].find(([id]) => id.startsWith(instance))?.[1]; // a mark may have room for the beginning only
  if (hub !== undefined && !ours.includes(hub))
    return { is: "unproven", why: `Another hub made it (${hub}).`, instance };
  // Whatever was removed keeps its row: only a record that was lost is missing, and its instance may be at work.
  if (hub !== undefined)
    return {
      is: "unproven",
      why: "This hub made it, and its record is lost: `atoll rebuild` shows whether it can be restored.",
      instance,
    };
  const strange = [...hubs.values()].find((each) => !ours.includes(each));
  if (strange !== undefined)
    return {
      is: "unproven",
      why: `Another hub works with these accounts (${strange}): it may be that one's.`,
      instance,
    };
  if (!isWhole)
    return {
      is: "unproven",
      why: "Whether another hub works with these accounts could not be read.",
      instance,
    };
  return orphan({ instance }, "No instance of this id is in the registry.");
}

/** The one instance whose id begins so; where none or several do, the beginning says it. */
function beginningOf(registry: Registry, beginning: string | undefined): string | undefined {
  if (beginning === undefined) return undefined;
  const found = [...registry.owners.keys()].filter((each) => each.startsWith(beginning));
  return found.find((each) => registry.owners.get(each)?.state !== "removed") ?? found[0] ?? beginning;
}
