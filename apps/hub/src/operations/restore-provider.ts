import { Fault } from "@atoll/core/fault";
import type { Look, Situation, Task } from "@atoll/core/operation";
import { DatabaseGone } from "@atoll/fleet/session";
import { projectOf } from "../backups/database.ts";
import { backupTasks } from "../backups/make.ts";
import { openBackup } from "../backups/open-backup.ts";
import { putBack } from "../backups/put-back.ts";
import { findBackup } from "../backups/rows.ts";
import { leaveMark, readMark, removeMark } from "../backups/taken-back.ts";
import type { OperationDesk } from "./desk.ts";

/** What the provider is asked for: one of the backups that it keeps, or a moment in ISO 8601. */
export interface ProviderInput {
  from: "provider";
  backup?: string;
  at?: string;
  /** Go on without a backup of what stands there now. */
  withoutSafety: boolean;
}

/** Checks what was asked for. Throws a fault that names the field. */
export function providerInput(given: unknown): Omit<ProviderInput, "withoutSafety"> {
  const { backup, at } = Object(given) as { backup?: unknown; at?: unknown };
  if (typeof backup === "string" && /^\d{1,15}$/.test(backup) && at === undefined)
    return { from: "provider", backup };
  if (typeof at === "string" && !Number.isNaN(Date.parse(at)) && backup === undefined)
    return { from: "provider", at: new Date(at).toISOString() };
  throw new Fault("rejected", {
    what: "Neither one of the provider's backups nor a moment was named.",
    next: "Send the id of one as `backup`, or a moment such as 2026-11-30T09:00:00Z as `at`.",
    field: at === undefined ? "backup" : "at",
  });
}

/** Nothing is left to take a restore back from: it is owed, and said. `which` is a clause that says what stands now. */
export function cannotGoBack(which: string): Fault {
  return new Fault("rejected", {
    what: `${which}; no safety backup was made, so that nothing brings back what was there before.`,
    next: "Retry the run to finish it, or pause and resume the instance; then restore another backup, if there is one.",
  });
}

/** Has the provider take the project back, after a backup of what stands there now. */
export async function providerTasks(
  desk: OperationDesk,
  at: Situation,
  input: ProviderInput,
): Promise<Task[]> {
  const check = checkTask(desk, at, input);
  const safety = input.withoutSafety
    ? []
    : backupTasks({ desk, at, why: "before-restore", stem: "safety-", needs: [check.step] });
  return [check, ...safety, projectTask(desk, at, input, safety.at(-1)?.step ?? check.step)];
}

function checkTask({ databases }: OperationDesk, { instance, notes }: Situation, input: ProviderInput): Task {
  return {
    step: "check",
    kind: "restore.check",
    name: instance.slug,
    needs: [],
    async look(): Promise<Look> {
      if (notes.has("check")) return { is: "done" };
      const { items, pointInTime, what } = await databases.backups(instance.slug);
      const refuse = (said: string): never => {
        throw new Fault("rejected", {
          what: said,
          next: "Look at what it keeps (`atoll backup list SLUG`), or restore a backup of the hub's own.",
          field: input.at === undefined ? "backup" : "at",
        });
      };
      if (input.at !== undefined) {
        if (pointInTime === undefined) refuse("The provider cannot take this project back to any moment.");
        const isWithin =
          (pointInTime?.from ?? "") <= input.at && input.at <= (pointInTime?.to ?? new Date().toISOString());
        if (!isWithin) refuse(`The provider cannot take this project back to ${input.at}.`);
        return { is: "done", note: { at: input.at } };
      }
      const found = items.find(({ id }) => id === input.backup);
      if (!found?.restorable)
        refuse(what ?? `The provider keeps no backup "${input.backup}" that can be restored.`);
      return { is: "done", note: { backup: input.backup, at: found?.at } };
    },
    act: async () => undefined,
  };
}

/** What is noted of the provider's restore, before and after it is asked for. */
interface Asking {
  /** This run's mark was left in the database: it goes with what is taken back. */
  isMarked: boolean;
  /** When the provider was asked last, in ISO 8601; written before the call. */
  askedAt?: string;
  /** It said that it does it. */
  isTaken?: boolean;
  /** The project was seen going down for it. */
  wasDown?: boolean;
}

/** A call whose answer was lost begins at the provider within so long, or never came there. */
const beginsWithinMs = 120_000;

/**
 * The provider is asked once: a restore whose answer was lost is told from one that never came there by the mark, or,
 * where none could be left, by the project going down.
 */
