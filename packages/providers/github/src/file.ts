import { createHash } from "node:crypto";
import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { serially } from "@atoll/provider-kit/serially";

// --- types

/** What a file should hold. Its path is the step's name. */
export interface FileIn {
  content: string;
  /** Commit message. Not compared. */
  message: string;
}

/** What GitHub says of a file. */
export interface FileAttrs {
  path: string;
  /** Git's hash of the content. */
  sha: string;
  /** Newest commit that touched the file. */
  commitSha: string;
  /** When that was, in milliseconds since 1970. */
  committedAt: number;
}

interface FileBody {
  type: "file" | "dir" | "symlink" | "submodule";
  sha: string;
}

interface CommitBody {
  sha: string;
  commit: { committer: { date: string } | null };
}

// 409 for a hash that is no longer right, 422 for none where there is a file by now.
const conflicts = new Set([409, 422]);

/** Git's name for this content: equal content has an equal hash, so nothing has to be fetched to compare. */
function blobSha(content: string): string {
  const bytes = Buffer.from(content, "utf8");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** A file on the default branch of a repository: `within` is `owner/repo`, the name is the path in it. */
export function file(api: Http): Resource<FileIn, FileAttrs> {
  const contents = "/repos/{+repository}/contents/{+path}";

  // --- observe

  async function observe(at: Address): Promise<Observed<FileAttrs>> {
    const repository = home(at);
    const body = await api.getOrGone<FileBody | FileBody[]>(contents, {
      params: { repository, path: at.name },
    });
    if (!body) return { is: "absent" };
    if (Array.isArray(body) || body.type !== "file")
      throw new Fault("rejected", {
        what: `${at.name} in ${repository} is not a file.`,
        next: "Remove what stands at that path in the repository, then retry the run.",
      });
    const [commit] = await api.get<CommitBody[]>("/repos/{+repository}/commits", {
      params: { repository },
      query: { path: at.name, per_page: 1 },
    });
    const attrs = {
      path: at.name,
      sha: body.sha,
      commitSha: commit?.sha ?? "",
      committedAt: Date.parse(commit?.commit.committer?.date ?? "") || 0,
    };
    // Whoever owns the repository owns its files: the template may well have brought a first version.
    return { is: "present", id: `${repository}:${at.name}`, owner: "us", attrs };
  }

  // --- compare

  function compare(want: FileIn, live: FileAttrs): Change[] {
    const sha = blobSha(want.content);
    return sha === live.sha
      ? []
      : [{ path: live.path, act: "update", from: `content ${live.sha}`, to: `content ${sha}` }];
  }

  // --- apply

  /** Writes over whatever stands there now. Writers beside us make the first tries fail, with 409 or 422. */
  async function write(repository: string, path: string, want: FileIn): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const there = await api.getOrGone<FileBody>(contents, { params: { repository, path } });
      if (there?.sha === blobSha(want.content)) return;
      try {
        await api.put(contents, {
          params: { repository, path },
          body: {
            message: want.message,
            content: Buffer.from(want.content, "utf8").toString("base64"),
            ...(there && { sha: there.sha }),
          },
        });
        return;
      } catch (fault) {
        if (attempt === 3 || !(fault instanceof HttpFault) || !conflicts.has(fault.status)) throw fault;
      }
    }
  }

  return {
    kind: "github.file",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,
    compare,

    async apply({ at, want }) {
      const repository = home(at);
      // Two writes to one repository at a time make each other fail, also on different files.
      await serially(`github ${repository}`, () => write(repository, at.name, want));
      return `${repository}:${at.name}`;
    },

    // --- remove

    async remove() {
      // Ends with its repository; the engine does not ask for it.
    },
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("github.file needs `within`: owner/repo");
  return at.within;
}
