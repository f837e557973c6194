import type { VaultEntry } from "@atoll/contract/schemas/vault";
import { Fault } from "@atoll/core/fault";

/** A key was changed in the instance meanwhile. `entry` has both sides; undefined = it is gone on both. */
export class VaultConflict extends Fault {
  readonly entry: VaultEntry | undefined;

  constructor(slug: string, key: string, entry: VaultEntry | undefined) {
    super("rejected", {
      what: `${key} was changed in "${slug}" meanwhile; nothing was written.`,
      next: "Look at both sides, in the console or by `atoll vault drift`, and say which one wins.",
      field: key,
    });
    this.name = "VaultConflict";
    this.entry = entry;
  }
}
