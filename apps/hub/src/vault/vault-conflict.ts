import type { VaultEntry } from "@atoll/contract/schemas/vault";

/** A key was changed in the instance meanwhile. `entry` has both sides; undefined = it is gone on both. */
export class VaultConflict extends Error {
  readonly key: string;
  readonly next: string;
  readonly entry: VaultEntry | undefined;

  constructor(slug: string, key: string, entry: VaultEntry | undefined) {
    super(`${key} was changed in "${slug}" meanwhile; nothing was written.`);
    this.name = "VaultConflict";
    this.key = key;
    this.next = "Look at both sides and say which one wins.";
    this.entry = entry;
  }
}
