import { Fault } from "@atoll/core/fault";

/** What can be wrong with an archive, with who it belongs to, or with how it meets a database: stored, never renamed. */
export type Damage =
  | "empty-archive"
  | "unfinished"
  | "unknown-format"
  | "unreadable-key"
  | "manifest-missing"
  | "manifest-edited"
  | "manifest-unreadable"
  | "wrong-instance"
  | "stale"
  | "missing-part"
  | "extra-part"
  | "truncated-part"
  | "damaged-part"
  | "swapped-part"
  | "oversized-part"
  | "oversized-archive"
  | "malformed-row"
  | "row-count-differs"
  | "newer-schema"
  | "older-schema"
  | "unknown-table"
  | "unknown-column"
  | "column-differs"
  | "target-not-empty"
  | "refused-rows";

/** One thing found wrong: what it is, the part or table it is about, what happened and what to do, for people. */
export interface Finding {
  damage: Damage;
  /** Name of the part, or `schema.table`. */
  where?: string;
  what: string;
  next: string;
}

/** An archive that cannot be trusted, read or loaded; `damage` says why. Nothing of a row stands in its words. */
export class ArchiveFault extends Fault {
  readonly damage: Damage;
  readonly where: string | undefined;

  constructor(finding: Finding, options?: { cause?: unknown }) {
    super("rejected", { what: finding.what, next: finding.next }, options);
    this.name = "ArchiveFault";
    this.damage = finding.damage;
    this.where = finding.where;
  }

  get finding(): Finding {
    const { damage, where, what, next } = this;
    return { damage, what, next, ...(where !== undefined && { where }) };
  }
}

/** What to do where an archive is not whole any more: the one sentence that all such findings share. */
export const useAnother =
  "Use another backup, or take a new one; look what has access to the storage, since archives are never changed after they were made.";
