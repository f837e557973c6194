import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { GitError, git } from "./run.ts";

/** A file or folder at a commit. */
interface TreeEntry {
  path: string;
  type: "blob" | "tree" | "commit";
  mode: string;
  sha: string;
  size: number;
}

/** One change of a commit; no content = the file is removed. */
export interface FileChange {
  path: string;
  content?: Uint8Array;
}

/** A bare repository on disk, read and written by git's plumbing. */
export interface GitRepository {
  path: string;
  /** Newest commit of a branch; undefined when there is none. */
  head(branch: string): Promise<string | undefined>;
  branches(): Promise<{ name: string; sha: string }[]>;
  /** The commit that a branch, tag or (short) id means; undefined for nothing. */
  resolve(ref: string): Promise<string | undefined>;
  list(commit: string, folder: string, recursive: boolean): Promise<TreeEntry[]>;
  read(sha: string): Promise<Buffer>;
  /** Commits all changes at once on top of a branch, which is made where it is missing. */
  commit(branch: string, changes: readonly FileChange[], message: string): Promise<string>;
  /** Newest first, without what `since` has already; `skip` leaves out as many. */
  commits(
    ref: string,
    options: { path?: string; limit: number; skip?: number; since?: string },
  ): Promise<
    {
      sha: string;
      tree: string;
      parents: string[];
      message: string;
      at: string;
      author: string;
      email: string;
    }[]
  >;
  /** How many commits `commits` would give without a limit. */
  countCommits(ref: string, file?: string): Promise<number>;
}

/** A commit on a branch that has moved meanwhile. */
export class BranchMoved extends Error {}

const text = (buffer: Buffer) => buffer.toString("utf8").trim();

/** Makes an empty bare repository. */
export async function createRepository(folder: string, defaultBranch: string): Promise<GitRepository> {
  await mkdir(path.dirname(folder), { recursive: true });
  await git(folder, ["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`]);
  await git(folder, ["config", "http.receivepack", "true"]);
  return openRepository(folder);
}

/** A new repository that holds the files of another one in a single first commit, as GitHub's templates give. */
export async function generateRepository(
  template: GitRepository,
  from: string,
  folder: string,
  branch: string,
): Promise<GitRepository> {
  const made = await createRepository(folder, branch);
  const source = await template.resolve(from);
  if (source === undefined) throw new Error("The template has no commit.");
  // All objects of the template come over; only its newest tree is referred to afterwards.
  await git(folder, ["fetch", "--quiet", "--no-tags", path.resolve(template.path), source]);
  const tree = text(await git(folder, ["rev-parse", `${source}^{tree}`]));
  const commit = text(await git(folder, ["commit-tree", tree, "-m", "Initial commit"]));
  await git(folder, ["update-ref", `refs/heads/${branch}`, commit]);
  return made;
}

export async function removeRepository(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** True for a path that stays inside of the repository. */
export function safePath(file: string): boolean {
  return (
    file !== "" &&
    !file.startsWith("/") &&
    !file.includes("\0") &&
    !file
      .split("/")
      .some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git")
  );
}

/** A repository that is there. */
export function openRepository(folder: string): GitRepository {
  const resolve = async (ref: string) => {
    if (ref.startsWith("-") || /[\s\0~^:?*[\\]/.test(ref)) return undefined;
    try {
      return text(
        await git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]),
      );
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  };
  const head = (branch: string) => resolve(`refs/heads/${branch}`);

  return {
    path: folder,
    head,
    resolve,
    async branches() {
      const lines = text(
        await git(folder, ["for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads"]),
      );
      return lines === ""
        ? []
        : lines.split("\n").map((line) => ({
            sha: line.slice(0, line.indexOf(" ")),
            name: line.slice(line.indexOf(" ") + 1),
          }));
    },
    async list(commit, at, recursive) {
      const where = at === "" ? [] : ["--", at];
      const out = await git(folder, [
        "ls-tree",
        "-z",
        "-l",
        ...(recursive ? ["-r", "-t"] : []),
        commit,
        ...where,
      ]);
      return out
        .toString("utf8")
        .split("\0")
        .filter((line) => line !== "")
        .map((line) => {
          const tab = line.indexOf("\t");
          const [mode = "", type = "", sha = "", size = "-"] = line.slice(0, tab).split(/ +/);
          return {
            mode,
            type: type as TreeEntry["type"],
            sha,
            size: size === "-" ? 0 : Number(size),
            path: line.slice(tab + 1),
          }; // git's own words
        });
    },
    read: (sha) => git(folder, ["cat-file", "blob", sha]),
    async commit(branch, changes, message) {
      const parent = await head(branch);
      const index = path.join(folder, `index.${randomBytes(6).toString("hex")}`);
      const env = { GIT_INDEX_FILE: index };
      try {
        if (parent !== undefined) await git(folder, ["read-tree", parent], { env });
        const lines: string[] = [];
        for (const { path: file, content } of changes) {
          if (!safePath(file)) throw new Error(`"${file}" is no path inside of a repository.`);
          if (content === undefined) lines.push(`0 ${"0".repeat(40)}\t${file}\0`);
          else
            lines.push(
              `100644 ${text(await git(folder, ["hash-object", "-w", "--stdin"], { input: content }))}\t${file}\0`,
            );
        }
        await git(folder, ["update-index", "-z", "--index-info"], { env, input: lines.join("") });
        const tree = text(await git(folder, ["write-tree"], { env }));
        const commit = text(
          await git(folder, ["commit-tree", tree, ...(parent === undefined ? [] : ["-p", parent])], {
            input: message,
          }),
        );
        try {
          await git(folder, ["update-ref", `refs/heads/${branch}`, commit, parent ?? "0".repeat(40)]);
        } catch (error) {
          throw new BranchMoved("The branch has moved meanwhile.", { cause: error });
        }
        return commit;
      } finally {
        if (existsSync(index)) await rm(index, { force: true });
      }
    },
    async countCommits(ref, file) {
      const commit = await resolve(ref);
      if (commit === undefined) return 0;
      const where = file === undefined || file === "" ? [] : ["--", file];
      return Number(text(await git(folder, ["rev-list", "--count", commit, ...where])));
    },
    async commits(ref, { path: file, limit, skip = 0, since }) {
      const commit = await resolve(ref);
      if (commit === undefined) return [];
      const where = file === undefined || file === "" ? [] : ["--", file];
      const out = text(
        await git(folder, [
          "log",
          `-${limit}`,
          `--skip=${skip}`,
          "--format=%H%x00%T%x00%P%x00%cI%x00%an%x00%ae%x00%B%x01",
          commit,
          ...(since === undefined ? [] : [`^${since}`]),
          ...where,
        ]),
      );
      return out
        .split("\u0001")
        .map((each) => each.trim())
        .filter((each) => each !== "")
        .map((each) => {
          const [sha = "", tree = "", before = "", at = "", author = "", email = "", message = ""] =
            each.split("\0");
          const parents = before === "" ? [] : before.split(" ");
          return { sha, tree, parents, at, author, email, message: message.trim() };
        });
    },
  };
}
