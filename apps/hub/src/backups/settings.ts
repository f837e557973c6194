import { Fault } from "@atoll/core/fault";

/** How often backups are made by themselves. */
export interface BackupSettings {
  /** In milliseconds; 0 = not by themselves. */
  everyMs: number;
}

/** Reads `ATOLL_BACKUP_EVERY_HOURS`, 24 where nobody says. Throws a fault that names it. */
export function backupSettings(env: NodeJS.ProcessEnv): BackupSettings {
  const given = env.ATOLL_BACKUP_EVERY_HOURS || "24";
  const hours = Number(given);
  if (Number.isFinite(hours) && hours >= 0 && hours <= 24 * 365) return { everyMs: hours * 3_600_000 };
  throw new Fault("rejected", {
    what: `ATOLL_BACKUP_EVERY_HOURS is "${given}".`,
    next: "Set it to a number of hours such as 24, or to 0 for no backups but those that somebody asks for.",
    field: "ATOLL_BACKUP_EVERY_HOURS",
  });
}
