import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { CommandFailed, type OnLine, run } from "./run.ts";
import { linkTree, treeKey } from "./tree.ts";

/** What the application reads when it runs: a change of it needs no new build. */
export const runtimeFiles: readonly string[] = ["client-config.json"];

interface BuilderOptions {
  /** Installed packages and finished builds, shared by all instances, restarts and local clouds. */
  cache: string;
  /** Read by the application when it runs, so they make no new build: each instance has its own. */
  runtimeFiles: readonly string[];
  signal: AbortSignal;
}

/** Builds applications: once for each input, however many instances ask for it. */
export interface Builder {
  /** Puts what runs into `site`, a new folder; `checkOut` fills an empty folder with the code. Gives the build's key. */
  build(job: { checkOut(folder: string): Promise<void>; site: string; onLine: OnLine }): Promise<string>;
}

const inside = (folder: string) => path.join(folder, randomBytes(8).toString("hex"));

/** Whoever was first stays: builds of the same key are alike. */
async function settle(made: string, place: string): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  try {
    await rename(made, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    await rm(made, { recursive: true, force: true });
  }
}

/** Builds that have begun in this process by their place, and everybody who wants to read their lines. */
const underWay = new Map<string, { done: Promise<void>; readers: OnLine[]; signal: AbortSignal }>();
let last: Promise<unknown> = Promise.resolve();

/** A builder that keeps its results in `cache`. Hosts have one each, and wait for each other. */
export function openBuilder({ cache, runtimeFiles, signal }: BuilderOptions): Builder {
  const platform = `node-${process.versions.modules} ${process.platform} ${process.arch}`;

  async function install(work: string, onLine: OnLine): Promise<void> {
    const lock = await readFile(path.join(work, "package-lock.json")).catch(() => undefined);
    const about = await readFile(path.join(work, "package.json")).catch(() => undefined);
    if (about === undefined) throw new CommandFailed("There is no package.json: nothing can be built");
    const key = createHash("sha256")
      .update(platform)
      .update(about)
      .update("\0")
      .update(lock ?? "");
    const place = path.join(cache, "modules", key.digest("hex"));
    const modules = path.join(work, "node_modules");
    if (lock !== undefined && existsSync(place)) {
      onLine("stdout", "Restored installed packages from the build cache");
      return await linkTree(place, modules);
    }
    const command = [lock === undefined ? "install" : "ci", "--prefer-offline", "--no-audit", "--no-fund"];
    onLine("command", `npm ${command.join(" ")}`);
    await run("npm", command, { folder: work, onLine, signal });
    if (lock === undefined || !existsSync(modules)) return;
    const kept = inside(path.join(cache, "making"));
    await linkTree(modules, kept);
    await settle(kept, place);
  }

  async function make(work: string, place: string, onLine: OnLine): Promise<void> {
    await install(work, onLine);
    onLine("command", "npm run build");
    await run("npm", ["run", "build"], { folder: work, onLine, signal });
    const standalone = path.join(work, ".next", "standalone");
    await settle(existsSync(path.join(standalone, "server.js")) ? standalone : work, place);
  }

  /** One build at a time: two at once would take each other's processors. */
  function makeOnce(work: string, place: string, onLine: OnLine): Promise<void> {
    const already = underWay.get(place);
    // One whose host is ending will not come to its end.
    if (already && !already.signal.aborted) {
      onLine("stdout", "The same code is being built already: waiting for that build");
      already.readers.push(onLine);
      return already.done;
    }
    const readers = [onLine];
    const tellAll: OnLine = (type, text) => {
      for (const reader of readers) reader(type, text);
    };
    const done = last
      .catch(() => {}) // how the one before ended is not this one's business
      .then(() => make(work, place, tellAll))
      .finally(() => {
        if (underWay.get(place)?.readers === readers) underWay.delete(place);
      });
    last = done;
    underWay.set(place, { done, readers, signal });
    return done;
  }

  return {
    async build({ checkOut, site, onLine }) {
      const work = inside(path.join(cache, "making"));
      await mkdir(work, { recursive: true });
      try {
        await checkOut(work);
        const own = await Promise.all(
          runtimeFiles.map(
            async (file) => [file, await readFile(path.join(work, file)).catch(() => undefined)] as const,
          ),
        );
        const key = await treeKey(work, runtimeFiles, platform);
        const place = path.join(cache, "builds", key);
        if (existsSync(place)) onLine("stdout", "Restored the build from the build cache");
        else await makeOnce(work, place, onLine);

        const making = `${site}.${randomBytes(4).toString("hex")}`;
        await linkTree(place, making);
        await Promise.all(own.map(([file, data]) => replace(path.join(making, file), data)));
        await rm(site, { recursive: true, force: true });
        await rename(making, site);
        return key;
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}

/** The file goes before it is written: a write would go through the hard link into the shared build. */
async function replace(file: string, data: Buffer | undefined): Promise<void> {
  await rm(file, { force: true });
  if (data === undefined) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, data);
}

/** Puts uploaded files into a folder. */
export async function placeFiles(
  folder: string,
  filesDir: string,
  files: readonly { file: string; sha: string }[],
): Promise<void> {
  for (const { file, sha } of files) {
    const at = path.join(folder, file);
    await mkdir(path.dirname(at), { recursive: true });
    await copyFile(path.join(filesDir, sha), at);
  }
}
