import { linesOf } from "@atoll/archive/lines";
import type { Archive } from "@atoll/archive/open";
import { readRow } from "@atoll/archive/rows";

const markOf = (instanceId: string) => `"atoll_instance": "${instanceId}"`;

/**
 * The archive with its accounts marked as another instance's: what is loaded and compared are its rows, and the hub knows
 * the first admin for its own. A mark that was set afterwards would have triggers write into rows that were just put back.
 */
export function madeOurs(archive: Archive, instanceId: string): Archive {
  const { manifest } = archive;
  const users = manifest.tables.find(({ schema, name }) => schema === "auth" && name === "users");
  const place = users?.columns.findIndex(({ name }) => name === "raw_app_meta_data") ?? -1;
  if (users === undefined || place < 0) return archive;
  const [from, to] = [markOf(manifest.instance.id), markOf(instanceId)];

  function claimed(line: string, part: string): string {
    if (!line.includes("atoll_instance")) return line;
    const value = readRow(line, users?.columns.length ?? 0, part)[place] ?? "";
    // The same length and the same place: Postgres prints the value just so when it is compared.
    return line.replace(JSON.stringify(value), () => JSON.stringify(value.replace(from, () => to)));
  }

  return {
    ...archive,
    async read(part) {
      const plain = await archive.read(part);
      if (part.kind !== "rows" || part.of !== "auth.users") return plain;
      const lines = linesOf(part, plain).map((line) => claimed(line, part.name));
      return Buffer.from(lines.map((line) => `${line}\n`).join(""));
    },
  };
}
