import type { ArchivePolicy } from "@atoll/contract/schemas/settings";
import type { ResourceStep, Step } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { Look, Operation, Situation, Task } from "@atoll/core/operation";
import { type RemovalItem, removalPlan } from "@atoll/engine/removal-plan";
import { lacksContents } from "../backups/files.ts";
import { backupTasks } from "../backups/make.ts";
import { openBackup } from "../backups/open-backup.ts";
import { findBackup } from "../backups/rows.ts";
import { readSettings } from "../store/settings.ts";
import { archivePolicyOf, providerOf } from "./archive-policy.ts";
import type { LaterDesk, OperationDesk } from "./desk.ts";
import { exportTasks } from "./export.ts";
import { lastVerifiedBackup } from "./verified-backup.ts";

interface ArchiveInput {
  /** Go on without a verified backup: what is removed is gone for good. */
  withoutBackup: boolean;
}

function archiveInput(given: unknown): ArchiveInput {
  const { withoutBackup = false } = Object(given) as { withoutBackup?: unknown };
  if (typeof withoutBackup === "boolean") return { withoutBackup };
  throw new Fault("rejected", {
    what: "Whether to archive without a backup is neither true nor false.",
    next: "Send `withoutBackup` as true or false, or leave it out.",
    field: "withoutBackup",
  });
}

/**
 * Puts an instance away: after a verified backup and an export its things are removed, retired or kept, as the hub's settings say by
 * kind. The record and the slug stay; a repair makes the things anew. What was removed stays removed: one that fails on
 * the way is retried or repaired, not taken back.
 */
export function archive(desk: LaterDesk): Operation {
  return {
    kind: "archive",
    from: ["live", "paused", "failed"],
    to: "archived",
    oneWay: true,
    input: archiveInput,
    async tasks(at) {
      const { value: settings } = await readSettings((await desk).store);
      const fates = fatesOf(at, (kind) => archivePolicyOf(settings, kind));
      const going = [...fates].filter(([, fate]) => fate.policy === "remove").map(([step]) => step);
      const order = removalPlan({ steps: withHomes(at.steps) }, new Set(going));
      const removed = order.filter(({ does }) => does === "remove" || does === "check");
      const filesGo = removed.some(({ step }) => fates.get(step)?.step.resource.kind === "supabase.project");
      const first = backupTask(desk, at, filesGo);
      const { withoutBackup } = at.input as ArchiveInput; // as `archiveInput` gave it
      // Once it was verified its things may be gone already, the database among them: it is not made again.
      const saved =
        withoutBackup || at.notes.has(first.step)
          ? []
          : [
              stillTask(at),
              ...backupTasks({ desk: await desk, at, why: "asked", stem: backupStem, needs: [stillStep] }),
            ];
      const { exporting } = await desk;
      // For whoever wants the data without Atoll: a backup opens at its own hub only.
      const exported =
        withoutBackup || exporting.archivedKeepMs === 0
          ? []
          : exportTasks({
              desk: await desk,
              at,
              form: "archive",
              sql: false,
              why: "archived",
              keepMs: exporting.archivedKeepMs,
              stem: "export-",
              needs: [first.step],
            });
      const last = exported.at(-1)?.step ?? first.step;
      // Put away last: until everything else went well, the repository can be worked on.
      const retired = [...fates].filter(([, fate]) => fate.policy === "retire");
      return [
        ...saved,
        first,
        ...exported,
        ...removed.map((item) => removeTask(at, item, last)),
        ...retired.map(([, { step }]) => retireTask(at, step, [last, ...removed.map((each) => each.step)])),
      ];
    },
  };
}

/**
 * The steps, with what ends with another thing needing that thing alone: a deployment goes with its site, though the
 * repository that it needs too may stay. Both are at one provider; what has nothing there goes with all that it needs.
 */
function withHomes(steps: readonly Step[]): Step[] {
  const named = new Map(steps.map((step) => [step.step, step]));
  const ownersOf = (step: Step): ResourceStep[] => [
    ...new Set(
      step.needs.flatMap((need) => {
        const found = named.get(need);
        if (found === undefined) return [];
        return found.does === "resource" && found.resource.removal === "own" ? [found] : ownersOf(found);
      }),
    ),
  ];
  return steps.map((step) => {
    if (step.does !== "resource" || step.resource.removal === "own") return step;
    const owners = ownersOf(step);
    const homes = owners.filter(
      ({ resource }) => providerOf(resource.kind) === providerOf(step.resource.kind),
    );
    const needs = (homes.length > 0 ? homes : owners).map((owner) => owner.step);
    return { ...step, needs };
  });
}

interface Fate {
  step: ResourceStep;
  policy: ArchivePolicy;
}

/**
 * What becomes of each thing that is there, or was when this run began (a note says so of what it removed meanwhile).
 * What a client brought is left alone: it is the client's.
 */
