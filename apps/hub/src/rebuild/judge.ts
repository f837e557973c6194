import type { Origin } from "@atoll/blueprint-kit/origin";
import { Fault } from "@atoll/core/fault";
import { slugProblem } from "@atoll/core/instance";
import type { InstanceState } from "@atoll/core/states";
import { type FoundInstance, lookForLost } from "@atoll/engine/regain";
import type { Office } from "@atoll/engine/runtime";
import type { Candidate } from "./gather.ts";
import { stateOf } from "./standing.ts";

/** What a rebuild finds of one instance. */
export interface RebuildLine {
  /** The instance's id. */
  id: string;
  environment: string;
  /** `new` = it can be restored, `known` = the registry has it, `conflict` = it cannot, and `why` says so. */
  is: "new" | "known" | "conflict";
  slug?: string;
  blueprint?: string;
  state?: InstanceState;
  schemaVersion?: number;
  url?: string;
  /** Another hub made it. */
  hub?: string;
  things: { step: string; kind: string; name: string; is: string; id?: string; why?: string }[];
  /** What cannot be read back and is reset: one clause each. */
  resets: string[];
  why?: string;
  next?: string;
  /** The run that resets it, once it was written. */
  run?: string;
}

/** What the registry has. */
interface Registry {
  byId: ReadonlySet<string>;
  /** Id by slug. */
  bySlug: ReadonlyMap<string, string>;
}

interface Judging {
  office: Office;
  registry: Registry;
  /** Ids under which this hub made things. */
  hubs: readonly string[];
  /** Take over what another hub made. */
  take: boolean;
}

/** One instance judged, and looked at where it can be restored. */
export interface Judged {
  line: RebuildLine;
  found?: FoundInstance;
  candidate: Candidate;
}

const fromThere =
  "Repair it where its record stands, which writes its origin, or keep what stands in its database by hand.";

/** Looks whether one instance can be restored, and as what. Reads only. */
export async function judge(
  { office, registry, hubs, take }: Judging,
  candidate: Candidate,
  all: readonly Candidate[],
): Promise<Judged> {
  const { id, version } = candidate;
  const { environment } = office;
  const origin = candidate.witnesses[0]?.origin;
  const line: RebuildLine = {
    id,
    environment,
    is: "new",
    things: [],
    resets: [],
    ...(origin && { slug: origin.slug, blueprint: origin.blueprint }),
    ...(version !== undefined && { schemaVersion: version }),
  };
  const conflict = (why: string, next: string): Judged => ({
    candidate,
    line: { ...line, is: "conflict", why, next },
  });
  if (registry.byId.has(id)) return { candidate, line: { ...line, is: "known" } };
  if (origin === undefined)
    return conflict("Its marks are there, and nothing says what it was made of.", fromThere);
  const against = whatSpeaksAgainst(candidate, origin, { all, registry, environment });
  if (against) return conflict(against.why, against.next);
  const { hub } = origin.chosen;
  if (hub !== undefined && !hubs.includes(hub)) {
    line.hub = hub;
    if (!take)
      return conflict(
        `Another hub made it (${hub}).`,
        "Leave it to that hub; `--take` takes it over where that one is gone, or was this one under a key that it no longer has.",
      );
  }
  try {
    const found = await lookForLost(office, {
      ...origin,
      chosen: hub === undefined ? origin.chosen : { ...origin.chosen, hub: hubs[0] ?? hub },
      kinds: new Map(Object.entries(origin.kinds)),
    });
    return looked(line, found, candidate);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return conflict(error.what, error.next);
  }
}

interface Why {
  why: string;
  next: string;
}

/** What the marks contradict each other in; anybody with access to a database may have written there. */
function whatSpeaksAgainst(
  { id, witnesses, others, project }: Candidate,
  origin: Origin,
  { all, registry, environment }: { all: readonly Candidate[]; registry: Registry; environment: string },
): Why | undefined {
  const problem = slugProblem(origin.slug);
  if (problem !== undefined) return { why: `Its slug ${problem}.`, next: fromThere };
  const differs = witnesses.find(
    (each) => each.origin.slug !== origin.slug || each.origin.blueprint !== origin.blueprint,
  );
  if (differs)
    return {
      why: `${witnesses[0]?.where} says "${origin.slug}" (${origin.blueprint}), ${differs.where} says "${differs.origin.slug}" (${differs.origin.blueprint}).`,
      next: "Look which is right, and put the other one right by hand.",
    };
  if (others.length > 0)
    return {
      why: `Several projects say that they belong to it: ${[project, ...others].join(", ")}.`,
      next: "Look which is right, and take the row ATOLL_INSTANCE_ID out of the others.",
    };
  const taken = registry.bySlug.get(origin.slug);
  if (taken !== undefined)
    return {
      why: `The slug "${origin.slug}" belongs to another instance in the registry (${taken}).`,
      next: "Destroy one of the two, at whose hub it is.",
    };
  const rival = all.find((each) => each.id !== id && each.witnesses[0]?.origin.slug === origin.slug);
  if (rival)
    return {
      why: `Another instance says that it has the slug "${origin.slug}", too (${rival.id}).`,
      next: "Look which is right, and take the row ATOLL_ORIGIN out of the other one's database.",
    };
  if (origin.environment !== environment)
    return {
      why: `It was made in the environment "${origin.environment}", and these are the accounts of "${environment}".`,
      next: `Rebuild it with ATOLL_ENVIRONMENT set to "${origin.environment}".`,
    };
  return undefined;
}

function looked(line: RebuildLine, found: FoundInstance, candidate: Candidate): Judged {
  const things = found.things.map(({ step, name, is, id, why }) => ({
    step: step.step,
    kind: step.resource.kind,
    name,
    is,
    ...(id !== undefined && { id }),
    ...(why !== undefined && { why }),
  }));
  const told = { ...line, things, state: stateOf(found), ...(found.url !== undefined && { url: found.url }) };
  const conflict = (why: string, next: string): Judged => ({
    candidate,
    line: { ...told, is: "conflict", why, next },
  });
  const foreign = things.find(({ is }) => is === "other");
  if (foreign)
    return conflict(
      `There is a ${foreign.kind} "${foreign.name}", and nothing proves that it belongs to it.`,
      "Rename or move what stands there, then rebuild again.",
    );
  if (things.every(({ is }) => is !== "ours")) return conflict("None of its things was found.", fromThere);
  const project = found.things.find(({ step }) => step.resource.kind === "supabase.project");
  const isElsewhere = candidate.project !== undefined && project?.id !== candidate.project;
  if (isElsewhere)
    return conflict(
      `The project ${candidate.project} says that it belongs to it, and the name of its project leads elsewhere.`,
      "Look which project is its own; a copy of a database carries the mark of what it was copied from.",
    );
  const resets =
    project?.is === "ours" && project.step.resource.brought === undefined
      ? ["the password of its database"]
      : [];
  return { candidate, line: { ...told, resets }, found };
}
