import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";

/** User and group that a server runs as, where it may not be the one that runs this process. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Where things of a server lie that runs as another user, when that user may not enter the folder asked for. */
export const elsewhere = "/var/lib/atoll";

/** Postgres refuses to run as root. As root it gets an unprivileged user that has an entry in /etc/passwd. */
export function serverOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const entry = entries.find(([user]) => user === name);
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    "Postgres does not run as root, and /etc/passwd has neither `postgres` nor `nobody`. Run as another user.",
  );
}

/** True when everybody may pass through every folder on the way. */
export function mayEnter(folder: string): boolean {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/**
 * The folder itself, or, where the server's user may not enter it, one of its own under `elsewhere`.
 * A link then stands at the place asked for. Who deletes the link has emptied the folder.
 */
export function placeFor(dataDir: string, owner: Owner | undefined): string {
  const folder = path.resolve(dataDir);
  if (owner === undefined || mayEnter(path.dirname(folder))) return folder;
  const place = path.join(elsewhere, createHash("sha256").update(folder).digest("hex").slice(0, 16));
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  mkdirSync(path.dirname(folder), { recursive: true });
  if (existsSync(folder)) return place;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  rmSync(folder, { force: true });
  try {
    symlinkSync(place, folder);
  } catch (error) {
    // Another first start at the same moment: its link leads to the same place.
    if (!existsSync(folder)) throw error;
  }
  return place;
}
