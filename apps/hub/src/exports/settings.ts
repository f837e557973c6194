import { mostPartBytes } from "@atoll/archive/manifest";
import type { TarLimits } from "@atoll/archive/tar";
import { Fault } from "@atoll/core/fault";

/** How long exports are kept, and what may be sent in. */
export interface ExportSettings {
  keepMs: number;
  /** Of an archive that is sent in. */
  limits: TarLimits;
}

/** An archive that is sent in waits so long to be imported, in milliseconds. */
export const uploadKeepMs = 24 * 3_600_000;

function above0(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const number = Number(env[name] || fallback);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Fault("rejected", {
    what: `${name} is "${env[name]}".`,
    next: `Set it to a number above 0, such as ${fallback}.`,
    field: name,
  });
}

/** Reads `ATOLL_EXPORT_KEEP_DAYS` and `ATOLL_IMPORT_MOST_GIB`. Throws a fault that names the one that is wrong. */
export function exportSettings(env: NodeJS.ProcessEnv): ExportSettings {
  return {
    keepMs: above0(env, "ATOLL_EXPORT_KEEP_DAYS", 7) * 24 * 3_600_000,
    limits: {
      bytes: above0(env, "ATOLL_IMPORT_MOST_GIB", 50) * 2 ** 30,
      fileBytes: mostPartBytes,
      files: 200_000,
    },
  };
}
