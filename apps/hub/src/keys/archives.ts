import { rewrap } from "@atoll/archive/rotate";
import type { ArchiveStorage } from "../backups/storage.ts";
import type { Piece } from "./rows.ts";

const keyFile = "/seal.json";

/** Keys of sealed archives, wrapped anew where an older key wraps them: backups, exports, and what is still being made. */
export async function* renewArchives({ storage, hubKeys }: ArchiveStorage): AsyncGenerator<Piece> {
  for await (const { name } of storage.list("")) {
    if (!name.endsWith(keyFile)) continue;
    const prefix = name.slice(0, -keyFile.length);
    try {
      yield { seen: 1, renewed: (await rewrap(storage, prefix, hubKeys)) ? 1 : 0, left: [] };
    } catch (error) {
      // An archive may be removed while it is looked at; one that nobody can open keeps no other one from its turn.
      if ((await storage.stat(name)) === undefined) continue;
      const why = error instanceof Error ? error.message : "It could not be read.";
      yield { seen: 1, renewed: 0, left: [{ subject: prefix, why }] };
    }
  }
}
