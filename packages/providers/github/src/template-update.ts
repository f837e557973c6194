import { Fault } from "@atoll/core/fault";
import type { Http } from "@atoll/provider-kit/http";
import { branchHead, createBranch, moveBranch, removeBranch } from "./branches.ts";
import { type Commit, commitAt, commitFiles, compareCommits } from "./commits.ts";
import { findPulls, mergePull, openPull, type Pull, pullAt, updatePull } from "./pulls.ts";
import { notedTemplate, noteOf, notePath } from "./template-base.ts";
import { lookAt, planFor, type Standing, type TemplateUpdateJob } from "./template-look.ts";
import { bodyOf, markedTemplate, short, titleOf } from "./template-words.ts";
import type { ThreeWay } from "./three-way.ts";
import { readTree } from "./trees.ts";

/** What an update does to the files, by their paths; what conflicts with why. */
export interface TemplatePlan {
  taken: string[];
  removed: string[];
  merged: string[];
  kept: string[];
  conflicting: { path: string; why: string }[];
}

/** The versions of the template, as commits: what the repository holds, and what it is to get. */
interface Versions {
  base: string;
  theirs: string;
}

/**
 * Where an update stands. `current`: the repository holds that version. `nothing`: the version brings no change here.
 * `opened`, `updated`, `unchanged`: a pull request is open. `declined`, `merged`: one for this version was closed, and
 * is not opened again; who wants a declined one after all opens it again at GitHub.
 */
export type TemplateUpdate = Versions &
  (
    | { state: "current" }
    | { state: "nothing"; plan: TemplatePlan }
    | { state: "opened" | "updated" | "unchanged"; plan: TemplatePlan; pull: Pull }
    | { state: "declined" | "merged"; pull: Pull }
  );

const branchPrefix = "atoll/template-";
const branchOf = (theirs: string) => `${branchPrefix}${short(theirs)}`;

const planOf = ({ taken, removed, merged, kept, conflicting }: ThreeWay): TemplatePlan => ({
  taken,
  removed,
  merged,
  kept,
  conflicting: conflicting.map(({ path, why }) => ({ path, why })),
});

const brings = (plan: ThreeWay) => plan.files.length > 0 || plan.conflicting.length > 0;

// The message names the hash of the files: a commit that somebody amended no longer has it.
const messageOf = (theirs: string) => (tree: string) =>
  `Bring the template's version ${short(theirs)}\n\nAtoll-Template: ${theirs}\nAtoll-Tree: ${tree}`;

const isOurs = ({ message, tree }: Commit) =>
  /^Atoll-Template: [0-9a-f]{40}$/m.test(message) && message.includes(`\nAtoll-Tree: ${tree}`);

/** What the newer version of the template would do to a repository that was made from it. Reads only. */
export async function planTemplateUpdate(
  api: Http,
  job: TemplateUpdateJob,
): Promise<Versions & { plan: TemplatePlan }> {
  const { base, theirs, head } = await lookAt(api, job);
  return { base, theirs, plan: planOf(await planFor(api, job, { base, ours: head, theirs })) };
}

/**
 * Brings a newer version of the template into a repository as a pull request that keeps the repository's own changes.
 * Safe to repeat: an open pull request is found again, and brought further when the template has moved on.
 */
export async function bringTemplateUpdate(api: Http, job: TemplateUpdateJob): Promise<TemplateUpdate> {
  const standing = await lookAt(api, job);
  const { base, theirs } = standing;
  if (base === theirs) return { base, theirs, state: "current" };
  const pulls = (await findPulls(api, job.repository)).filter(({ branch }) =>
    branch.startsWith(branchPrefix),
  );
  const open = pulls.find(({ state, body }) => state === "open" && markedTemplate(body) !== undefined);
  if (open) return { base, theirs, ...(await renew(api, job, standing, open)) };
  const closed = pulls.find((pull) => pull.state === "closed" && bringsVersion(pull, theirs));
  if (closed) return { base, theirs, state: closed.merged ? "merged" : "declined", pull: closed };
  return { base, theirs, ...(await begin(api, job, standing)) };
}

/** Merges the open pull request of an update as one commit, and removes its branch. Merged already is success. */
export async function mergeTemplateUpdate(
  api: Http,
  { repository, number }: { repository: string; number: number },
): Promise<void> {
  const pull = await pullAt(api, repository, number);
  if (!pull?.branch.startsWith(branchPrefix))
    throw new Fault("rejected", {
      what: `${repository} has no pull request ${number} that brings a version of the template.`,
      next: "Ask for the update again: it names its pull request.",
    });
  if (!pull.merged) await mergePull(api, repository, number, { sha: pull.headSha, method: "squash" });
  // What was pushed to the branch since is on no other one.
  if ((await branchHead(api, repository, pull.branch)) === pull.headSha)
    await removeBranch(api, repository, pull.branch);
}

