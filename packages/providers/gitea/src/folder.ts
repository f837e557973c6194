import { createHash } from "node:crypto";
import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { serially } from "@atoll/provider-kit/serially";

// --- types

/** What a folder should hold: contents by path within the folder. Files that others put there are left alone. */
export interface FolderIn {
  files: Record<string, string>;
  /** Files that we wrote before and that are not named stay as they are. Otherwise they go. */
  keeps?: true;
  /** Commit message. Not compared. */
  message?: string;
}

/** What Gitea says of a folder. */
export interface FolderAttrs {
  /** `owner/repo` */
  repository: string;
  path: string;
  /** Newest commit that touched the folder. */
  commitSha: string;
  /** Git's hash of each file, by path within the folder. Without the marker file. */
  files: Record<string, string>;
  /** Paths that we wrote, by the marker file. */
  written: string[];
}

interface FolderOptions {
  /** `owner/repo` that holds the folders of all instances. It has to exist. */
  repository: string;
}

interface Entry {
  type: string;
  path: string;
  sha: string;
}

interface Marker {
  instance?: string;
  files?: string[];
}

interface Operation {
  operation: "create" | "update" | "delete";
  path: string;
  content?: string;
  sha?: string;
}

// What Gitea says of a hash that is no longer right, of a file that is there already or no longer, of a branch that moved.
const conflicts = new Set([400, 404, 409, 422]);

/** The file that says whose a folder is. */
export const markerName = ".atoll.json";

