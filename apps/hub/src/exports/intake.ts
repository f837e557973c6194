import { mostManifestBytes } from "@atoll/archive/manifest";
import { isPartName } from "@atoll/archive/names";
import type { Storage } from "@atoll/archive/storage";
import { type TarEntry, type TarLimits, unpackTar } from "@atoll/archive/tar";
import { Fault } from "@atoll/core/fault";

const heads = new Set(["manifest.json", "manifest.hmac"]);
const tops = /^(manifest\.(json|hmac)$|(tables|auth|workflows|files|sql)\/|(vault|files)\.\d)/;

function refuse(what: string, next: string): never {
  throw new Fault("rejected", { what, next, field: "archive" });
}

/** The folder that everything in a tar stands in, with its slash; "" where it stands at the top. */
function folderOf(name: string): string {
  return tops.test(name) ? "" : `${name.split("/")[0]}/`;
}

/** Where a file of a tar belongs in an archive. Refuses what no archive without a seal holds. */
function placeOf({ name, sizeBytes }: TarEntry, folder: string): string {
  const place = name.startsWith(folder) ? name.slice(folder.length) : "";
  if (place === "seal.json" || place.endsWith(".sealed"))
    refuse(
      "The archive is sealed: only the hub that made it reads it.",
      "Send an export, or restore the backup at its own hub.",
    );
  if (!heads.has(place) && !(isPartName(place) && place.endsWith(".gz")))
    refuse("The archive holds a file that is no part of one.", "Send it as it was exported.");
  if (heads.has(place) && sizeBytes > mostManifestBytes)
    refuse("The archive's table of contents is larger than one may be.", "Send it as it was exported.");
  return place;
}

/**
 * Reads a tar and gives its files by their places in an archive; each has to be taken before the next. Refuses whatever
 * is no archive without a seal: `Fault`s with the field `archive`.
 */
export async function* filesIn(
  source: AsyncIterable<Uint8Array>,
  limits: TarLimits,
): AsyncGenerator<TarEntry> {
  let folder: string | undefined;
  for await (const entry of unpackTar(source, limits)) {
    folder ??= folderOf(entry.name);
    yield { ...entry, name: placeOf(entry, folder) };
  }
}

/** Stores the files of a tar under a prefix, file by file; gives how many bytes they have. */
export async function takeIn(
  source: AsyncIterable<Uint8Array>,
  { storage, prefix, limits }: { storage: Storage; prefix: string; limits: TarLimits },
): Promise<number> {
  let sizeBytes = 0;
  for await (const file of filesIn(source, limits)) {
    await storage.put(`${prefix}/${file.name}`, file.content);
    sizeBytes += file.sizeBytes;
  }
  return sizeBytes;
}
