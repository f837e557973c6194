import type { BackupWhy } from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
import type { Operation } from "@atoll/core/operation";
import { backupTasks } from "../backups/make.ts";
import type { LaterDesk } from "./desk.ts";

function backupInput(given: unknown): { why: BackupWhy } {
  const { why = "asked" } = Object(given) as { why?: unknown };
  if (why === "asked" || why === "scheduled") return { why };
  throw new Fault("rejected", {
    what: "There is no such reason for a backup.",
    next: 'Send `why` as "asked" or "scheduled", or leave it out.',
    field: "why",
  });
}

/** Makes a backup of everything that an instance holds, and restores it for a trial: only then it counts. */
export function backup(later: LaterDesk): Operation {
  return {
    kind: "backup",
    from: ["live", "paused", "failed"],
    input: backupInput,
    async tasks(at) {
      const { why } = at.input as { why: BackupWhy }; // as `backupInput` gave it
      return backupTasks({ desk: await later, at, why });
    },
  };
}
