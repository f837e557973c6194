import { Secret } from "@atoll/core/secret";
import { githubApi } from "@atoll/github/api";
import { type FileAttrs, type FileIn, file } from "@atoll/github/file";
import { type RepositoryAttrs, type RepositoryIn, repository } from "@atoll/github/repository";
import type { TestCloud } from "../support/cloud.ts";
import { behind, next, until, withinOf } from "./behind.ts";
import type { Case, Wires } from "./case.ts";
import { type Judged, judge } from "./laws.ts";
import { yardOf } from "./yard.ts";

const org = "atoll-clients";
const template = "atoll-templates/business-app";

/** GitHub's API past our adapters, and a repository with the template's content. */
export function githubBehind(cloud: () => TestCloud) {
  const call = behind(cloud, "/github", () => ({ authorization: `Bearer ${cloud().tokens.github}` }));
  return {
    call,
    async repository(): Promise<{ repo: string; repoId: number; fullName: string }> {
      const repo = `home-${next().n}`;
      const { id } = await call(`POST /repos/${template}/generate`, { owner: org, name: repo });
      await until(() => call(`GET /repos/${org}/${repo}/branches/main`));
      return { repo, repoId: id, fullName: `${org}/${repo}` };
    },
  };
}

/** Everything of GitHub. */
export function githubKinds(cloud: () => TestCloud): Judged[] {
  const provider = "github";
  const yard = yardOf(cloud, provider);
  const token = () => cloud().tokens.github;
  const { call, repository: made } = githubBehind(cloud);
  const connect = (wires: Wires) =>
    githubApi({ ...wires, token: new Secret("GITHUB_TOKEN", token()), baseUrl: `${cloud().url}/github` });
  const encoded = (content: string) => Buffer.from(content).toString("base64");

  const repositories: Case<RepositoryIn, RepositoryAttrs> = {
    kind: "github.repository",
    provider,
    connect: (wires) => repository(connect(wires), { org, pollMs: 10 }),
    async fresh() {
      const { n, instance } = next();
      const want = { template, description: `Application of toko ${n}`, private: true };
      return { at: { instance, name: `client-toko${n}` }, want };
    },
    // GitHub gives a name once; what could be there twice is nothing but a commit or a topic.
    async count({ at }) {
      const body = await call(`GET /repos/${org}/${at.name}`);
      const topics: string[] = body?.topics ?? [];
      return {
        repositories: body ? 1 : 0,
        topics: topics.filter((each) => each.startsWith("atoll-")).length,
      };
    },
    foreign: {
      seen: "other",
      async plant({ at }) {
        await cloud().plant({ provider, name: at.name, description: "Theirs", topics: ["theirs"] });
        return async () => [
          await call(`GET /repos/${org}/${at.name}`),
          await call(`GET /repos/${org}/${at.name}/branches/main`),
        ];
      },
    },
    drifts: [
      {
        what: "it was described otherwise",
        plant: (_, id) => call(`PATCH /repos/${id}`, { description: "By hand" }),
        paths: ["description", "marked.description"],
      },
      {
        what: "our topic was taken off",
        plant: async (_, id) => {
          const { names } = await call(`GET /repos/${id}/topics`);
          const left = names.filter((each: string) => !each.startsWith("atoll-"));
          await call(`PUT /repos/${id}/topics`, { names: left });
        },
        paths: ["marked.topic"],
      },
      {
        what: "it was opened",
        plant: (_, id) => call(`PATCH /repos/${id}`, { private: false }),
        paths: ["private"],
      },
      {
        what: "it was archived",
        plant: (_, id) => call(`PATCH /repos/${id}`, { archived: true }),
        paths: ["archived"],
      },
      { what: "it was deleted", plant: (_, id) => call(`DELETE /repos/${id}`), paths: [""] },
    ],
    async beside(_, id) {
      const { names } = await call(`GET /repos/${id}/topics`);
      await call(`PUT /repos/${id}/topics`, { names: [...names, "theirs"] });
      await call(`PATCH /repos/${id}`, { is_template: true });
      const content = encoded("Theirs");
      await call(`PUT /repos/${id}/contents/theirs.md`, { message: "By hand", content });
      return async () => {
        const body = await call(`GET /repos/${id}`);
        const topics: string[] = body?.topics ?? [];
        const head = await call(`GET /repos/${id}/branches/main`);
        return [topics.includes("theirs"), body?.is_template, head?.commit.sha];
      };
    },
    secrets: () => [token()],
  };

  let shared: ReturnType<typeof made> | undefined;
  const files: Case<FileIn, FileAttrs> = {
    kind: "github.file",
    provider,
    connect: (wires) => file(connect(wires)),
    async fresh() {
      shared ??= made();
      const { fullName } = await shared;
      const { n, instance } = next();
      return {
        at: { instance, name: `atoll/client-${n}.json`, within: fullName },
        want: { content: `{ "client": "${n}" }\n`, message: "Set the client's modules" },
        endParent: async () => {
          shared = undefined;
          await call(`DELETE /repos/${fullName}`);
        },
      };
    },
    async count({ at }) {
      const commits: unknown[] = await call(`GET /repos/${at.within}/commits?path=${at.name}`);
      return { commits: commits.length };
    },
    foreign: { because: "whoever owns the repository owns its files" },
    drifts: [
      {
        what: "it was edited",
        async plant({ at }) {
          const { sha } = await call(`GET /repos/${at.within}/contents/${at.name}`);
          const body = { message: "By hand", content: encoded("{}"), sha };
          await call(`PUT /repos/${at.within}/contents/${at.name}`, body);
        },
        paths: ({ at }) => [at.name],
      },
      {
        what: "it was deleted",
        async plant({ at }) {
          const { sha } = await call(`GET /repos/${at.within}/contents/${at.name}`);
          await call(`DELETE /repos/${at.within}/contents/${at.name}`, { message: "By hand", sha });
        },
        paths: [""],
      },
    ],
    async beside({ at }) {
      const repo = withinOf(at);
      for (const theirs of ["atoll/theirs.json", "README.md"]) {
        const there = await call(`GET /repos/${repo}/contents/${theirs}`);
        const body = { message: "By hand", content: encoded("Theirs"), sha: there?.sha };
        await call(`PUT /repos/${repo}/contents/${theirs}`, body);
      }
      return async () => [
        (await call(`GET /repos/${repo}/contents/atoll/theirs.json`)).sha,
        (await call(`GET /repos/${repo}/contents/README.md`)).sha,
      ];
    },
    secrets: () => [token()],
  };

  return [judge(repositories, yard), judge(files, yard)];
}
