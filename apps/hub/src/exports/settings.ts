import { mostPartBytes } from "@atoll/archive/manifest";
import type { TarLimits } from "@atoll/archive/tar";
import { Fault } from "@atoll/core/fault";

/** How long exports are kept, and what may be sent in. */
export interface ExportSettings {
  keepMs: number;
  /** Of those that are made when an instance is archived; 0 = none is made. */
  archivedKeepMs: number;
  /** Of an archive that is sent in. */
  limits: TarLimits;
  /** To how much such a one may unpack, all its parts together. */
  mostPlainBytes: number;
  /** With more than this in an instance's files, a backup of it lists them without their contents. */
  mostFileBytes: number;
}

/** An archive that is sent in waits so long to be imported, in milliseconds. */
export const uploadKeepMs = 24 * 3_600_000;

const dayMs = 24 * 3_600_000;

function above0(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const number = Number(env[name] || fallback);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Fault("rejected", {
    what: `${name} is "${env[name]}".`,
    next: `Set it to a number above 0, such as ${fallback}.`,
    field: name,
  });
}

const from0 = (env: NodeJS.ProcessEnv, name: string, fallback: number): number =>
  env[name] === "0" ? 0 : above0(env, name, fallback);

/**
 * Reads `ATOLL_EXPORT_KEEP_DAYS`, `ATOLL_ARCHIVE_EXPORT_KEEP_DAYS`, `ATOLL_BACKUP_FILES_MOST_GIB`,
 * `ATOLL_IMPORT_MOST_GIB` and `ATOLL_IMPORT_MOST_PLAIN_GIB`. Throws a fault that names the one that is wrong.
 */
export function exportSettings(env: NodeJS.ProcessEnv): ExportSettings {
  return {
    keepMs: above0(env, "ATOLL_EXPORT_KEEP_DAYS", 7) * dayMs,
    archivedKeepMs: from0(env, "ATOLL_ARCHIVE_EXPORT_KEEP_DAYS", 365) * dayMs,
    mostFileBytes: from0(env, "ATOLL_BACKUP_FILES_MOST_GIB", 10) * 2 ** 30,
    mostPlainBytes: above0(env, "ATOLL_IMPORT_MOST_PLAIN_GIB", 500) * 2 ** 30,
    limits: {
      bytes: above0(env, "ATOLL_IMPORT_MOST_GIB", 50) * 2 ** 30,
      fileBytes: mostPartBytes,
      files: 200_000,
    },
  };
}
