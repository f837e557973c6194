import { Secret } from "@atoll/core/secret";
import { vercelApi } from "@atoll/vercel/api";
import { type DeploymentAttrs, type DeploymentIn, deployment } from "@atoll/vercel/deployment";
import { type EnvironmentAttrs, type EnvironmentIn, environment } from "@atoll/vercel/environment";
import { type ProjectAttrs, type ProjectIn, project } from "@atoll/vercel/project";
import type { TestCloud } from "../support/cloud.ts";
import { behind, canary, next, until, withinOf } from "./behind.ts";
import type { Case, Drift, Wires } from "./case.ts";
import { githubBehind } from "./github.ts";
import { type Judged, judge } from "./laws.ts";
import { yardOf } from "./yard.ts";

interface Variable {
  id: string;
  key: string;
  value: string;
  target: string[];
}

const targets = ["production", "preview", "development"];

/** Everything of Vercel. */
export function vercelKinds(cloud: () => TestCloud): Judged[] {
  const provider = "vercel";
  const yard = yardOf(cloud, provider);
  const token = () => cloud().tokens.vercel;
  const teamId = "team_atoll";
  const authorization = () => ({ authorization: `Bearer ${token()}` });
  const plain = behind(cloud, "/vercel", authorization);
  const call: typeof plain = (what, body) =>
    plain(`${what}${what.includes("?") ? "&" : "?"}teamId=${teamId}`, body);
  const connect = (wires: Wires) =>
    vercelApi({
      ...wires,
      teamId,
      token: new Secret("VERCEL_TOKEN", token()),
      baseUrl: `${cloud().url}/vercel`,
    });
  const github = githubBehind(cloud);
  let linked: ReturnType<typeof github.repository> | undefined;
  /** One repository for all projects here. */
  const source = () => {
    linked ??= github.repository();
    return linked;
  };

  const variablesOf = async (id: string): Promise<Variable[]> =>
    (await call(`GET /v10/projects/${id}/env`))?.envs ?? [];
  const variable = async (id: string, key: string): Promise<Variable> => {
    const found = (await variablesOf(id)).find((each) => each.key === key);
    if (!found) throw new Error(`There is no variable ${key}.`);
    return found;
  };

  /** A project made by hand, and an address in it. */
  async function home(name: string, more: object = {}) {
    const { n, instance } = next();
    const { id } = await call("POST /v11/projects", { name: `home-${n}`, framework: "nextjs", ...more });
    const endParent = async () => void (await call(`DELETE /v9/projects/${id}`));
    return { n, at: { instance, name, within: String(id) }, endParent };
  }

  const projects: Case<ProjectIn, ProjectAttrs> = {
    kind: "vercel.project",
    provider,
    connect: (wires) => project(connect(wires)),
    async fresh() {
      const { n, instance } = next();
      const { fullName } = await source();
      return { at: { instance, name: `toko-${n}` }, want: { framework: "nextjs", repository: fullName } };
    },
    async count({ at }) {
      const { projects: all } = await call(`GET /v10/projects?search=${at.name}`);
      return { projects: all.filter((each: { name: string }) => each.name === at.name).length };
    },
    foreign: {
      seen: "other",
      async plant({ at }) {
        const planted = await cloud().plant({ provider, name: at.name, variables: { THEIRS: "kept" } });
        const { id } = planted as { id: string }; // as the emulator documents
        return async () => [await call(`GET /v9/projects/${id}`), await variablesOf(id)];
      },
    },
    drifts: [
      {
        what: "the framework was changed",
        plant: (_, id) => call(`PATCH /v9/projects/${id}`, { framework: "vite" }),
        paths: ["framework"],
      },
      {
        what: "the repository was unlinked",
        plant: (_, id) => call(`DELETE /v9/projects/${id}/link`),
        paths: ["repository"],
      },
      {
        what: "our mark was deleted",
        plant: async (_, id) =>
          call(`DELETE /v9/projects/${id}/env/${(await variable(id, "ATOLL_INSTANCE_ID")).id}`),
        paths: ["marked"],
      },
      {
        what: "it was renamed",
        plant: ({ at }, id) => call(`PATCH /v9/projects/${id}`, { name: `${at.name}-by-hand` }),
        paths: ["name"],
      },
      { what: "it was deleted", plant: (_, id) => call(`DELETE /v9/projects/${id}`), paths: [""] },
    ],
    async beside({ at }, id) {
      await call(`POST /v10/projects/${id}/env`, {
        key: "THEIRS",
        value: "kept",
        type: "plain",
        target: targets,
      });
      await call(`PATCH /v9/projects/${id}`, { buildCommand: "npm run theirs" });
      await call(`POST /v10/projects/${id}/domains`, { name: `www.${at.name}.example` });
      return async () => {
        const theirs = (await variablesOf(id)).find((each) => each.key === "THEIRS");
        const { domains = [] } = (await call(`GET /v9/projects/${id}/domains`)) ?? {};
        const names = domains.map((each: { name: string }) => each.name);
        return [
          theirs,
          (await call(`GET /v9/projects/${id}`))?.buildCommand,
          names.includes(`www.${at.name}.example`),
        ];
      };
    },
    secrets: () => [token()],
  };

  const theirsIn = async (id: string) => {
    await call(`POST /v10/projects/${id}/env`, {
      key: "THEIRS",
      value: "kept",
      type: "plain",
      target: targets,
    });
    return async () => (await variablesOf(id)).find((each) => each.key === "THEIRS");
  };

  const environments: Case<EnvironmentIn, EnvironmentAttrs> = {
    kind: "vercel.environment",
    provider,
    connect: (wires) => environment(connect(wires)),
    async fresh() {
      const { n, at, endParent } = await home("environment");
      const variables = {
        URL: { value: `https://toko${n}.example` },
        KEY: { value: new Secret("service key", canary(n)) },
      };
      return { at, want: { variables }, endParent };
    },
    /** By key and target: those of other targets may be somebody else's. */
    async count({ at, want }) {
      const all = await variablesOf(withinOf(at));
      const wanted = Object.keys(want.variables).flatMap((key) =>
        ["production", "preview"].map((target) => ({ key, target })),
      );
      return Object.fromEntries(
        wanted.map(({ key, target }) => [
          `${key} in ${target}`,
          all.filter((each) => each.key === key && each.target.includes(target)).length,
        ]),
      );
    },
    foreign: { because: "whoever owns the project owns its environment" },
    drifts: [
      {
        what: "a value was changed",
        plant: async ({ at }) => {
          const { id } = await variable(withinOf(at), "URL");
          await call(`PATCH /v9/projects/${at.within}/env/${id}`, { value: "https://evil.example" });
        },
        paths: targets.map((target) => `env.URL.${target}`),
      },
      {
        what: "a variable was deleted",
        plant: async ({ at }) => {
          const { id } = await variable(withinOf(at), "URL");
          await call(`DELETE /v9/projects/${at.within}/env/${id}`);
        },
        paths: targets.map((target) => `env.URL.${target}`),
      },
      {
        what: "a variable was taken out of one environment",
        plant: async ({ at }) => {
          const { id } = await variable(withinOf(at), "URL");
          const target = ["production", "development"];
          await call(`PATCH /v9/projects/${at.within}/env/${id}`, { target });
        },
        paths: ["env.URL.preview"],
      },
      {
        what: "a secret was set anew",
        plant: async ({ at }) => {
          for (const { id, key } of await variablesOf(withinOf(at)))
            if (key === "KEY") await call(`DELETE /v9/projects/${at.within}/env/${id}`);
          const body = { key: "KEY", value: "by hand", type: "encrypted", target: targets };
          await call(`POST /v10/projects/${at.within}/env`, body);
        },
        paths: ["env.KEY.production", "env.KEY.preview"],
      },
    ],
    beside: ({ at }) => theirsIn(withinOf(at)),
    secrets: ({ want }) => [
      token(),
      ...Object.values(want.variables).flatMap(({ value }) =>
        value instanceof Secret ? [value.expose()] : [],
      ),
    ],
  };

  const productions = async (id: string): Promise<{ uid: string; readyState: string }[]> =>
    (await call(`GET /v6/deployments?projectId=${id}&target=production`))?.deployments ?? [];
  const deletion: Drift<DeploymentIn> = {
    what: "it was deleted",
    plant: async ({ at }) => {
      for (const { uid } of await productions(withinOf(at))) await call(`DELETE /v13/deployments/${uid}`);
    },
    paths: [""],
  };

  function deploymentsOf(
    variant: string,
    place: () => Promise<{
      at: { instance: string; name: string; within: string };
      want: DeploymentIn;
      endParent(): Promise<void>;
    }>,
    more: Drift<DeploymentIn>[],
  ): Case<DeploymentIn, DeploymentAttrs> {
    return {
      kind: "vercel.deployment",
      variant,
      provider,
      connect: (wires) => deployment(connect(wires), { pollMs: 10 }),
      fresh: place,
      count: async ({ at }) => ({ deployments: (await productions(withinOf(at))).length }),
      foreign: { because: "whoever owns the project owns its deployments" },
      drifts: [deletion, ...more],
      async beside({ at }) {
        const { repoId } = await source();
        const body = {
          name: at.name,
          project: at.within,
          files: [],
          gitSource: { type: "github", repoId, ref: "main" },
        };
        const { files: _, ...preview } = body;
        const { id } = await call("POST /v13/deployments?forceNew=1", preview);
        const state = async () => (await call(`GET /v13/deployments/${id}`))?.readyState;
        await until(async () => (await state()) === "READY");
        return state;
      },
      secrets: () => [token()],
    };
  }

  const fromGit = deploymentsOf("from git", async () => {
    const { fullName, repo, repoId } = await source();
    const link = { gitRepository: { type: "github", repo: fullName } };
    const { n, at, endParent } = await home("deployment", link);
    const want = {
      source: { type: "git" as const, org: "atoll-clients", repo, repoId, ref: "main" },
      environmentUpdatedAt: 0,
    };
    return { at: { ...at, name: `home-${n}` }, want, endParent };
  }, []);

  const fromFiles = deploymentsOf("from files", async () => {
    const { fullName } = await source();
    const { n, at, endParent } = await home("deployment", {
      gitRepository: { type: "github", repo: fullName },
    });
    const data = new TextEncoder().encode(`{ "name": "toko-${n}", "scripts": { "build": "true" } }`);
    const files = async () => [{ path: "package.json", data }];
    const want = { source: { type: "files" as const, files, version: `v${n}` }, environmentUpdatedAt: 0 };
    return { at: { ...at, name: `home-${n}` }, want, endParent };
  }, [
    {
      what: "another version was deployed by hand",
      plant: async ({ at }) => {
        const { repoId } = await source();
        const gitSource = { type: "github", repoId, ref: "main" };
        const body = { name: at.name, project: at.within, target: "production", gitSource };
        const { id } = await call("POST /v13/deployments?forceNew=1", body);
        await until(async () => (await call(`GET /v13/deployments/${id}`)).readyState === "READY");
      },
      paths: ["version"],
    },
  ]);

  return [judge(projects, yard), judge(environments, yard), judge(fromGit, yard), judge(fromFiles, yard)];
}
