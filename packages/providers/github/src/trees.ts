import { Fault } from "@atoll/core/fault";
import type { Http } from "@atoll/provider-kit/http";

/** What git knows of a file beside its content: plain, executable, a link, another repository. */
export type FileMode = "100644" | "100755" | "120000" | "160000";

/** A file at a commit; equal content has an equal hash, in whatever repository it lies. */
export interface TreeFile {
  mode: FileMode;
  sha: string;
  sizeBytes: number;
}

/** All files at a commit by their paths, folders left out. */
export type Tree = ReadonlyMap<string, TreeFile>;

interface TreeBody {
  truncated: boolean;
  tree: { path: string; mode: FileMode; type: "blob" | "tree" | "commit"; sha: string; size?: number }[];
}

/** Reads the files of a repository at a commit, branch or tree, in one call. Their contents are read one by one. */
export async function readTree(api: Http, repository: string, ref: string): Promise<Tree> {
  const body = await api.get<TreeBody>("/repos/{+repository}/git/trees/{ref}", {
    params: { repository, ref },
    query: { recursive: 1 },
  });
  if (body.truncated)
    throw new Fault("rejected", {
      what: `${repository} has more files than GitHub lists at once (100,000).`,
      next: "Take what is built out of the repository, then try again.",
    });
  return new Map(
    body.tree
      .filter(({ type }) => type !== "tree")
      .map(({ path, mode, sha, size = 0 }) => [path, { mode, sha, sizeBytes: size }]),
  );
}

/** Reads the content that has this hash; up to 100 MB. */
export async function readBlob(api: Http, repository: string, sha: string): Promise<Buffer> {
  const body = await api.get<{ content: string; encoding: "base64" | "utf-8" }>(
    "/repos/{+repository}/git/blobs/{sha}",
    { params: { repository, sha } },
  );
  return Buffer.from(body.content, body.encoding === "base64" ? "base64" : "utf8");
}
