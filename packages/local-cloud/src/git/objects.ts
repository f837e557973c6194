import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { GitError, git } from "./run.ts";

/** An entry that a new tree has instead of the old one's; no hash = it is taken out. */
export interface TreeChange {
  path: string;
  mode: string;
  sha: string | undefined;
}

/** Who wrote a commit, and when: ISO 8601. */
interface Person {
  name: string;
  email: string;
  date?: string | undefined;
}

const text = (buffer: Buffer) => buffer.toString("utf8").trim();

/** True for the full name of an object. */
export const isSha = (sha: string): boolean => /^[0-9a-f]{40}$/.test(sha);

/** The kind of the object with this full name; undefined where there is none. */
export async function typeOf(folder: string, sha: string): Promise<string | undefined> {
  if (!isSha(sha)) return undefined;
  try {
    return text(await git(folder, ["cat-file", "-t", sha]));
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** Stores a file's content; gives its name. */
export async function writeBlob(folder: string, content: Uint8Array): Promise<string> {
  return text(await git(folder, ["hash-object", "-w", "--stdin"], { input: content }));
}

/** Stores a tree: `base` with the changes, or the changes alone; gives its name. */
export async function writeTree(
  folder: string,
  base: string | undefined,
  changes: readonly TreeChange[],
): Promise<string> {
  const index = path.resolve(folder, `index.${randomBytes(6).toString("hex")}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    if (base !== undefined) await git(folder, ["read-tree", base], { env });
    const lines = changes.map(({ path: file, mode, sha }) =>
      sha === undefined ? `0 ${"0".repeat(40)}\t${file}\0` : `${mode} ${sha}\t${file}\0`,
    );
    await git(folder, ["update-index", "-z", "--index-info"], { env, input: lines.join("") });
    return text(await git(folder, ["write-tree"], { env }));
  } finally {
    await rm(index, { force: true });
  }
}

/** Stores a commit of a tree; gives its name. No branch knows it yet. */
export async function writeCommit(
  folder: string,
  given: { tree: string; parents: readonly string[]; message: string; author?: Person; committer?: Person },
): Promise<string> {
  const env: Record<string, string> = {};
  const author = given.author;
  const committer = given.committer ?? given.author;
  for (const [prefix, person] of [
    ["AUTHOR", author],
    ["COMMITTER", committer],
  ] as const) {
    if (person === undefined) continue;
    env[`GIT_${prefix}_NAME`] = person.name;
    env[`GIT_${prefix}_EMAIL`] = person.email;
    if (person.date !== undefined) env[`GIT_${prefix}_DATE`] = person.date;
  }
  const parents = given.parents.flatMap((each) => ["-p", each]);
  return text(await git(folder, ["commit-tree", given.tree, ...parents], { input: given.message, env }));
}

/** True when the first commit is the second one or comes before it. */
export async function isAncestor(folder: string, before: string, after: string): Promise<boolean> {
  try {
    await git(folder, ["merge-base", "--is-ancestor", before, after]);
    return true;
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return false;
    throw error;
  }
}

/** The newest commit that both have; undefined when their histories never met. */
export async function mergeBase(folder: string, one: string, other: string): Promise<string | undefined> {
  try {
    return text(await git(folder, ["merge-base", one, other]));
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** How many commits the first has that the second has not, and the other way round. */
export async function distance(folder: string, base: string, head: string) {
  const counted = text(await git(folder, ["rev-list", "--left-right", "--count", `${base}...${head}`]));
  const [behind = 0, ahead = 0] = counted.split(/\s+/).map(Number);
  return { ahead, behind };
}

/** The tree that a merge of two commits gives; undefined when they conflict. */
export async function mergedTree(folder: string, base: string, head: string): Promise<string | undefined> {
  try {
    const out = text(await git(folder, ["merge-tree", "--write-tree", "--no-messages", base, head]));
    return out.split("\n")[0];
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** Files that differ between two commits, with the lines added and taken out (0 for binary ones). */
export async function changedFiles(folder: string, from: string, to: string) {
  const flags = ["-r", "-z", "--no-renames"];
  const raw = (await git(folder, ["diff-tree", ...flags, "--raw", "--no-abbrev", from, to])).toString("utf8");
  const numbers = (await git(folder, ["diff-tree", ...flags, "--numstat", from, to])).toString("utf8");
  const counts = new Map(
    numbers
      .split("\0")
      .filter((line) => line !== "")
      .map((line) => {
        const [added = "", gone = "", ...name] = line.split("\t");
        return [name.join("\t"), { additions: Number(added) || 0, deletions: Number(gone) || 0 }];
      }),
  );
  const parts = raw.split("\0");
  const files = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, , before = "", after = "", letter = ""] = (parts[at] ?? "").split(" ");
    const filename = parts[at + 1] ?? "";
    const status = letter === "A" ? "added" : letter === "D" ? "removed" : "modified";
    files.push({
      filename,
      status,
      sha: status === "removed" ? before : after,
      ...(counts.get(filename) ?? { additions: 0, deletions: 0 }),
    });
  }
  return files;
}
