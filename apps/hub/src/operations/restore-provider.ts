import { Fault } from "@atoll/core/fault";
import type { Look, Situation, Task } from "@atoll/core/operation";
import { projectOf } from "../backups/database.ts";
import { backupTasks } from "../backups/make.ts";
import { openBackup } from "../backups/open-backup.ts";
import { putBack } from "../backups/put-back.ts";
import { findBackup } from "../backups/rows.ts";
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

function projectTask(desk: OperationDesk, at: Situation, input: ProviderInput, after: string): Task {
  const { accounts, archives, store } = desk;
  const { instance, notes, runId } = at;
  const wasAsked = () => Object(notes.get("project")).asked === true;
  return {
    step: "project",
    kind: "restore.project",
    name: instance.slug,
    needs: [after],
    async look(): Promise<Look> {
      const ref = projectOf(at);
      if (!wasAsked())
        return {
          is: "todo",
          does: "update",
          says: "has the provider take the whole project back; it is down meanwhile",
        };
      if (await accounts.isUp(ref)) return { is: "done" };
      return { is: "wait", why: "the provider takes the project back", retryInMs: 5_000 };
    },
    async act() {
      await accounts.takeBack(
        projectOf(at),
        input.at === undefined ? { backup: input.backup ?? "" } : { at: new Date(input.at) },
      );
      return { asked: true };
    },
    async undo() {
      if (!wasAsked()) return;
      const safety = input.withoutSafety ? undefined : await findBackup(store, runId);
      if (safety === undefined) throw cannotGoBack("The provider was asked to take the project back");
      await putBack(desk, at, {
        archive: await openBackup(archives, safety),
        mark: undefined,
        isOurs: true,
      });
    },
    settleWithinMs: 2 * 3_600_000, // the provider names no time; a large project takes more than one hour
  };
}
