import type { Extra } from "./extras.ts";
import type { Archive } from "./open.ts";

/** A workflow, file, list of files or SQL as it stands in an archive; its pieces are checked as they are read. */
export interface Kept {
  id: string;
  content: () => AsyncIterable<Buffer>;
}

/** All things of a kind in an archive. Reading a content throws `ArchiveFault` where a piece of it is damaged. */
export function keptIn(archive: Archive, kind: Extra["kind"]): Kept[] {
  const parts = Map.groupBy(
    archive.manifest.parts.filter((part) => part.kind === kind),
    ({ of }) => of,
  );
  return [...parts].map(([id, pieces]) => ({
    id,
    async *content() {
      for (const piece of pieces) yield await archive.read(piece);
    },
  }));
}