/** Git's name for this content, in the same hash as `like` (a repository has SHA-1 or SHA-256). */
function blobSha(content: string, like: string): string {
  const bytes = Buffer.from(content, "utf8");
  const hash = createHash(like.length === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * A folder in a shared repository, all its files written in one commit. The name is its path; the id is
 * `owner/repo:path`. The marker file `.atoll.json` says whose it is and arrives with the first commit.
 */
export function folder(api: Http, options: FolderOptions): Resource<FolderIn, FolderAttrs> {
  const contents = "/repos/{+repository}/contents/{+path}";

  // --- observe

  async function list(repository: string, path: string): Promise<Entry[] | undefined> {
    const body = await api.getOrGone<Entry[] | Entry>(contents, { params: { repository, path } });
    if (!body) return undefined;
    if (!Array.isArray(body)) return [body];
    const deep = body.map(async (entry) =>
      entry.type === "dir" ? ((await list(repository, entry.path)) ?? []) : [entry],
    );
    return (await Promise.all(deep)).flat();
  }

  async function markerIn(repository: string, path: string, entries: Entry[]): Promise<Marker | undefined> {
    if (!entries.some((entry) => entry.path === `${path}/${markerName}`)) return undefined;
    const body = await api.getOrGone<{ content: string }>(contents, {
      params: { repository, path: `${path}/${markerName}` },
    });
    try {
      return JSON.parse(Buffer.from(body?.content ?? "", "base64").toString("utf8")) as Marker; // read as if any key may lack
    } catch {
      return undefined;
    }
  }

  async function observe(at: Address): Promise<Observed<FolderAttrs>> {
    const { repository, path } = placeOf(at);
    const entries = await list(repository, path);
    if (!entries || entries.length === 0) return { is: "absent" };
    const marker = await markerIn(repository, path, entries);
    const [commit] = await api.get<{ sha: string }[]>("/repos/{+repository}/commits", {
      params: { repository },
      query: { path, limit: 1, stat: "false", verification: "false", files: "false" },
    });
    const inside = entries.map((entry) => [entry.path.slice(path.length + 1), entry.sha] as const);
    return {
      is: "present",
      id: `${repository}:${path}`,
      owner: marker?.instance === at.instance ? "us" : "other",
      attrs: {
        repository,
        path,
        commitSha: commit?.sha ?? "",
        files: Object.fromEntries(inside.filter(([name]) => name !== markerName)),
        written: marker?.files ?? [],
      },
    };
  }

  function placeOf(at: Address): { repository: string; path: string } {
    return at.id === undefined ? { repository: options.repository, path: at.name } : split(at.id);
  }

  // --- compare

  function compare(want: FolderIn, live: FolderAttrs): Change[] {
    const changes: Change[] = [];
    for (const [name, content] of Object.entries(want.files)) {
      const there = live.files[name];
      const sha = blobSha(content, there ?? "");
      if (there === undefined) changes.push({ path: name, act: "create", to: `content ${sha}` });
      else if (there !== sha)
        changes.push({ path: name, act: "update", from: `content ${there}`, to: `content ${sha}` });
    }
    for (const name of want.keeps ? [] : live.written)
      if (!(name in want.files) && name in live.files)
        changes.push({ path: name, act: "remove", from: `content ${live.files[name]}` });
    return changes;
  }

  // --- apply

  async function write(at: Address, want: FolderIn): Promise<void> {
    const { repository, path } = placeOf(at);
    await commitWith(repository, want.message ?? `Back up ${path}`, async () => {
      const seen = await observe(at);
      if (seen.is === "present" && seen.owner === "other") throw notOurs(at);
      return await operations(
        repository,
        path,
        at.instance,
        want,
        seen.is === "present" ? seen.attrs : undefined,
      );
    });
  }

  async function operations(
    repository: string,
    path: string,
    instance: string,
    want: FolderIn,
    live: FolderAttrs | undefined,
  ): Promise<Operation[]> {
    const changes = live
      ? compare(want, live)
      : Object.keys(want.files).map((name) => ({ path: name, act: "create" }));
    if (live && changes.length === 0) return [];
    const ours = new Set([...(want.keeps ? (live?.written ?? []) : []), ...Object.keys(want.files)]);
    const marker = JSON.stringify({ instance, files: [...ours].sort() }, undefined, 2);
    const standing =
      live &&
      (await api.getOrGone<Entry>(contents, { params: { repository, path: `${path}/${markerName}` } }));
    const put = (name: string, content: string, sha: string | undefined): Operation => ({
      operation: sha === undefined ? "create" : "update",
      path: `${path}/${name}`,
      content: Buffer.from(content, "utf8").toString("base64"),
      ...(sha !== undefined && { sha }),
    });
    return [
      ...changes.map(
        (change): Operation =>
          change.act === "remove"
            ? { operation: "delete", path: `${path}/${change.path}`, sha: live?.files[change.path] ?? "" }
            : put(change.path, want.files[change.path] ?? "", live?.files[change.path]),
      ),
      ...(standing?.sha === blobSha(`${marker}\n`, standing?.sha ?? "")
        ? []
        : [put(markerName, `${marker}\n`, standing?.sha)]),
    ];
  }

  /** Writers of other folders move the branch on: what was refused is looked at again and tried again. */
  async function commitWith(
    repository: string,
    message: string,
    look: () => Promise<Operation[]>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const files = await look();
      if (files.length === 0) return;
      try {
        await api.post("/repos/{+repository}/contents", { params: { repository }, body: { message, files } });
        return;
      } catch (fault) {
        if (!(fault instanceof HttpFault) || !conflicts.has(fault.status)) throw fault;
        if (attempt < 3) continue;
        if (fault.status === 409) throw busy(repository, fault);
        throw fault.status === 404 ? noRepository(repository, fault) : fault;
      }
    }
  }

  return {
    kind: "gitea.folder",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want }) {
      const { repository, path } = placeOf(at);
      await serially(`gitea ${repository}`, () => write(at, want));
      return `${repository}:${path}`;
    },

    // --- remove

    async remove(id) {
      const { repository, path } = split(id);
      const everything = async () =>
        ((await list(repository, path)) ?? []).map(
          (entry): Operation => ({ operation: "delete", path: entry.path, sha: entry.sha }),
        );
      await serially(`gitea ${repository}`, () => commitWith(repository, `Remove ${path}`, everything));
    },
  };
}

function split(id: string): { repository: string; path: string } {
  const colon = id.indexOf(":");
  return { repository: id.slice(0, colon), path: id.slice(colon + 1) };
}

/** Writers in other processes were faster three times: later, at a moment of its own, it is quiet enough. */
function busy(repository: string, { call }: HttpFault): Fault {
  return new Fault("try-again", {
    what: `Others are writing to ${repository} all the time: its branch moved on before this could be committed.`,
    next: "Nothing: it is tried again.",
    ...(call !== undefined && { call }),
  });
}

function notOurs(at: Address): Fault {
  return new Fault("not-ours", {
    what: `The folder ${at.name} exists already and does not carry this instance's mark.`,
    next: "Move that folder, then retry the run.",
  });
}

function noRepository(repository: string, { call }: Fault): Fault {
  return new Fault("rejected", {
    what: `The Gitea repository ${repository} is not there, or this token may not write to it.`,
    next: `Create ${repository} with a first commit and give the token's user write access, then retry the run.`,
    ...(call && { call }),
  });
}