/** What a pull request brings: as its words say, or, where people wrote others, as its branch is named. */
const bringsVersion = ({ body, branch }: Pull, theirs: string) =>
  (markedTemplate(body) ?? (branch === branchOf(theirs) ? theirs : undefined)) === theirs;

/** Commits a plan on top of others, with the note of the version. Gives the commit. */
async function commitPlan(
  api: Http,
  job: TemplateUpdateJob,
  plan: ThreeWay,
  on: { theirs: string; files: string; parents: string[] },
): Promise<string> {
  const note = Buffer.from(noteOf(job.template, on.theirs), "utf8");
  return await commitFiles(api, job.repository, {
    parents: on.parents,
    tree: on.files,
    files: [...plan.files, { path: notePath, mode: "100644", content: note }],
    message: messageOf(on.theirs),
  });
}

async function wordsOf(api: Http, job: TemplateUpdateJob, { base, theirs }: Versions, plan: ThreeWay) {
  const between = await compareCommits(api, job.template, base, theirs);
  const subjects = (between?.commits ?? []).map(({ message }) => message);
  const told = { template: job.template, base, theirs, subjects, plan };
  return { title: titleOf(told), body: await bodyOf(told) };
}

async function begin(api: Http, job: TemplateUpdateJob, { branch: target, head, base, theirs }: Standing) {
  const { repository } = job;
  const plan = await planFor(api, job, { base, ours: head, theirs });
  if (!brings(plan)) return { state: "nothing" as const, plan: planOf(plan) };
  const branch = branchOf(theirs);
  const there = await branchHead(api, repository, branch);
  if (there === undefined) {
    const sha = await commitPlan(api, job, plan, { theirs, files: head, parents: [head] });
    await createBranch(api, repository, branch, sha);
  } else if (!(await isUntouched(api, repository, head, there))) {
    throw new Fault("not-ours", {
      what: `The repository ${repository} has a branch ${branch} that was not made by this update alone.`,
      next: "Rename or remove that branch, or open a pull request from it by hand, then try again.",
    });
  } else if (!(await commitAt(api, repository, there))?.parents.includes(head)) {
    // Left by a try that was cut off, and the repository has moved on since.
    const sha = await commitPlan(api, job, plan, { theirs, files: head, parents: [there, head] });
    await moveBranch(api, repository, branch, sha);
  }
  const words = await wordsOf(api, job, { base, theirs }, plan);
  const draft = plan.conflicting.length > 0;
  const pull = await openPull(api, repository, { branch, base: target, draft, ...words });
  return { state: "opened" as const, plan: planOf(plan), pull };
}

/** True when nobody but us committed to a branch since it left the default branch. */
async function isUntouched(api: Http, repository: string, head: string, tip: string): Promise<boolean> {
  const ahead = await compareCommits(api, repository, head, tip);
  return ahead !== undefined && ahead.aheadBy === ahead.commits.length && ahead.commits.every(isOurs);
}

/** Brings an open pull request to the version, on top of what people committed to its branch. Nothing is forced. */
async function renew(api: Http, job: TemplateUpdateJob, standing: Standing, open: Pull) {
  const { repository } = job;
  const { head, base, theirs } = standing;
  const tip = open.headSha;
  const held = await notedTemplate(api, { repository, ref: tip, template: job.template });
  // What the whole update means for the repository, whatever was done on the branch: its words tell of this.
  const whole = await planFor(api, job, { base, ours: head, theirs });
  let { conflicting } = whole;
  if (held === theirs) {
    if (markedTemplate(open.body) === theirs)
      return { state: "unchanged" as const, plan: planOf(whole), pull: open };
  } else if (await isUntouched(api, repository, head, tip)) {
    const sha = await commitPlan(api, job, whole, { theirs, files: head, parents: [tip, head] });
    await moveBranch(api, repository, open.branch, sha);
  } else {
    const step = await planFor(api, job, { base: held ?? base, ours: tip, theirs });
    const sha = await commitPlan(api, job, step, { theirs, files: tip, parents: [tip] });
    await moveBranch(api, repository, open.branch, sha);
    conflicting = await unsettled(api, repository, { head, tip }, whole, step);
  }
  const told = { ...whole, conflicting };
  const words = await wordsOf(api, job, { base, theirs }, told);
  const pull = await updatePull(api, repository, open.number, words);
  return { state: "updated" as const, plan: planOf(told), pull };
}

/** Conflicts that are left on a branch with people's commits: the new ones, and the old ones that nobody touched. */
async function unsettled(
  api: Http,
  repository: string,
  at: { head: string; tip: string },
  whole: ThreeWay,
  step: ThreeWay,
) {
  const [here, there] = [await readTree(api, repository, at.head), await readTree(api, repository, at.tip)];
  const fresh = new Set(step.conflicting.map(({ path }) => path));
  const old = whole.conflicting.filter(
    ({ path }) => !fresh.has(path) && here.get(path)?.sha === there.get(path)?.sha,
  );
  return [...step.conflicting, ...old];
}
