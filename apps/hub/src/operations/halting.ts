import type { ResourceStep } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { Look, Operation, Situation, Task, Thing } from "@atoll/core/operation";
import type { Halting } from "@atoll/core/resource";
import type { InstanceState } from "@atoll/core/states";
import type { LaterDesk } from "./desk.ts";

interface Halts {
  step: ResourceStep;
  thing: Thing;
  halting: Halting;
}

/** What visitors meet: halted first and set going last, so that nobody meets half an application. */
const isSite = ({ kind }: Thing) => kind === "vercel.project" || kind === "netlify.site";

/**
 * The things of an instance that can be halted, in the order in which they are set going: the blueprint's, the site
 * last. What a client brought is left going.
 */
function haltsOf({ steps, things }: Situation): Halts[] {
  const all = steps.flatMap((step) => {
    const thing = things.get(step.step);
    if (step.does !== "resource" || thing === undefined || thing.brought) return [];
    const { halting } = step.resource;
    return halting === undefined ? [] : [{ step, thing, halting }];
  });
  return [...all.filter(({ thing }) => !isSite(thing)), ...all.filter(({ thing }) => isSite(thing))];
}

/**
 * Holds the data. It stays reachable for exports, members and backups unless somebody asks for it: a paused project
 * takes minutes to come back, and what is paused for very long may not come back at all.
 */
const holdsData = (each: Halts) => each.thing.kind === "supabase.project";

/** What is noted of a thing when an instance is paused: what resuming goes by. */
interface Was {
  was: "going" | "halted" | "refused";
}

/** Each brings all that can be halted to one end: what another one left halfway is in nobody's way then. */
const haltings = ["pause", "resume"] as const;

/** What a pause was asked for. */
interface PauseInput {
  /** Pause the database too, where the provider's plan has that. */
  database: boolean;
}

function pauseInput(given: unknown): PauseInput {
  const { database = false } = Object(given) as { database?: unknown };
  if (typeof database === "boolean") return { database };
  throw new Fault("rejected", {
    what: "Whether the database is paused too is neither true nor false.",
    next: "Send `database` as true or false, or leave it out.",
    field: "database",
  });
}

/**
 * Halts everything of an instance that can be halted: the site first, so that nobody meets half an application, then
 * what works behind it. Data, sign-ins and addresses stay. From `failed` too: what failed may have to be stopped.
 */
export function pause(desk: LaterDesk): Operation {
  return {
    kind: "pause",
    from: ["live", "failed"],
    to: "paused",
    settles: haltings,
    input: pauseInput,
    async tasks(at) {
      const { database } = at.input as PauseInput; // as `pauseInput` gave it
      const before = await openPause(desk, at);
      if (!at.wasLive)
        throw new Fault("rejected", {
          what: `"${at.instance.slug}" was never live: there is nothing to pause.`,
          next: `\`atoll up ${at.instance.slug}\` makes it.`,
          field: "slug",
        });
      const halts = haltsOf(at)
        .filter((each) => database || !holdsData(each))
        .toReversed();
      return halts.map((each, index) =>
        haltTask(at, each, {
          needs: index === 0 ? [] : [nameOf(halts[index - 1])],
          was: before?.was.get(nameOf(each))?.was,
        }),
      );
    },
  };
}

const nameOf = (each: Halts | undefined) => each?.step.step ?? "";

/** `was` = what a pause that nobody resumed found: halted since then is not halted before. */
function haltTask(
  at: Situation,
  { step, thing, halting }: Halts,
  { needs, was }: { needs: string[]; was: Was["was"] | undefined },
): Task {
  const noted = () => at.notes.get(step.step) as Was | undefined; // written by `look` below
  return {
    step: step.step,
    kind: thing.kind,
    name: thing.name,
    needs,
    async look(): Promise<Look> {
      const seen = await halting.observe(thing.id);
      // What stood still before stays so when the instance is resumed.
      if (seen.is === "halted") return { is: "done", note: noted() ?? { was: was ?? "halted" } };
      if (seen.is === "refused")
        return { is: "done", note: { was: "refused", why: seen.why }, says: `left going: ${seen.why}` };
      if (seen.is === "settling") return { is: "wait", why: seen.why, retryInMs: seen.retryInMs };
      return { is: "todo", does: "update", says: "halts it", note: { was: "going" } };
    },
    act: async () => halting.halt(thing.id),
    async undo() {
      // It was going, or nothing would have been begun.
      if ((await settled(thing, halting)) !== "halted") return;
      await halting.resume(thing.id);
      await settled(thing, halting);
    },
  };
}

/**
 * How it stands once it is on its way no longer: providers refuse to turn round halfway, and what is on its way back is
 * not back yet. The fault has whoever takes back try again.
 */
