import { Secret } from "@atoll/core/secret";
import { netlifyApi } from "@atoll/netlify/api";
import { type DeploymentAttrs, type DeploymentIn, deployment } from "@atoll/netlify/deployment";
import { type EnvironmentAttrs, type EnvironmentIn, environment } from "@atoll/netlify/environment";
import { type SiteAttrs, type SiteIn, site } from "@atoll/netlify/site";
import type { TestCloud } from "../support/cloud.ts";
import { behind, canary, next, until, withinOf } from "./behind.ts";
import type { Case, Wires } from "./case.ts";
import { githubBehind } from "./github.ts";
import { type Judged, judge } from "./laws.ts";
import { yardOf } from "./yard.ts";

interface Variable {
  key: string;
  values: { context: string; value: string }[];
}

const account = "atoll";
const installationId = 4711;
const contexts = ["production", "deploy-preview", "branch-deploy", "dev"];

/** Everything of Netlify. */
export function netlifyKinds(cloud: () => TestCloud): Judged[] {
  const provider = "netlify";
  const yard = yardOf(cloud, provider);
  const token = () => cloud().tokens.netlify;
  const call = behind(cloud, "/netlify/api/v1", () => ({ authorization: `Bearer ${token()}` }));
  const connect = (wires: Wires) =>
    netlifyApi({
      ...wires,
      token: new Secret("NETLIFY_TOKEN", token()),
      baseUrl: `${cloud().url}/netlify/api/v1`,
    });
  const github = githubBehind(cloud);
  let linked: ReturnType<typeof github.repository> | undefined;
  /** One repository for all sites here. */
  const source = () => {
    linked ??= github.repository();
    return linked;
  };

  const variablesOf = async (id: string): Promise<Variable[]> =>
    (await call(`GET /accounts/${account}/env?site_id=${id}`)) ?? [];
  const at = (id: string, key: string) => `/accounts/${account}/env/${key}?site_id=${id}`;
  const add = (id: string, key: string, value: string) =>
    call(`POST /accounts/${account}/env?site_id=${id}`, [{ key, values: [{ context: "all", value }] }]);
  const theirsIn = async (id: string) => {
    await add(id, "THEIRS", "kept");
    return async () => (await variablesOf(id)).find((each) => each.key === "THEIRS");
  };

  /** A site made by hand, and an address in it. */
  async function home(name: string, more: object = {}) {
    const { n, instance } = next();
    const { id } = await call(`POST /${account}/sites`, { name: `home-${n}`, ...more });
    await add(id, "ATOLL_INSTANCE_ID", instance);
    const endParent = async () => void (await call(`DELETE /sites/${id}`));
    return { n, at: { instance, name, within: String(id) }, endParent };
  }

  function sitesWith(variant: string | undefined, customDomain: boolean): Case<SiteIn, SiteAttrs> {
    return {
      kind: "netlify.site",
      ...(variant !== undefined && { variant }),
      provider,
      connect: (wires) => site(connect(wires), { account, installationId }),
      async fresh() {
        const { n, instance } = next();
        const { fullName, repoId } = await source();
        const domain = customDomain ? { customDomain: `toko-${n}.example.com` } : {};
        const want = { framework: "nextjs", repository: fullName, repoId, branch: "main", ...domain };
        return { at: { instance, name: `toko-${n}` }, want };
      },
      async count({ at: { name } }) {
        const all: { name: string }[] = await call(`GET /sites?name=${name}&filter=all`);
        return { sites: all.filter((each) => each.name === name).length };
      },
      foreign: {
        seen: "other",
        async plant({ at: { name } }) {
          const planted = await cloud().plant({ provider, name, variables: { THEIRS: "kept" } });
          const { id } = planted as { id: string }; // as the emulator documents
          return async () => [await call(`GET /sites/${id}`), await variablesOf(id)];
        },
      },
      drifts: [
        {
          what: "the repository was unlinked",
          plant: (_, id) => call(`PUT /sites/${id}/unlink_repo`),
          paths: ["branch", "command", "directory", "repository"],
        },
        {
          what: "the build command was changed",
          plant: async ({ want }, id) => {
            const repo = {
              provider: "github",
              repo_path: want.repository,
              repo_branch: "main",
              dir: ".next",
            };
            await call(`PATCH /sites/${id}`, {
              repo: { ...repo, cmd: "echo", installation_id: installationId },
            });
          },
          paths: ["command"],
        },
        {
          what: "our mark was deleted",
          plant: (_, id) => call(`DELETE ${at(id, "ATOLL_INSTANCE_ID")}`),
          paths: ["marked"],
        },
        {
          what: "it was renamed",
          plant: ({ at: { name } }, id) => call(`PATCH /sites/${id}`, { name: `${name}-by-hand` }),
          paths: ["name"],
        },
        ...(customDomain
          ? [
              {
                what: "the domain was taken away",
                plant: (_: unknown, id: string) => call(`PATCH /sites/${id}`, { custom_domain: null }),
                paths: ["customDomain"],
              },
            ]
          : []),
        { what: "it was deleted", plant: (_, id) => call(`DELETE /sites/${id}`), paths: [""] },
      ],
      beside: (_, id) => theirsIn(id),
      secrets: () => [token()],
    };
  }

  /** Another customer has the name: nobody can see that, and only the create is told. */
  const elsewhere: Case<SiteIn, SiteAttrs> = {
    ...sitesWith("its name is another customer's", false),
    foreign: {
      seen: "absent",
      async plant({ at: { name } }) {
        await cloud().plant({ provider, name, elsewhere: true });
        return async () => JSON.stringify(await cloud().inventory()).includes(`"name":"${name}"`);
      },
    },
    drifts: { because: "as for every site" },
    beside: { because: "as for every site" },
  };

  const environments: Case<EnvironmentIn, EnvironmentAttrs> = {
    kind: "netlify.environment",
    provider,
    connect: (wires) => environment(connect(wires), { account }),
    async fresh() {
      const place = await home("environment");
      const variables = {
        URL: { value: `https://toko${place.n}.example` },
        KEY: { value: new Secret("service key", canary(place.n)) },
      };
      return { at: place.at, want: { variables }, endParent: place.endParent };
    },
    async count({ at: place, want }) {
      const all = await variablesOf(withinOf(place));
      return Object.fromEntries(
        [...Object.keys(want.variables), "ATOLL_SET_ENVIRONMENT"].map((key) => [
          key,
          all.filter((each) => each.key === key).length,
        ]),
      );
    },
    foreign: { because: "whoever owns the site owns its environment" },
    drifts: [
      {
        what: "a value was changed",
        plant: ({ at: place }) =>
          call(`PATCH ${at(withinOf(place), "URL")}`, { context: "all", value: "https://evil.example" }),
        paths: contexts.map((context) => `env.URL.${context}`),
      },
      {
        what: "a value was changed in one context",
        plant: ({ at: place }) =>
          call(`PATCH ${at(withinOf(place), "URL")}`, {
            context: "deploy-preview",
            value: "https://evil.example",
          }),
        paths: ["env.URL.deploy-preview"],
      },
      {
        what: "a variable was deleted",
        plant: ({ at: place }) => call(`DELETE ${at(withinOf(place), "URL")}`),
        paths: contexts.map((context) => `env.URL.${context}`),
      },
      {
        what: "a secret was set anew",
        plant: ({ at: place }) =>
          call(`PATCH ${at(withinOf(place), "KEY")}`, { context: "production", value: "by hand" }),
        paths: ["production", "deploy-preview", "branch-deploy"].map((context) => `env.KEY.${context}`),
      },
      {
        what: "a secret was made readable",
        plant: async ({ at: place }) => {
          await call(`DELETE ${at(withinOf(place), "KEY")}`);
          await add(withinOf(place), "KEY", "by hand");
        },
        paths: contexts.map((context) => `env.KEY.${context}`),
      },
      {
        what: "our notes were deleted",
        plant: ({ at: place }) => call(`DELETE ${at(withinOf(place), "ATOLL_SET_ENVIRONMENT")}`),
        paths: ["production", "deploy-preview", "branch-deploy"].map((context) => `env.KEY.${context}`),
      },
    ],
    beside: ({ at: place }) => theirsIn(withinOf(place)),
    secrets: ({ want }) => [
      token(),
      ...Object.values(want.variables).flatMap(({ value }) =>
        value instanceof Secret ? [value.expose()] : [],
      ),
    ],
  };

  const deploysOf = async (id: string): Promise<{ id: string; state: string; title?: string }[]> =>
    (await call(`GET /sites/${id}/deploys`)) ?? [];
  const ready = async (deploy: string) =>
    await until(async () => (await call(`GET /deploys/${deploy}`)).state === "ready");

  const deployments: Case<DeploymentIn, DeploymentAttrs> = {
    kind: "netlify.deployment",
    provider,
    connect: (wires) => deployment(connect(wires), { pollMs: 10 }),
    async fresh() {
      const { fullName } = await source();
      const place = await home("deployment");
      const id = withinOf(place.at);
      const repo = {
        provider: "github",
        repo_path: fullName,
        repo_branch: "main",
        cmd: "npm run build",
        dir: ".next",
        installation_id: installationId,
      };
      await call(`PATCH /sites/${id}`, { repo });
      // The build that linking begins is none of ours.
      for (const each of await deploysOf(id)) await call(`DELETE /deploys/${each.id}`);
      const want = { source: { type: "git" as const }, environmentUpdatedAt: 0 };
      return { at: { ...place.at, name: `home-${place.n}` }, want, endParent: place.endParent };
    },
    count: async ({ at: place }) => ({
      deploys: (await deploysOf(withinOf(place))).filter((each) => each.title === "Atoll").length,
    }),
    foreign: { because: "whoever owns the site owns its deploys" },
    drifts: [
      {
        what: "it was deleted",
        plant: async ({ at: place }) => {
          for (const { id } of await deploysOf(withinOf(place))) await call(`DELETE /deploys/${id}`);
        },
        paths: [""],
      },
      {
        what: "a newer one failed",
        plant: async ({ at: place }) => {
          const made = await call(`POST /sites/${withinOf(place)}/builds`);
          await call(`POST /deploys/${made.deploy_id}/cancel`);
        },
        paths: ["state"],
      },
    ],
    async beside({ at: place }) {
      const made = await call(`POST /sites/${withinOf(place)}/builds?title=theirs`);
      await ready(made.deploy_id);
      return async () => [];
    },
    secrets: () => [token()],
  };

  return [
    judge(sitesWith(undefined, false), yard),
    judge(sitesWith("with a domain of its own", true), yard),
    judge(elsewhere, yard),
    judge(environments, yard),
    judge(deployments, yard),
  ];
}
