import type { FileWrite } from "./commits.ts";
import { isText } from "./commits.ts";
import { mergeLines } from "./lines.ts";
import type { Tree, TreeFile } from "./trees.ts";

/** A file that cannot be brought by itself: both sides changed it. */
export interface Conflict {
  path: string;
  /** A clause about the two: "both changed the same lines". */
  why: string;
  /** The three versions' texts, where there are any and they can be read. */
  texts: { base?: Buffer; ours?: Buffer; theirs?: Buffer };
}

/** What a newer version means for a repository that was made from an older one. All lists hold paths. */
export interface ThreeWay {
  /** Changed in the template only: its version is taken. */
  taken: string[];
  /** Removed from the template, and never touched here. */
  removed: string[];
  /** Changed on both sides, in different lines. */
  merged: string[];
  /** Changed or removed here only: stays as it is. */
  kept: string[];
  conflicting: Conflict[];
  /** The changes that bring all but the conflicts. */
  files: FileWrite[];
}

/** The three versions of the files, and how their contents are read by their hashes. */
interface Sides {
  base: Tree;
  ours: Tree;
  theirs: Tree;
  /** Content of the template's files, old and new. */
  readTheirs(sha: string): Promise<Buffer>;
  readOurs(sha: string): Promise<Buffer>;
}

// What is larger is not merged line by line; GitHub shows no more of a file either.
const mergedBytesAtMost = 1024 * 1024;

const same = (one: TreeFile | undefined, other: TreeFile | undefined) =>
  one?.sha === other?.sha && one?.mode === other?.mode;

const isPlain = (file: TreeFile) => file.mode === "100644" || file.mode === "100755";

/**
 * Brings the changes from `base` to `theirs` over to `ours`, file by file, and keeps what `ours` changed. Files that
 * only `ours` has are never looked at. Reads the contents of those files alone that changed.
 */
export async function threeWay(sides: Sides): Promise<ThreeWay> {
  const { base, ours, theirs, readTheirs, readOurs } = sides;
  const result: ThreeWay = { taken: [], removed: [], merged: [], kept: [], conflicting: [], files: [] };
  const folders = new Set([...ours.keys()].flatMap(foldersOf));
  const paths = [...new Set([...base.keys(), ...theirs.keys()])].toSorted();

  async function conflict(path: string, why: string): Promise<void> {
    const text = async (file: TreeFile | undefined, read: (sha: string) => Promise<Buffer>) => {
      if (!file || !isPlain(file) || file.sizeBytes > mergedBytesAtMost) return undefined;
      const content = await read(file.sha);
      return isText(content) ? content : undefined;
    };
    const all = {
      base: await text(base.get(path), readTheirs),
      ours: await text(ours.get(path), readOurs),
      theirs: await text(theirs.get(path), readTheirs),
    };
    const texts = Object.fromEntries(Object.entries(all).filter(([, content]) => content !== undefined));
    result.conflicting.push({ path, why, texts });
  }

  async function changedOnBoth(path: string, b: TreeFile, o: TreeFile, t: TreeFile): Promise<void> {
    if (![b, o, t].every(isPlain)) return conflict(path, "both changed it, and it is no plain file");
    if ([b, o, t].some(({ sizeBytes }) => sizeBytes > mergedBytesAtMost))
      return conflict(path, "both changed it, and it is too large to be merged by lines");
    const contents = {
      base: await readTheirs(b.sha),
      ours: await readOurs(o.sha),
      theirs: await readTheirs(t.sha),
    };
    if (!Object.values(contents).every(isText)) return conflict(path, "both changed it, and it is no text");
    const content = await mergeLines(contents.ours, contents.base, contents.theirs);
    if (content === undefined) {
      result.conflicting.push({ path, why: "both changed the same lines", texts: contents });
      return;
    }
    result.merged.push(path);
    result.files.push({ path, mode: o.mode === b.mode ? t.mode : o.mode, content });
  }

  for (const path of paths) {
    const [b, o, t] = [base.get(path), ours.get(path), theirs.get(path)];
    if (same(t, b)) {
      if (!same(o, b)) result.kept.push(path);
    } else if (same(o, t)) {
      // Both sides did the same.
    } else if (t && !o && (folders.has(path) || foldersOf(path).some((folder) => ours.has(folder)))) {
      await conflict(
        path,
        "the template has a file where this repository has a folder, or the other way round",
      );
    } else if (same(o, b)) {
      if (t?.mode === "160000") await conflict(path, "it is a link to another repository");
      else if (t) {
        result.taken.push(path);
        result.files.push({ path, mode: t.mode, content: await readTheirs(t.sha) });
      } else {
        result.removed.push(path);
        result.files.push({ path, mode: o?.mode ?? "100644", content: undefined });
      }
    } else if (!b) await conflict(path, "both added it, with different contents");
    else if (!o) await conflict(path, "it was removed here, and changed in the template");
    else if (!t) await conflict(path, "it was changed here, and removed from the template");
    else await changedOnBoth(path, b, o, t);
  }
  return result;
}

/** The folders that a path lies in: "a/b/c" is in "a" and in "a/b". */
function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
