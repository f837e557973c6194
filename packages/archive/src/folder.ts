import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Fault } from "@atoll/core/fault";
import { checkName, type Storage, type Stored } from "./storage.ts";

const making = ".making-";
let makings = 0;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** An error of the file system in the storage's words; the path stays out of it. */
function faultOf(error: unknown, doing: string): Fault {
  const code = codeOf(error);
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new Fault(
    full ? "try-again" : "rejected",
    {
      what: full
        ? "The folder for archives has no room left."
        : `The folder for archives refused ${doing} (${code || "unknown"}).`,
      next: full
        ? "Make room, or choose another folder."
        : "Look whether the folder is there and may be written to.",
    },
    { cause: error },
  );
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A storage in a folder of this machine: files of mode 0600, each written beside its place, synced and moved there. */
export function folderStorage(root: string): Storage {
  const fileOf = (name: string) => {
    checkName(name);
    return path.join(root, ...name.split("/"));
  };

  async function write(file: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const folder = path.dirname(file);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    makings += 1;
    const beside = path.join(folder, `${making}${process.pid}-${makings}`);
    try {
      const handle = await open(beside, "wx", 0o600);
      try {
        for await (const piece of content instanceof Uint8Array ? [content] : content)
          await handle.writeFile(piece);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, file);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await syncFolder(folder);
  }

  async function* walk(folder: string, name: string): AsyncIterable<Stored> {
    let entries: Awaited<ReturnType<typeof namesIn>>;
    try {
      entries = await namesIn(folder);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      throw faultOf(error, "to be listed");
    }
    for (const entry of entries) {
      const within = name === "" ? entry.name : `${name}/${entry.name}`;
      if (entry.isDirectory()) yield* walk(path.join(folder, entry.name), within);
      // A link is nobody's part: following it would lead out of the folder.
      else if (entry.isFile() && !entry.name.startsWith(making)) {
        const found = await lookAt(path.join(folder, entry.name), within);
        if (found) yield found;
      }
    }
  }

  async function lookAt(file: string, name: string): Promise<Stored | undefined> {
    try {
      const found = await stat(file);
      return found.isFile() ? { name, sizeBytes: found.size, modifiedAt: found.mtime } : undefined;
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
      throw faultOf(error, "a look at a file");
    }
  }

  return {
    async put(name, content) {
      const file = fileOf(name);
      try {
        await write(file, content);
      } catch (error) {
        // What the content's own source threw is not the folder's.
        throw codeOf(error).startsWith("E") ? faultOf(error, "a file") : error;
      }
    },
    async get(name) {
      const file = fileOf(name);
      return (await lookAt(file, name)) && createReadStream(file);
    },
    stat: async (name) => await lookAt(fileOf(name), name),
    async *list(prefix) {
      // Only the folder that the prefix names is walked, not the archives beside it.
      const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1).replace(/\/$/, "");
      if (folder !== "") checkName(folder);
      for await (const found of walk(path.join(root, ...folder.split("/")), folder))
        if (found.name.startsWith(prefix)) yield found;
    },
    async remove(name) {
      try {
        await rm(fileOf(name), { force: true });
      } catch (error) {
        throw faultOf(error, "to remove a file");
      }
    },
  };
}

const namesIn = (folder: string) => readdir(folder, { withFileTypes: true });
