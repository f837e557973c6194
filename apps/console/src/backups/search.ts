import { type BackupState, backupStates } from "@atoll/contract/schemas/backups";
import { someOf, textOf } from "../parts/search.ts";

/** Which backups are shown; it stands in the address. */
export interface BackupFilter {
  state?: BackupState[] | undefined;
  slug?: string | undefined;
}

/** Reads the filter out of the address; what makes no sense is left out. */
export const backupFilter = (search: Record<string, unknown>): BackupFilter => ({
  state: someOf(backupStates, search.state),
  slug: textOf(search.slug),
});
