import { partBytes, putPart, type Sealing } from "./make.ts";
import type { Part, PartKind } from "./manifest.ts";
import { nameOf, numbered } from "./names.ts";
import type { Storage } from "./storage.ts";

/** Something beside rows that belongs into an archive: a workflow's JSON, the list of files, a file, SQL by pg_dump. */
export interface Extra {
  kind: Exclude<PartKind, "rows">;
  /** The workflow's or file's id; for the list of files and for SQL a word of your own. */
  id: string;
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const stems: Record<Extra["kind"], (id: string) => { stem: string; ending: string }> = {
  workflow: (id) => ({ stem: `workflows/${nameOf(id)}`, ending: "json.gz" }),
  files: () => ({ stem: "files", ending: "ndjson.gz" }),
  file: (id) => ({ stem: `files/${nameOf(id)}`, ending: "gz" }),
  sql: (id) => ({ stem: `sql/${nameOf(id)}`, ending: "sql.gz" }),
};

/** Stores extras in pieces of 8 MiB, and gives the part of each piece. An empty one has one empty part. */
export async function* putExtras(
  to: { storage: Storage; prefix: string; sealing: Sealing | undefined },
  extras: AsyncIterable<Extra> | Iterable<Extra>,
): AsyncGenerator<Part> {
  for await (const { kind, id, content } of extras) {
    const { stem, ending } = stems[kind](id);
    let number = 0;
    const put = (plain: Buffer) => {
      number += 1;
      return putPart(to, { name: numbered(stem, number, ending), kind, of: id, rows: 0 }, plain);
    };
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    for await (const piece of content) {
      // A piece of any size is cut, so that no part is larger than it should be.
      for (let from = 0; from < piece.length; ) {
        const taken = piece.subarray(from, from + partBytes - waitingBytes);
        from += taken.length;
        waiting.push(taken);
        waitingBytes += taken.length;
        if (waitingBytes < partBytes) continue;
        yield await put(Buffer.concat(waiting));
        waiting = [];
        waitingBytes = 0;
      }
    }
    if (waitingBytes > 0 || number === 0) yield await put(Buffer.concat(waiting));
  }
}
