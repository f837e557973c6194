import type { ResourceStep } from "@atoll/core/blueprint";
import type { Look, Operation, Situation, Task, Thing } from "@atoll/core/operation";
import type { Halting } from "@atoll/core/resource";
import type { LaterDesk } from "./desk.ts";

interface Halts {
  step: ResourceStep;
  thing: Thing;
  halting: Halting;
}

/** The things of an instance that can be halted, in the blueprint's order. What a client brought is left going. */
function haltsOf({ steps, things }: Situation): Halts[] {
  return steps.flatMap((step) => {
    const thing = things.get(step.step);
    if (step.does !== "resource" || thing === undefined || thing.brought) return [];
    const { halting } = step.resource;
    return halting === undefined ? [] : [{ step, thing, halting }];
  });
}

/** What is noted of a thing when an instance is paused: what resuming goes by. */
interface Was {
  was: "going" | "halted" | "refused";
}

/**
 * Halts everything of an instance that can be halted: the site first, so that nobody meets half an application, then
 * what works behind it. Data, sign-ins and addresses stay.
 */
export function pause(): Operation {
  return {
    kind: "pause",
    from: ["live", "failed"],
    to: "paused",
    input: () => ({}),
    async tasks(at) {
      const halts = haltsOf(at).toReversed();
      return halts.map((each, index) => haltTask(at, each, index === 0 ? [] : [nameOf(halts[index - 1])]));
    },
  };
}

const nameOf = (each: Halts | undefined) => each?.step.step ?? "";

function haltTask(at: Situation, { step, thing, halting }: Halts, needs: string[]): Task {
  const noted = () => at.notes.get(step.step) as Was | undefined; // written by `look` and `act` below
  return {
    step: step.step,
    kind: thing.kind,
    name: thing.name,
    needs,
    async look(): Promise<Look> {
      const seen = await halting.observe(thing.id);
      // What stood still before stays so when the instance is resumed.
      if (seen.is === "halted") return { is: "done", note: noted() ?? { was: "halted" } };
      if (seen.is === "refused") return { is: "done", note: { was: "refused", why: seen.why } };
      if (seen.is === "settling") return { is: "wait", why: seen.why, retryInMs: seen.retryInMs };
      return { is: "todo", does: "update", says: "halts it" };
    },
    async act() {
      await halting.halt(thing.id);
      return { was: "going" };
    },
    async undo() {
      // Begun and not noted is going or halted by us: it was going, or nothing would have been begun.
      if ((await halting.observe(thing.id)).is !== "going") await halting.resume(thing.id);
    },
  };
}

/** Sets going again what the last pause halted, and nothing that stood still before it. */
export function resume(desk: LaterDesk): Operation {
  return {
    kind: "resume",
    from: ["paused", "failed"],
    to: "live",
    input: () => ({}),
    async tasks(at) {
      const stood = await stoodBefore(desk, at.instance.id);
      const halts = haltsOf(at).filter((each) => !stood.has(nameOf(each)));
      return halts.map((each, index) => resumeTask(each, index === 0 ? [] : [nameOf(halts[index - 1])]));
    },
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
      if ((await halting.observe(thing.id)).is === "going") await halting.halt(thing.id);
    },
    settleWithinMs: 900_000, // a project that was paused for long takes minutes to come back
  };
}

/** Steps that stood still already when the instance was paused last. */
async function stoodBefore(desk: LaterDesk, instanceId: string): Promise<Set<string>> {
  const { store } = await desk;
  const last = await store
    .selectFrom("runs")
    .select("id")
    .where("instance_id", "=", instanceId)
    .where("kind", "=", "pause")
    .where("state", "=", "succeeded")
    .orderBy("number", "desc")
    .executeTakeFirst();
  if (last === undefined) return new Set();
  const steps = await store
    .selectFrom("run_steps")
    .select(["step", "note"])
    .where("run_id", "=", last.id)
    .execute();
  return new Set(steps.filter(({ note }) => (note as Was | null)?.was === "halted").map(({ step }) => step));
}
