import type { Http } from "@atoll/provider-kit/http";

interface TreeBody {
  tree: { path: string; type: string; sha: string }[];
}

/** Gives the files of a repository at a commit, for accounts that deploy by uploading them. */
export function repositoryFiles(github: Http) {
  return async (
    repository: string,
    commitSha: string,
  ): Promise<{ path: string; data: Uint8Array<ArrayBuffer> }[]> => {
    const { tree } = await github.get<TreeBody>("/repos/{+repository}/git/trees/{commitSha}", {
      params: { repository, commitSha },
      query: { recursive: 1 },
    });
    const files: { path: string; data: Uint8Array<ArrayBuffer> }[] = [];
    // One after the other: a hundred at once is what GitHub's secondary limit refuses.
    for (const { path, sha } of tree.filter((each) => each.type === "blob")) {
      const { content } = await github.get<{ content: string }>("/repos/{+repository}/git/blobs/{sha}", {
        params: { repository, sha },
      });
      files.push({ path, data: new Uint8Array(Buffer.from(content, "base64")) });
    }
    return files;
  };
}