function projectTask(desk: OperationDesk, at: Situation, input: ProviderInput, after: string): Task {
  const { accounts, archives, databases, store } = desk;
  const { instance, notes, runId } = at;
  const note = () => notes.get("project") as Asking | undefined; // written by this task alone
  const isRecent = ({ askedAt = "" }: Asking) => Date.now() - Date.parse(askedAt) < beginsWithinMs;
  /** Whether it happened, of a project that is up. */
  async function happened({ isMarked, wasDown = false }: Asking): Promise<boolean | "refused"> {
    if (!isMarked) return wasDown;
    const mark = await readMark(databases, instance.slug, runId);
    return mark === "refused" ? mark : mark === "gone";
  }

  return {
    step: "project",
    kind: "restore.project",
    name: instance.slug,
    needs: [after],
    async look(): Promise<Look> {
      const ref = projectOf(at);
      const says = "has the provider take the whole project back; it is down meanwhile";
      const todo = (noted?: Asking): Look => ({
        is: "todo",
        does: "update",
        says,
        ...(noted && { note: noted }),
      });
      const noted = note();
      if (noted === undefined) return todo();
      const wait = (why: string): Look => ({ is: "wait", why, retryInMs: 5_000 });
      const standing = await accounts.standing(ref);
      // Without a mark a project that goes down tells that it was asked: what is under way before that is over first.
      if (noted.askedAt === undefined)
        return standing === "restoring" && !noted.isMarked
          ? wait("the provider is at work on the project already")
          : todo({ ...noted, askedAt: new Date().toISOString() });
      if (standing === "restoring" && !noted.isMarked && noted.wasDown !== true) return todo();
      if (standing !== "up") return wait("the provider takes the project back");
      const did = await happened(noted);
      if (did === true) return { is: "done" };
      if (did === false && isRecent(noted)) return wait("the provider was asked, and has not begun");
      // Without a mark nobody saw it going down: it may have been faster than two looks.
      if (did === false && noted.isTaken === true)
        return noted.isMarked ? wait("the provider has not begun") : { is: "done" };
      return todo({ ...noted, askedAt: new Date().toISOString() });
    },
    async act(): Promise<Asking> {
      const noted = note();
      if (noted === undefined) return { isMarked: await isMarkLeft(desk, at, input) };
      const ref = projectOf(at);
      if (noted.askedAt !== undefined && (await accounts.standing(ref)) === "restoring")
        return { ...noted, wasDown: true };
      const { isMarked } = noted;
      // Asked again, it may have begun since the look.
      const did = noted.askedAt === undefined ? false : await happened(noted);
      if (did === true) return { ...noted, isTaken: true };
      try {
        if (isMarked && did === "refused") await leaveMark(databases, instance.slug, runId, "waiting");
        await accounts.takeBack(
          ref,
          input.at === undefined ? { backup: input.backup ?? "" } : { at: new Date(input.at) },
        );
      } catch (error) {
        // Surely not done: the next look need not wait for it.
        if (isMarked && error instanceof Fault && error.kind !== "outcome-unknown")
          await leaveMark(databases, instance.slug, runId, "refused").catch(() => {}); // it waits, then
        throw error;
      }
      return { isMarked, askedAt: new Date().toISOString(), isTaken: true };
    },
    async undo() {
      const noted = note();
      if (noted === undefined) return;
      if (noted.askedAt !== undefined && (await mustKnow(noted))) await putSafetyBack();
      if (noted.isMarked) await removeMark(databases, instance.slug);
    },
    settleWithinMs: 2 * 3_600_000, // the provider names no time; a large project takes more than one hour
  };

  /** Whether it happened. Throws as long as that cannot be told. */
  async function mustKnow(noted: Asking): Promise<boolean> {
    if ((await accounts.standing(projectOf(at))) === "up") {
      const did = await happened(noted);
      if (did !== false) return did === true;
      if (!isRecent(noted) && noted.isTaken !== true) return false;
      if (!isRecent(noted) && !noted.isMarked) return true;
    }
    throw new Fault("try-again", {
      what: "The provider was asked to take the project back, and is not done with it.",
      next: "Wait: what stood there before is put back afterwards.",
    });
  }

  async function putSafetyBack(): Promise<void> {
    const safety = input.withoutSafety ? undefined : await findBackup(store, runId);
    if (safety === undefined) throw cannotGoBack("The provider was asked to take the project back");
    await putBack(desk, at, { archive: await openBackup(archives, safety), mark: undefined, isOurs: true });
  }
}

/** Leaves this run's mark; false where the database is what has to be brought back, and takes none. */
async function isMarkLeft(
  { databases }: OperationDesk,
  { instance, runId }: Situation,
  { withoutSafety }: ProviderInput,
): Promise<boolean> {
  try {
    await leaveMark(databases, instance.slug, runId, "waiting");
    return true;
  } catch (error) {
    if (!withoutSafety || !(error instanceof Fault || error instanceof DatabaseGone)) throw error;
    return false;
  }
}
