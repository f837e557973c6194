import { Fault } from "@atoll/core/fault";
import type { Look, Situation, Task } from "@atoll/core/operation";
import type { Deployed } from "@atoll/provider-kit/deployments";
import type { SitePlace } from "../domains/place.ts";
import type { Store } from "../store/store.ts";
import type { DeployAsked } from "./asked.ts";
import { chooseDeployment } from "./choose.ts";
import { keptOf, pin, pinOf, unpin } from "./pins.ts";

/** What every task of a deployment works with. */
export interface DeployJob {
  store: Store;
  place: SitePlace;
  at: Situation;
  asked: DeployAsked;
  /** What looks of this tick noted, by task. */
  fresh: Map<string, unknown>;
}

/** Noted before anything is done: what visitors got, and which deployment is meant. */
interface Moving {
  /** What visitors got; null = nothing. */
  from: string | null;
  to: string;
  /** The deployment that was kept by an operator before; null = none was. */
  kept: string | null;
  isNewest: boolean;
  acted?: true;
}

/** Of a new build, too: the one that it is of, and when the newest before it was made. */
interface Building extends Moving {
  of: string;
  before: number;
  /** Visitors got an earlier one, so that the new one does not come to them by itself. */
  isBehind: boolean;
  id?: string;
}

/** Of this very tick, too: what a look has just found is not among the notes yet when its act reads them. */
const noted = <T>({ at, fresh }: DeployJob, step: string) =>
  (fresh.get(step) ?? at.notes.get(step)) as T | undefined; // each reads what it wrote

function keep<T>({ fresh }: DeployJob, step: string, note: T): T {
  fresh.set(step, note);
  return note;
}

const head = ({ place }: DeployJob) => ({
  kind: place.kind.replace(/\.[^.]*$/, ".deployment"),
  name: place.slug,
});

/** A deployment in a sentence: "abc1234 of 2026-11-30 09:00". */
function shown({ commit, createdAt, id }: Deployed): string {
  const at = new Date(createdAt).toISOString().slice(0, 16).replace("T", " ");
  return `${commit?.slice(0, 7) ?? id} of ${at} UTC`;
}

async function mustBeThere({ place }: DeployJob, id: string): Promise<Deployed> {
  const found = await place.host.deployments.one(place.siteId, id);
  if (found !== undefined) return found;
  throw new Fault("rejected", {
    what: `The site does not have the deployment ${id} any more.`,
    next: "Choose one of the deployments that are listed.",
    field: "deployment",
  });
}

/** Gives visitors an earlier one, which stays although there are newer ones. */
async function keepAt({ store, place: { siteId, host }, at }: DeployJob, id: string): Promise<void> {
  await host.deployments.rollBack(siteId, id);
  await pin(store, { siteId, instanceId: at.instance.id, deploymentId: id, runId: at.runId });
}

/** Gives visitors what they got before, and has newer ones wait or follow as before. */
async function giveBack(job: DeployJob, { from, kept }: Moving): Promise<void> {
  if (from === null) return;
  if (kept === from) await keepAt(job, from);
  else await job.place.host.deployments.promote(job.place.siteId, from);
}

// --- rollback, promote

/** Gives visitors another deployment, without building. */
export function moveTask(job: DeployJob): Task {
  const { store, place, asked } = job;
  const { deployments, name: host } = place.host;
  const step = "deployment";
  return {
    step,
    ...head(job),
    needs: [],
    async look(): Promise<Look> {
      const was = noted<Moving>(job, step);
      if (was === undefined) {
        const { from, to, isNewest } = chooseDeployment(await deployments.list(place.siteId), asked);
        const kept = (await keptOf(store, place.siteId)) ?? null;
        const note: Moving = keep(job, step, { from: from?.id ?? null, to: to.id, kept, isNewest });
        if (from?.id === to.id) return { is: "done", note };
        const now = from === undefined ? "" : ` instead of ${shown(from)}`;
        return { is: "todo", does: "update", says: `gives visitors ${shown(to)}${now}`, note };
      }
      const to = await mustBeThere(job, was.to);
      if (to.isCurrent) return { is: "done" };
      if (was.acted) return { is: "wait", why: `${host} is pointing the site to it`, retryInMs: 1_000 };
      return { is: "todo", does: "update", says: `gives visitors ${shown(to)}`, note: was };
    },
    async act() {
      const was = noted<Moving>(job, step);
      const to = was?.to ?? chooseDeployment(await deployments.list(place.siteId), asked).to.id;
      if (asked.do === "rollback") await deployments.rollBack(place.siteId, to);
      else await deployments.promote(place.siteId, to);
      return { ...was, acted: true };
    },
    async undo() {
      const was = noted<Moving>(job, step);
      if (was !== undefined && was.from !== was.to) await giveBack(job, was);
    },
  };
}

// --- redeploy

