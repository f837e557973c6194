import { type Archive, type OpenOptions, openArchive } from "@atoll/archive/open";
import type { BackupRow } from "./rows.ts";
import type { ArchiveStorage } from "./storage.ts";

/** How the archive of a backup is opened: only what we sealed, with the manifest that we wrote. */
export function placeOf({ storage, hubKeys }: ArchiveStorage, row: BackupRow): OpenOptions {
  return {
    storage,
    prefix: row.prefix,
    hubKeys,
    authentic: true,
    ...(row.manifest_sha256 !== null && { manifestSha256: row.manifest_sha256 }),
  };
}

/** Opens the archive of a backup. Throws `ArchiveFault`s. */
export const openBackup = (archives: ArchiveStorage, row: BackupRow): Promise<Archive> =>
  openArchive(placeOf(archives, row));
