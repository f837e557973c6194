import type { Role } from "@atoll/contract/schemas/account";
import type { Backup, BackupState, RestoreState } from "@atoll/contract/schemas/backups";
import type { InstanceState } from "@atoll/core/states";
import { type Reason, reasonOfRole } from "../rules/reasons.ts";

/** States of a backup as people say them. */
export const backupWords: Record<BackupState, string> = {
  making: "being made",
  made: "not tried yet",
  verified: "restored for a trial",
  damaged: "damaged",
  missing: "missing",
  removed: "removed",
};

/** Why it was made. */
export const whyWords: Record<Backup["why"], string> = {
  scheduled: "by the schedule",
  asked: "asked for",
  "before-restore": "before a restore",
};

/** How far a restore as a new instance is. */
export const restoreWords: Record<RestoreState, string> = {
  waiting: "waiting",
  provisioning: "the new instance is being made",
  restoring: "its rows are being put back",
  done: "done",
  failed: "failed",
};

/** Why no backup can be made of an instance now. */
export function reasonOfBackup(state: InstanceState, role: Role): Reason {
  if (state !== "live" && state !== "paused" && state !== "failed")
    return `It is ${state}: a backup is made of what is live, paused or failed.`;
  return reasonOfRole(role, "operator");
}

/** Why a backup cannot be removed. */
export function reasonOfRemoval({ state }: Pick<Backup, "state">, role: Role): Reason {
  if (state === "making") return "It is being made: cancel its run.";
  if (state === "removed") return "It is removed.";
  return reasonOfRole(role, "owner");
}

/** Why a backup cannot be restored; `state` is its instance's, where it is restored over what stands there. */
export function reasonOfRestore(
  backup: Pick<Backup, "state">,
  state: InstanceState | undefined,
  role: Role,
): Reason {
  if (backup.state !== "made" && backup.state !== "verified")
    return `It is ${backupWords[backup.state]}: choose another one.`;
  if (state === "removed" || state === "removing" || state === "provisioning" || state === "updating")
    return `The instance is ${state}: restore it as a new one.`;
  return reasonOfRole(role, "operator");
}

/** Why the provider cannot take an instance's project back to something that it keeps. */
export function reasonOfTakeBack(isRestorable: boolean, state: InstanceState, role: Role): Reason {
  if (!isRestorable) return "The provider says that this one cannot be restored.";
  if (state !== "live" && state !== "paused" && state !== "failed")
    return `The instance is ${state}: there is no project to take back.`;
  return reasonOfRole(role, "operator");
}