/** Builds a deployment anew, and waits until it is built. */
export function buildTask(job: DeployJob): Task {
  const { store, place, at, asked } = job;
  const { deployments, name: host } = place.host;
  const step = "build";

  /** The one that this run began, also where the answer to its beginning was lost. */
  async function begun(was: Building): Promise<Deployed | undefined> {
    if (was.id !== undefined) return mustBeThere(job, was.id);
    return (await deployments.list(place.siteId)).find(({ createdAt }) => createdAt > was.before);
  }

  return {
    step,
    ...head(job),
    needs: [],
    settleWithinMs: 35 * 60_000, // Netlify ends a build after 30 minutes at most, and Vercel after 45
    async look(): Promise<Look> {
      const was = noted<Building>(job, step);
      if (was === undefined) {
        const list = await deployments.list(place.siteId);
        const { from, to } = chooseDeployment(list, asked);
        const newest = list.find(({ state }) => state === "ready");
        const note: Building = keep<Building>(job, step, {
          of: to.id,
          from: from?.id ?? null,
          to: "",
          kept: (await keptOf(store, place.siteId)) ?? null,
          isNewest: true,
          before: Math.max(0, ...list.map(({ createdAt }) => createdAt)),
          isBehind: newest !== undefined && from !== undefined && newest.id !== from.id,
        });
        return { is: "todo", does: "create", says: `builds ${shown(to)} anew`, note };
      }
      const made = await begun(was);
      if (made === undefined) return { is: "todo", does: "create", says: "builds it anew", note: was };
      if (made.state === "building") return { is: "wait", why: `${host} is building it`, retryInMs: 3_000 };
      if (made.state === "ready") return { is: "done", note: { ...was, id: made.id, to: made.id } };
      throw new Fault("rejected", {
        what: `The build ended as ${made.state}; visitors still get what they got before.`,
        next: `Look at its log at ${host}, mend what it names, then redeploy.`,
      });
    },
    async act() {
      const was = noted<Building>(job, step);
      const of = was?.of ?? chooseDeployment(await deployments.list(place.siteId), asked).to.id;
      const id = await deployments.redeploy(place.siteId, of);
      return { ...was, id, to: id };
    },
    /** What was built stays in the list; visitors get what they got before, and what is pushed next comes to them. */
    async undo() {
      const was = noted<Building>(job, step);
      const made = was && (await begun(was).catch(() => undefined));
      if (!was?.from || made?.state !== "ready") return;
      if (was.kept === was.from) return keepAt(job, was.from);
      // Somebody went back at the host itself: newer ones waited, and go on waiting.
      if (was.isBehind) return deployments.rollBack(place.siteId, was.from);
      await deployments.promote(place.siteId, was.from);
      await pin(store, {
        siteId: place.siteId,
        instanceId: at.instance.id,
        deploymentId: was.from,
        runId: at.runId,
        untilNewerThan: made.id,
      });
    },
    did: "created",
  };
}

/** Waits until visitors get what was built; where an earlier one was kept, it is promoted. */
export function publishTask(job: DeployJob): Task {
  const { place } = job;
  const { deployments, name: host } = place.host;
  return {
    step: "published",
    ...head(job),
    needs: ["build"],
    async look(): Promise<Look> {
      const built = noted<Building>(job, "build");
      // Of a plan: nothing is built yet.
      if (built?.id === undefined)
        return { is: "todo", does: "update", says: "gives visitors what was built" };
      const made = await mustBeThere(job, built.id);
      if (made.isCurrent) return { is: "done" };
      const acted = noted<object>(job, "published") !== undefined;
      if (acted || (built.kept === null && !built.isBehind))
        return { is: "wait", why: `${host} is pointing the site to it`, retryInMs: 1_000 };
      return { is: "todo", does: "update", says: `gives visitors ${shown(made)}` };
    },
    async act() {
      await deployments.promote(place.siteId, noted<Building>(job, "build")?.id ?? "");
      return { acted: true };
    },
  };
}

// --- all

/** Asks the site itself: what does not answer in the instance's name does not count. */
export function answersTask({ at, place }: DeployJob, needs: readonly string[]): Task {
  return {
    step: "answers",
    kind: "site",
    name: place.url ?? place.slug,
    needs,
    settleWithinMs: 120_000,
    async look(): Promise<Look> {
      const problems = await silenceOf(at);
      const [first] = problems;
      if (first === undefined) return { is: "done" };
      return { is: "wait", why: first, retryInMs: 1_000 };
    },
    act: async () => undefined,
  };
}

/** What is wrong with the site, in plain words; empty = it answers in the instance's name. */
async function silenceOf({ steps, things }: Pick<Situation, "steps" | "things">): Promise<string[]> {
  for (const step of steps) {
    const thing = things.get(step.step);
    if (step.does !== "resource" || thing === undefined || !thing.kind.endsWith(".deployment")) continue;
    return (await step.resource.probe?.(thing.attrs)) ?? [];
  }
  return [];
}

/** Has an earlier deployment stay although there are newer ones, or newer ones follow again: what is no drift then. */
export function keepTask(job: DeployJob): Task {
  const { store, place, at, asked } = job;
  const from = asked.do === "redeploy" ? "build" : "deployment";
  const wanted = () => {
    const moved = noted<Moving>(job, from);
    return moved === undefined || moved.isNewest ? undefined : moved.to;
  };
  const { siteId } = place;
  return {
    step: "kept",
    kind: "site",
    name: place.slug,
    needs: ["answers"],
    async look(): Promise<Look> {
      const want = wanted();
      const now = await pinOf(store, siteId);
      if (now?.untilNewerThan === undefined && now?.deploymentId === want) return { is: "done" };
      return {
        is: "todo",
        does: "update",
        says:
          want === undefined
            ? "has newer deployments follow by themselves again"
            : "has newer deployments wait until one is promoted",
      };
    },
    async act() {
      const want = wanted();
      if (want === undefined) await unpin(store, siteId);
      else await pin(store, { siteId, instanceId: at.instance.id, deploymentId: want, runId: at.runId });
    },
    async undo() {
      const kept = noted<Moving>(job, from)?.kept;
      if (kept) await pin(store, { siteId, instanceId: at.instance.id, deploymentId: kept, runId: at.runId });
      else await unpin(store, siteId);
    },
  };
}