async function settled(thing: Thing, halting: Halting): Promise<"going" | "halted" | "refused"> {
  const seen = await halting.observe(thing.id);
  if (seen.is !== "settling") return seen.is;
  throw new Fault("try-again", {
    what: `The ${thing.kind} "${thing.name}" is on its way: ${seen.why}.`,
    next: "Nothing: it is waited for.",
    retryInMs: seen.retryInMs,
  });
}

/** Task of a resume that comes first: is there anything to resume? */
const pausedFirst = "paused";

/**
 * Sets going again what the last pause halted, and nothing that stood still before it. From `failed` it ends a pause,
 * or a resume, that was left halfway; from `live` it ends what a repair found halted.
 */
export function resume(desk: LaterDesk): Operation {
  return {
    kind: "resume",
    from: ["paused", "failed", "live"],
    // What was paused while it had failed is as failed as before.
    to: async (at) => ((await openPause(desk, at))?.cameFrom === "failed" ? "failed" : "live"),
    settles: haltings,
    input: () => ({}),
    async tasks(at) {
      const paused = await openPause(desk, at);
      const halts = haltsOf(at).filter((each) => paused?.was.get(nameOf(each))?.was !== "halted");
      return [
        mustBePaused(desk, at),
        ...halts.map((each, index) =>
          resumeTask(each, [index === 0 ? pausedFirst : nameOf(halts[index - 1])]),
        ),
      ];
    },
  };
}

/** An instance that failed in another way is none that a resume would make live. */
function mustBePaused(desk: LaterDesk, at: Situation): Task {
  const { instance, state, runId } = at;
  const isLeft = async () => {
    if ((await openPause(desk, at)) === undefined) return false;
    if (state !== "failed") return true;
    const last = await (await desk).store
      .selectFrom("runs")
      .select("kind")
      .where("instance_id", "=", instance.id)
      .where("id", "<>", runId)
      // Others leave an instance in its state: they say nothing of how it came to fail.
      .where("kind", "in", ["provision", "update", "repair", "destroy", "archive", "pause", "resume"])
      .orderBy("number", "desc")
      .executeTakeFirst();
    return last?.kind === "pause" || last?.kind === "resume";
  };
  return {
    step: pausedFirst,
    kind: "pause",
    name: instance.slug,
    needs: [],
    async look(): Promise<Look> {
      if (state === "paused" || (await isLeft())) return { is: "done" };
      throw new Fault("rejected", {
        what: `"${instance.slug}" is ${state}, and not in the middle of a pause: there is nothing to resume.`,
        next: state === "failed" ? "Repair it." : "Nothing: it goes on already.",
        field: "slug",
      });
    },
    act: async () => undefined,
  };
}

function resumeTask({ step, thing, halting }: Halts, needs: string[]): Task {
  return {
    step: step.step,
    kind: thing.kind,
    name: thing.name,
    needs,
    async look(): Promise<Look> {
      const seen = await halting.observe(thing.id);
      if (seen.is === "going" || seen.is === "refused") return { is: "done" };
      if (seen.is === "settling") return { is: "wait", why: seen.why, retryInMs: seen.retryInMs };
      return { is: "todo", does: "update", says: "sets it going" };
    },
    act: async () => halting.resume(thing.id),
    async undo() {
      if ((await settled(thing, halting)) !== "going") return;
      await halting.halt(thing.id);
      await settled(thing, halting);
    },
    settleWithinMs: 900_000, // a project that was paused for long takes minutes to come back
  };
}

interface OpenPause {
  was: ReadonlyMap<string, Was>;
  /** State of the instance when it was asked for. */
  cameFrom: InstanceState | null;
}

/**
 * What the last pause found, by step, unless a resume ended it. One that was left halfway says it of what it came to;
 * one that was taken back counts for nothing.
 */
async function openPause(
  desk: LaterDesk,
  at: Pick<Situation, "instance" | "runId">,
): Promise<OpenPause | undefined> {
  const { store } = await desk;
  const last = await store
    .selectFrom("runs")
    .select(["id", "kind", "came_from"])
    .where("instance_id", "=", at.instance.id)
    .where("id", "<>", at.runId)
    .where((where) =>
      where.or([
        where.and([where("kind", "=", "pause"), where("state", "in", ["succeeded", "failed"])]),
        where.and([where("kind", "=", "resume"), where("state", "=", "succeeded")]),
      ]),
    )
    .orderBy("number", "desc")
    .executeTakeFirst();
  if (last?.kind !== "pause") return undefined;
  const steps = await store
    .selectFrom("run_steps")
    .select(["step", "note"])
    .where("run_id", "=", last.id)
    .execute();
  // Written by `haltTask`.
  const was = new Map(
    steps.flatMap(({ step, note }) => (note === null ? [] : [[step, note as Was] as const])),
  );
  return { was, cameFrom: last.came_from };
}
