import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, cp, mkdir, readFile, rename, rm } from "node:fs/promises";
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
  // Without git's own template: nobody reads its dozen sample hooks.
  await git(folder, ["init", "--quiet", "--bare", "--template=", `--initial-branch=${defaultBranch}`]);
  await appendFile(path.join(folder, "config"), "[http]\n\treceivepack = true\n");
  return openRepository(folder);
}

/** Repositories that stand as models of generated ones, by their folder; made once in a process. */
const models = new Map<string, Promise<void>>();

/** A new repository that holds the files of another one in a single first commit, as GitHub's templates give. */
export async function generateRepository(
  template: GitRepository,
  from: string,
  folder: string,
  branch: string,
): Promise<GitRepository> {
  const source = await template.resolve(from);
  if (source === undefined) throw new Error("The template has no commit.");
  const model = `${template.path}.models/${source}-${branch}.git`;
  const ready = models.get(model) ?? makeModel(template, source, model, branch);
  models.set(model, ready);
  await ready.catch((error: unknown) => {
    models.delete(model);
    throw error;
  });
  // A copy of some files costs a tenth of the seven processes that made them.
  await mkdir(path.dirname(folder), { recursive: true });
  await cp(model, folder, { recursive: true });
  return openRepository(folder);
}

/** Makes a model beside its place and moves it there when it is complete: a crash leaves no half of one. */
async function makeModel(
  template: GitRepository,
  source: string,
  model: string,
  branch: string,
): Promise<void> {
  if (existsSync(model)) return;
  const making = `${model}.${randomBytes(6).toString("hex")}`;
  await createRepository(making, branch);
  // All objects of the template come over; only its newest tree is referred to afterwards.
  await git(making, ["fetch", "--quiet", "--no-tags", path.resolve(template.path), source]);
  const tree = text(await git(making, ["rev-parse", `${source}^{tree}`]));
  const commit = text(await git(making, ["commit-tree", tree, "-m", "Initial commit"]));
  await git(making, ["update-ref", `refs/heads/${branch}`, commit]);
  await rename(making, model).catch(async (error: unknown) => {
    if (!existsSync(model)) throw error;
    await rm(making, { recursive: true, force: true }); // another process was faster
  });
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

/**
 * The commit of a branch that stands in a file of its own, as all do here until somebody has git pack them: half of all
 * questions to a repository are this one, and a process for each cost more than the rest of the answer. Undefined = ask git.
 */
async function looseBranch(folder: string, ref: string): Promise<string | undefined> {
  const branch = ref.replace(/^refs\/heads\//, "");
  if (!safePath(branch) || /^[0-9a-f]{4,40}$/i.test(branch)) return undefined;
  // A tag of the same name comes first, and packed references are git's to read.
  if (existsSync(path.join(folder, "packed-refs"))) return undefined;
  if (branch === ref && existsSync(path.join(folder, "refs", "tags", branch))) return undefined;
  const found = await readFile(path.join(folder, "refs", "heads", branch), "utf8").catch(() => "");
  return /^[0-9a-f]{40}\n$/.test(found) ? found.trim() : undefined;
}

/** A repository that is there. */
export function openRepository(folder: string): GitRepository {
  const resolve = async (ref: string) => {
    if (ref.startsWith("-") || /[\s\0~^:?*[\\]/.test(ref)) return undefined;
    const loose = await looseBranch(folder, ref);
    if (loose !== undefined) return loose;
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
