import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { folderStorage } from "@atoll/archive/folder";
import { mostPartBytes } from "@atoll/archive/manifest";
import { packTar, type TarFile } from "@atoll/archive/tar";
import { Fault } from "@atoll/core/fault";
import { filesIn } from "./intake.ts";

function refuse(what: string, next: string, field: string, cause?: unknown): never {
  throw new Fault("rejected", { what, next, field }, { cause });
}

/** Whether exports are put there as one tar; anything else is a folder. */
const isTar = (place: string) => place.endsWith(".tar");

/** Throws a fault where something is in the place of an export already: nothing is written over. */
export async function mustBeFree(place: string): Promise<void> {
  if (!existsSync(place)) return;
  const isEmpty = !isTar(place) && (await stat(place)).isDirectory() && (await readdir(place)).length === 0;
  if (!isEmpty)
    refuse(
      `"${place}" is there already.`,
      "Name a file ending in .tar, or an empty folder, with --to.",
      "to",
    );
}

/** Writes a tar as it comes: to a file ending in `.tar`, or unpacked into a folder. Gives how many bytes came. */
export async function putDown(tar: AsyncIterable<Uint8Array>, place: string): Promise<number> {
  let sizeBytes = 0;
  async function* counted() {
    for await (const piece of tar) {
      sizeBytes += piece.length;
      yield piece;
    }
  }
  try {
    if (isTar(place)) await writeFile(counted(), place);
    else {
      const folder = folderStorage(place);
      const limits = { files: 200_000, fileBytes: mostPartBytes, bytes: Number.MAX_SAFE_INTEGER };
      for await (const { name, content } of filesIn(counted(), limits)) await folder.put(name, content);
    }
  } catch (error) {
    if (error instanceof Error && "syscall" in error)
      refuse(`"${place}" cannot be written.`, "Name a place that you may write to with --to.", "to", error);
    throw error;
  }
  return sizeBytes;
}

/** Beside its place until it is whole. */
async function writeFile(content: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  const beside = `${file}.part`;
  // It may hold passwords' hashes: nobody else's to read.
  const handle = await open(beside, "w", 0o600);
  try {
    for await (const piece of content) await handle.writeFile(piece);
    await handle.sync();
    await handle.close();
    await rename(beside, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  }
}

/** An archive on this machine as a tar: a file as it is, or a folder, packed. Throws a fault where there is none. */
export async function takeUp(place: string): Promise<AsyncIterable<Uint8Array>> {
  const found = await stat(place).catch((error: unknown) =>
    refuse(
      `There is no archive at "${place}".`,
      "Name a tar, or a folder with a manifest.json.",
      "archive",
      error,
    ),
  );
  if (found.isFile()) return createReadStream(place);
  const folder = folderStorage(place);
  const files: TarFile[] = [];
  for await (const { name, sizeBytes } of folder.list(""))
    files.push({
      name,
      sizeBytes,
      async *content() {
        yield* (await folder.get(name)) ?? [];
      },
    });
  if (!files.some(({ name }) => name === "manifest.json"))
    refuse(`"${place}" holds no archive.`, "Name a tar, or a folder with a manifest.json.", "archive");
  return packTar(files, found.mtime);
}
