import type { Accounts } from "../accounts.ts";
import type { Databases } from "../schema/databases.ts";
import type { Store } from "../store/store.ts";

/** What operations of one environment work with. */
export interface OperationDesk {
  store: Store;
  accounts: Accounts;
  databases: Databases;
}

/** Opened after the journal that does the operations: whoever needs it waits for it. */
export type LaterDesk = Promise<OperationDesk>;
