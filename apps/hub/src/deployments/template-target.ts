import type { FaultReport } from "@atoll/core/event";
import { Fault } from "@atoll/core/fault";
import type { InstanceState } from "@atoll/core/states";
import type { Deployments } from "@atoll/provider-kit/deployments";
import { reportOf } from "../schema/states.ts";
import type { TemplateOptions } from "../store/tables.ts";
import type { Template } from "./template.ts";
import type { TemplateOutcome, TemplateTargetRow } from "./template-store.ts";

/** What a look at one instance works with. */
export interface TargetDesk {
  template: Template;
  /** The version to bring. */
  commit: string;
  options: TemplateOptions;
  /** How much faster than the clock waits pass; 1 but in trials. */
  timeScale: number;
  /** Where its things are; asked for when they are needed. */
  place(slug: string): Promise<TargetPlace>;
}

/** An instance's repository and site. */
interface TargetPlace {
  /** `owner/repo`; undefined = it has none of ours. */
  repository: string | undefined;
  siteId: string;
  deployments: Deployments;
  /** The deployment that an operator went back to. */
  kept: string | undefined;
  /** What is wrong with the site, in plain words; empty = it answers. */
  problems(): Promise<string[]>;
}

const soonMs = 2_000; // something of a machine's is under way
const laterMs = 15_000; // a person is waited for
const firstRetryMs = 1_000;

// Both hosts begin within seconds; one that queues builds does within minutes.
const beginsWithinMs = 15 * 60_000;
const buildsWithinMs = 60 * 60_000; // Vercel ends a build after 45 minutes at most, Netlify after 30
const pointsWithinMs = 10 * 60_000;

const standing: Partial<Record<InstanceState, string>> = {
  removing: "The instance is being removed.",
  removed: "The instance was removed.",
  provisioning: "The instance is being made: it gets the newest version.",
  paused: "The instance is paused.",
  archived: "The instance is archived.",
  failed: "The instance's last run failed.",
};

const fault = (what: string, next: string): FaultReport => ({ kind: "rejected", what, next });

/**
 * Brings one instance a step further; whatever happens is an outcome, and looking again does nothing twice. What a
 * machine was to do and has not done in its time is a failure; a person is waited for without end.
 */
export async function bringFurther(row: TemplateTargetRow, desk: TargetDesk): Promise<TemplateOutcome> {
  const outcome = await further(row, desk);
  if (outcome.is !== "waiting" || outcome.limit === undefined || outcome.said !== row.said) return outcome;
  const { limit, inMs: _, isTry: __, ...rest } = outcome;
  if (row.waited_ms * desk.timeScale < limit.ms) return outcome;
  return { ...rest, is: "failed", fault: limit.fault };
}

async function further(row: TemplateTargetRow, desk: TargetDesk): Promise<TemplateOutcome> {
  const left = standing[row.instance_state];
  if (left !== undefined)
    return {
      is: "left-behind",
      said: "was left behind",
      fault: fault(left, "Resume the update when it is live: what was left behind is tried again."),
    };
  try {
    const place = await desk.place(row.slug);
    const { repository } = place;
    if (repository === undefined)
      return {
        is: "left-behind",
        said: "was left behind",
        fault: fault(
          "Its repository was not made from the template.",
          "Bring changes there by hand: it is the client's own.",
        ),
      };
    if (row.merged !== null) return await followDeployment(row.merged, place);
    if (row.pull_number !== null) return await followPull(row, row.pull_number, repository, place, desk);
    return await begin(row, repository, place, desk);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const report = reportOf(error);
    const mayPass = error.kind === "try-again" || error.kind === "outcome-unknown";
    if (mayPass && row.attempts + 1 < desk.options.attempts)
      return {
        is: "waiting",
        said: "is tried again",
        fault: report,
        inMs: firstRetryMs * 2 ** row.attempts,
        isTry: true,
      };
    return { is: "failed", said: "failed", fault: report };
  }
}

async function begin(
  row: TemplateTargetRow,
  repository: string,
  place: TargetPlace,
  desk: TargetDesk,
): Promise<TemplateOutcome> {
  const update = await desk.template.bring({ repository, commit: desk.commit });
  const facts = { repository, base: update.base };
  if (update.state === "current") return { is: "done", said: "holds that version", ...facts };
  if (update.state === "nothing") return { is: "done", said: "the version changes nothing here", ...facts };
  const { pull } = update;
  const asked = { ...facts, pull_number: pull.number, pull_url: pull.url };
  if (!("plan" in update))
    return {
      ...(update.state === "declined" ? declined() : await afterMerge(pull.mergeCommit, place)),
      ...asked,
    };
  const { conflicting } = update.plan;
  const next = await followPull({ ...row, conflicts: conflicting }, pull.number, repository, place, desk);
  return { ...next, ...asked, conflicts: conflicting };
}

const declined = (): TemplateOutcome => ({
  is: "left-behind",
  said: "its pull request was closed without merging",
  fault: fault(
    "Its pull request was declined.",
    "Open it again at GitHub and resume the update, if the version is wanted there after all.",
  ),
});

