import type { Accounts } from "../accounts.ts";
import type { ArchiveStorage } from "../backups/storage.ts";
import type { ExportSettings } from "../exports/settings.ts";
import type { OwnAddresses } from "../resolver/hosts.ts";
import type { Databases } from "../schema/databases.ts";
import type { Scratch } from "../schema/scratch.ts";
import type { Store } from "../store/store.ts";

/** What operations of one environment work with. */
export interface OperationDesk {
  store: Store;
  accounts: Accounts;
  databases: Databases;
  /** Where archives lie, and what seals them. */
  archives: ArchiveStorage;
  /** Where backups are restored for a trial. */
  scratch: Scratch;
  /** How long exports are kept, and how much archives may hold. */
  exporting: Omit<ExportSettings, "limits">;
  /** Addresses that are the house's own; absent where nobody is refused for them. */
  ownAddresses?(): OwnAddresses;
}

/** Opened after the journal that does the operations: whoever needs it waits for it. */
export type LaterDesk = Promise<OperationDesk>;
