import type { Http } from "@atoll/provider-kit/http";
import type { Owned, OwnedThing } from "@atoll/provider-kit/owned";
import { markerName } from "./folder.ts";

interface Entry {
  type: string;
  path: string;
}

const contents = "/repos/{+repository}/contents/{+path}";

/** A file's text; undefined where there is none. */
export async function readText(api: Http, repository: string, path: string): Promise<string | undefined> {
  const body = await api.getOrGone<{ content?: string }>(contents, { params: { repository, path } });
  return body?.content === undefined ? undefined : Buffer.from(body.content, "base64").toString("utf8");
}

/** Folders of a repository whose marker file names an instance, at whatever depth. */
export function ownedFolders(api: Http, repository: string): Owned {
  async function markedIn(path: string): Promise<OwnedThing> {
    const instance = await instanceOf(path);
    const [commit] = await api.get<{ created?: string }[]>("/repos/{+repository}/commits", {
      params: { repository },
      query: {
        path: `${path}/${markerName}`,
        limit: 1,
        stat: "false",
        verification: "false",
        files: "false",
      },
    });
    return {
      id: `${repository}:${path}`,
      name: path,
      ...(instance !== undefined && { instance }),
      ...(commit?.created !== undefined && { createdAt: new Date(commit.created) }),
    };
  }

  async function instanceOf(path: string): Promise<string | undefined> {
    try {
      const marker: unknown = JSON.parse((await readText(api, repository, `${path}/${markerName}`)) ?? "");
      const { instance } = Object(marker) as { instance?: unknown }; // read as if any key may lack
      return typeof instance === "string" && instance !== "" ? instance : undefined;
    } catch {
      return undefined;
    }
  }

  /** Folders with a marker file, from `path` on. Inside one of them nothing else is looked for. */
  async function walk(path: string): Promise<string[]> {
    const at = path === "" ? "/repos/{+repository}/contents" : contents;
    const entries = await api.getOrGone<Entry[]>(at, {
      params: { repository, ...(path !== "" && { path }) },
    });
    if (!Array.isArray(entries)) return [];
    if (path !== "" && entries.some((each) => each.path === `${path}/${markerName}`)) return [path];
    const found: string[] = [];
    for (const each of entries) if (each.type === "dir") found.push(...(await walk(each.path)));
    return found;
  }

  return {
    kind: "gitea.folder",
    provider: "Gitea",
    async list() {
      const found: OwnedThing[] = [];
      for (const path of await walk("")) found.push(await markedIn(path));
      return found.filter(({ instance }) => instance !== undefined);
    },
    async look(id) {
      const path = id.slice(id.indexOf(":") + 1);
      const entries = await api.getOrGone<Entry[]>(contents, { params: { repository, path } });
      return Array.isArray(entries) && entries.length > 0 ? markedIn(path) : undefined;
    },
  };
}
