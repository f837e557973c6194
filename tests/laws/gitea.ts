import { Secret } from "@atoll/core/secret";
import { giteaApi } from "@atoll/gitea/api";
import { type FolderAttrs, type FolderIn, folder } from "@atoll/gitea/folder";
import type { TestCloud } from "../support/cloud.ts";
import { behind, next } from "./behind.ts";
import type { Case, Drift, Wires } from "./case.ts";
import { type Judged, judge } from "./laws.ts";
import { yardOf } from "./yard.ts";

const repository = "atoll/ops-hub";

/** Everything of Gitea. */
export function giteaKinds(cloud: () => TestCloud): Judged[] {
  const provider = "gitea";
  const yard = yardOf(cloud, provider);
  const token = () => cloud().tokens.gitea;
  const call = behind(cloud, "/gitea/api/v1", () => ({ authorization: `token ${token()}` }));
  const connect = (wires: Wires) =>
    giteaApi({ ...wires, token: new Secret("GITEA_TOKEN", token()), baseUrl: `${cloud().url}/gitea/api/v1` });
  const contents = (path: string) => call(`GET /repos/${repository}/contents/${path}`);

  /** Commits by hand: a file's new content, or its end. */
  async function write(path: string, content?: string) {
    const sha = (await contents(path))?.sha;
    const operation = content === undefined ? "delete" : sha === undefined ? "create" : "update";
    const file = { operation, path, sha, ...(content !== undefined && { content: btoa(content) }) };
    await call(`POST /repos/${repository}/contents`, { message: "By hand", files: [file] });
  }

  const drift = (what: string, name: string, path: string, content?: string): Drift<FolderIn> => ({
    what,
    plant: ({ at }) => write(`${at.name}/${name}`, content),
    paths: [path],
  });

  const folders: Case<FolderIn, FolderAttrs> = {
    kind: "gitea.folder",
    provider,
    connect: (wires) => folder(connect(wires), { repository }),
    async fresh() {
      const { n, instance } = next();
      const files = { "client-config.json": "{}\n", "workflows/email.json": `{ "n": "${n}" }\n` };
      return { at: { instance, name: `client-backups/toko-${n}` }, want: { files } };
    },
    async count({ at }) {
      const there = await contents(at.name);
      const commits: unknown[] = there ? await call(`GET /repos/${repository}/commits?path=${at.name}`) : [];
      return { "commits of what is there": commits.length };
    },
    foreign: {
      seen: "other",
      async plant({ at }) {
        await cloud().plant({ provider, path: `${at.name}/client-config.json`, content: "theirs" });
        return () => contents(at.name);
      },
    },
    drifts: [
      drift("a file was changed", "client-config.json", "client-config.json", "by hand"),
      drift("a file was deleted", "workflows/email.json", "workflows/email.json"),
      {
        what: "all of it was deleted",
        async plant({ at, want }) {
          for (const name of [...Object.keys(want.files), ".atoll.json", "theirs.md"])
            if (await contents(`${at.name}/${name}`)) await write(`${at.name}/${name}`);
        },
        paths: [""],
      },
    ],
    async beside({ at }) {
      await write(`${at.name}/theirs.md`, "theirs");
      await write(`${at.name}-2/theirs.md`, "theirs");
      return async () => [
        (await contents(`${at.name}/theirs.md`))?.sha,
        (await contents(`${at.name}-2/theirs.md`)).sha,
      ];
    },
    secrets: () => [token()],
  };

  return [judge(folders, yard)];
}