/** Looks at an open pull request, and merges it where that is asked for and nothing stands in the way. */
async function followPull(
  row: TemplateTargetRow,
  number: number,
  repository: string,
  place: TargetPlace,
  desk: TargetDesk,
): Promise<TemplateOutcome> {
  const pull = await desk.template.pull(repository, number);
  if (pull === undefined)
    return {
      is: "left-behind",
      said: "its pull request is gone",
      fault: fault(
        "Its pull request cannot be found any more.",
        "Look whether its repository was exchanged; then begin a new update of the template.",
      ),
    };
  if (pull.merged) return afterMerge(pull.mergeCommit, place);
  if (pull.state === "closed") return declined();
  const forPerson = (said: string): TemplateOutcome => ({ is: "waiting", said, inMs: laterMs });
  const { conflicts } = row;
  if (conflicts.length > 0)
    return forPerson(
      `waits for a person: ${conflicts.length === 1 ? "one file conflicts" : `${conflicts.length} files conflict`}`,
    );
  if (!desk.options.merge) return forPerson("waits for its pull request to be merged");
  if (pull.draft) return forPerson("waits for a person: its pull request is a draft");
  if (pull.mergeable === undefined)
    return { is: "waiting", said: "GitHub looks whether it can be merged", inMs: soonMs };
  if (!pull.mergeable) return forPerson("waits for a person: it conflicts with what was committed meanwhile");
  const preview = await place.deployments.preview(place.siteId, pull.headSha);
  if (preview === undefined)
    return machine(
      "waits for its preview",
      beginsWithinMs,
      "The host built no preview of its pull request: nothing was merged.",
      place.deployments.previewsNeed ?? "See at the host that previews of branches are on for its site.",
    );
  if (preview.state === "building")
    return machine(
      "its preview is being built",
      buildsWithinMs,
      "The preview of its pull request was not built in time: nothing was merged.",
      "Look at its log at the host.",
    );
  if (preview.state !== "ready")
    return {
      is: "failed",
      said: "its preview did not build",
      fault: fault(
        `The preview of its pull request ended as ${preview.state}: nothing was merged.`,
        "Look at its log at the host, mend it on the branch, then resume the update.",
      ),
    };
  await desk.template.merge(repository, number);
  return afterMerge((await desk.template.pull(repository, number))?.mergeCommit, place);
}

/** Waits for something of a machine's, which has its time. */
function machine(said: string, withinMs: number, what: string, next: string): TemplateOutcome {
  const late = fault(what, `${next} Then resume the update.`);
  return { is: "waiting", said, inMs: soonMs, limit: { ms: withinMs, fault: late } };
}

/** `merged` = what it became on the branch: what was pushed since is somebody else's doing. */
async function afterMerge(merged: string | undefined, place: TargetPlace): Promise<TemplateOutcome> {
  if (merged === undefined) return { is: "waiting", said: "was merged", inMs: soonMs };
  return { ...(await followDeployment(merged, place)), merged };
}

/** Waits until visitors get what was merged, and the site answers. */
async function followDeployment(merged: string, place: TargetPlace): Promise<TemplateOutcome> {
  const { deployments, siteId, kept } = place;
  const list = await deployments.list(siteId);
  const mine = list.find(({ commit }) => commit === merged);
  if (mine === undefined)
    return machine(
      "was merged; waits for its deployment",
      beginsWithinMs,
      "The host began no deployment of what was merged; visitors still get what they got before.",
      "See at the host that pushes to its repository are built.",
    );
  // Somebody pushed since, and its host went on to that, or never finished this one.
  const isOvertaken = list.some(({ isCurrent, createdAt }) => isCurrent && createdAt > mine.createdAt);
  if (isOvertaken) return answering(place, "is live, with what came after it");
  if (mine.state === "building")
    return machine(
      "was merged; is being deployed",
      buildsWithinMs,
      "What was merged was not built in time; visitors still get what they got before.",
      "Look at its log at the host.",
    );
  if (mine.state !== "ready")
    return {
      is: "failed",
      said: "was merged and did not build",
      fault: fault(
        `The deployment of what was merged ended as ${mine.state}; visitors still get what they got before.`,
        "Look at its log at the host, mend what it names, redeploy, then resume the update.",
      ),
    };
  if (!mine.isCurrent) {
    if (kept !== undefined) return { is: "done", said: "is ready; an earlier deployment is kept" };
    return machine(
      "was merged; the host is pointing the site to it",
      pointsWithinMs,
      "What was merged is built, and visitors still get another deployment.",
      "Promote it: `atoll deploy promote`.",
    );
  }
  return answering(place, "is live");
}

async function answering(place: TargetPlace, said: string): Promise<TemplateOutcome> {
  const [problem] = await place.problems();
  if (problem === undefined) return { is: "done", said };
  return {
    is: "failed",
    said: "does not answer",
    fault: fault(problem, "Roll the instance back, or mend what is wrong, then resume the update."),
  };
}
