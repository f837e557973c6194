import { createHash } from "node:crypto";
import type { SchemaFile } from "@atoll/core/blueprint";
import { catalogQuery } from "@atoll/fleet/catalog";
import { scratchSql } from "@atoll/fleet/rehearse/shape";
import { ledgerChecksum } from "@atoll/fleet/script";

/** A blueprint's schema. */
export interface Kind {
  name: string;
  migrations: readonly SchemaFile[];
}

/** SHA-256 of all that a rehearsal stands on, in hex: another one is due when it changes. */
export const digestOf = ({ migrations }: Kind): string =>
  createHash("sha256")
    .update(
      [ledgerChecksum, scratchSql, catalogQuery, ...migrations.map(({ checksum }) => checksum)].join("\n"),
    )
    .digest("hex");
