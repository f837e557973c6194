import type { GitRepository } from "../git/repository.ts";
import { baseOf, type RepositoryRecord, type World } from "./world.ts";

interface TreeEntry {
  path: string;
  type: string;
  sha: string;
  size: number;
}

/** A file or a folder as a list shows it: without content. */
export const entryShown = (world: World, record: RepositoryRecord, entry: TreeEntry) => {
  const url = `${baseOf(world)}/api/v1/repos/${record.owner}/${record.name}/contents/${entry.path}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    type: entry.type === "tree" ? "dir" : "file",
    size: entry.size,
    url,
    html_url: url,
    git_url: url,
    download_url: url,
    encoding: null,
    content: null,
    target: null,
    submodule_git_url: null,
  };
};

/** A file with its content. */
export const fileShown = async (
  world: World,
  record: RepositoryRecord,
  repository: GitRepository,
  entry: TreeEntry,
) => ({
  ...entryShown(world, record, entry),
  encoding: "base64",
  content: (await repository.read(entry.sha)).toString("base64"),
});

/** What a commit has at a path. */
export const entryAt = async (repository: GitRepository, commit: string | undefined, file: string) =>
  commit === undefined
    ? undefined
    : (await repository.list(commit, file, false)).find((each) => each.path === file);