function fatesOf({ steps, things, notes }: Situation, policyOf: (kind: string) => ArchivePolicy) {
  const fates = new Map<string, Fate>();
  for (const step of steps) {
    if (step.does !== "resource" || step.resource.brought !== undefined) continue;
    const { kind, removal } = step.resource;
    if (!things.has(step.step) && !notes.has(step.step)) continue;
    // What ends with its home is asked of its home: `removalPlan` keeps it where that stays.
    fates.set(step.step, { step, policy: removal === "own" ? policyOf(kind) : "remove" });
  }
  return fates;
}

const stillStep = "stands-still";
const backupStem = "backup-";

/** What people enter after the last backup would be lost: they are kept out first. */
function stillTask({ instance, state }: Situation): Task {
  return {
    step: stillStep,
    kind: "backup",
    name: instance.slug,
    needs: [],
    async look(): Promise<Look> {
      if (state !== "live") return { is: "done" };
      throw new Fault("rejected", {
        what: `"${instance.slug}" is live: what people enter after its last backup would be lost.`,
        next: "Pause it, then archive it; or archive it without a backup: its data is gone for good then.",
        field: "withoutBackup",
      });
    },
    act: async () => undefined,
  };
}

/** The data goes only after it was restored from a backup and compared; stored files, where the backup holds them. */
function backupTask(desk: LaterDesk, { instance, input, runId, notes }: Situation, filesGo: boolean): Task {
  const { withoutBackup } = input as ArchiveInput; // as `archiveInput` gave it
  return {
    step: "verified-backup",
    kind: "backup",
    name: instance.slug,
    needs: withoutBackup || notes.has("verified-backup") ? [] : [`${backupStem}drill`],
    async look(): Promise<Look> {
      if (notes.has("verified-backup")) return { is: "done" };
      if (withoutBackup) return { is: "done", note: { backup: "left out, as was asked for" } };
      const last = await lastVerifiedBackup(await desk, instance.id);
      // The one that this run made, restored for a trial and compared.
      if (last.is === "there" && last.id === runId) {
        if (filesGo) await mustHoldFiles(await desk, instance.slug, last.id);
        return { is: "done", note: { backup: last.id, at: last.at.toISOString() } };
      }
      if (runId === "")
        return { is: "todo", does: "create", says: "goes on only with the backup that it made" };
      throw new Fault("rejected", {
        what: `The last backup of "${instance.slug}" was not verified.`,
        next: "Look at its backups, then archive again; or archive without one: its data is gone for good then.",
        field: "withoutBackup",
      });
    },
    act: async () => undefined,
  };
}

/** A backup lists files that are too many without their contents, and is verified all the same. */
async function mustHoldFiles({ store, archives }: OperationDesk, slug: string, id: string): Promise<void> {
  const row = await findBackup(store, id);
  if (row === undefined || !(await lacksContents(await openBackup(archives, row)))) return;
  throw new Fault("rejected", {
    what: `The stored files of "${slug}" are more than a backup takes, and would go with its project.`,
    next: 'Raise ATOLL_BACKUP_FILES_MOST_GIB on the hub, or set `archivePolicy` of "supabase.project" to "keep"; then archive again. Without a backup its data is gone for good.',
    field: "withoutBackup",
  });
}

function removeTask({ things }: Situation, { step, does, after }: RemovalItem, first: string): Task {
  const thing = things.get(step);
  return {
    step,
    kind: thing?.kind ?? "",
    name: thing?.name ?? step,
    needs: after.length === 0 ? [first] : after,
    removesThing: true,
    look: async () =>
      thing === undefined
        ? { is: "done" }
        : {
            is: "todo",
            does: "remove",
            says: does === "check" ? "goes with what it stands in" : "removes it",
          },
    act: async () => undefined,
  };
}

function retireTask({ things }: Situation, { step, resource }: ResourceStep, needs: string[]): Task {
  const thing = things.get(step);
  return {
    step,
    kind: resource.kind,
    name: thing?.name ?? step,
    needs,
    async look(): Promise<Look> {
      if (thing === undefined) return { is: "done" };
      const { retiring } = resource;
      if (retiring === undefined)
        throw new Fault("rejected", {
          what: `A ${resource.kind} cannot be put away without being removed.`,
          next: `Set \`archivePolicy\` of "${resource.kind}" to "remove" or "keep" in the hub's settings.`,
        });
      const seen = await retiring.observe(thing.id);
      if (seen.is === "halted") return { is: "done", note: { id: thing.id } };
      if (seen.is === "refused") return { is: "done", note: { id: thing.id, left: seen.why } };
      if (seen.is === "settling") return { is: "wait", why: seen.why, retryInMs: seen.retryInMs };
      return { is: "todo", does: "update", says: "archives it", note: { id: thing.id } };
    },
    act: async () => (thing === undefined ? undefined : resource.retiring?.halt(thing.id)),
  };
}
