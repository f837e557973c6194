import { createHash, randomUUID } from "node:crypto";
import { constants, createWriteStream } from "node:fs";
import { copyFile, type FileHandle, mkdir, open, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { patienceBytes } from "./patience.ts";
import { tooLarge } from "./problem.ts";

/** A file as it was written. Its `version` is its name on disk. */
interface Written {
  version: string;
  sizeBytes: number;
  /** In quotes, as HTTP has it. */
  eTag: string;
}

/** Contents of all projects' objects, a folder for each project, each file under a random name and never changed. */
export interface ProjectFiles {
  /** Is on disk when it answers. Leaves nothing behind when the stream breaks off or is longer than `maxBytes`. */
  write(ref: string, content: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Written>;
  /** The same content under a new name, or undefined where it has gone. */
  copy(ref: string, version: string): Promise<string | undefined>;
  /** Undefined where it has gone. */
  open(ref: string, version: string | null): Promise<FileHandle | undefined>;
  discard(ref: string, versions: readonly (string | null)[]): Promise<void>;
  /** Removes all that a project had. */
  remove(ref: string): Promise<void>;
  /** Removes what a crash left over: folders of projects that nobody knows. */
  sweep(refs: readonly string[]): Promise<void>;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function goneIsUndefined(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}

/** Opens the folder of all files, and makes it where it is missing. */
export async function openFiles(folder: string): Promise<ProjectFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });

  /** A project's owner can write any text into the column `version`: only a name of ours is looked for. */
  const at = (ref: string, version: string | null) =>
    version !== null && uuid.test(version) ? path.join(folder, ref, version) : undefined;

  async function fresh(ref: string): Promise<{ version: string; file: string }> {
    await mkdir(path.join(folder, ref), { recursive: true, mode: 0o700 });
    const version = randomUUID();
    return { version, file: path.join(folder, ref, version) };
  }

  return {
    async write(ref, content, maxBytes) {
      const { version, file } = await fresh(ref);
      const hash = createHash("md5");
      let sizeBytes = 0;
      async function* counted(source: AsyncIterable<Uint8Array>) {
        for await (const chunk of source) {
          sizeBytes += chunk.length;
          if (sizeBytes > maxBytes + patienceBytes) break;
          if (sizeBytes > maxBytes) continue;
          hash.update(chunk);
          yield chunk;
        }
        if (sizeBytes > maxBytes) throw tooLarge();
      }
      try {
        await pipeline(
          content === null ? Readable.from([]) : Readable.fromWeb(content),
          counted,
          createWriteStream(file, { flags: "wx", mode: 0o600, flush: true }),
        );
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
      return { version, sizeBytes, eTag: `"${hash.digest("hex")}"` };
    },
    async copy(ref, version) {
      const from = at(ref, version);
      if (from === undefined) return undefined;
      const made = await fresh(ref);
      return copyFile(from, made.file, constants.COPYFILE_FICLONE).then(() => made.version, goneIsUndefined);
    },
    async open(ref, version) {
      const file = at(ref, version);
      return file === undefined ? undefined : open(file).catch(goneIsUndefined);
    },
    async discard(ref, versions) {
      for (const version of versions) {
        const file = at(ref, version);
        if (file !== undefined) await rm(file, { force: true });
      }
    },
    remove: (ref) => rm(path.join(folder, ref), { recursive: true, force: true }),
    async sweep(refs) {
      for (const ref of await readdir(folder))
        if (!refs.includes(ref)) await rm(path.join(folder, ref), { recursive: true, force: true });
    },
  };
}
