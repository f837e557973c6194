import type { Change } from "@atoll/core/change";
import { differences } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { cancelBuilds } from "./deploys.ts";
import { siteHalting } from "./halting.ts";
import { markKey, readVariable, variablesPath } from "./variables.ts";

// --- types

/** What a Netlify site should be. */
export interface SiteIn {
  /** "nextjs", else Netlify finds out by itself what is to be published. */
  framework: string;
  /** `owner/repo` on GitHub, whose pushes are built, with its id there. */
  repository: string;
  repoId?: number;
  /** The branch that production is built from. Default "main". */
  branch?: string;
  /** Without scheme: "toko.example.com". Absent = whatever is set stays. */
  customDomain?: string;
}

/** What Netlify says of a site. */
export interface SiteAttrs {
  /** Netlify's id, a UUID. */
  projectId: string;
  /** The first part of its netlify.app address: shared by all of Netlify's customers. */
  name: string;
  /** The name it should have. */
  recordedName: string;
  repository?: string;
  branch?: string;
  /** The build command, without our claim. */
  command?: string;
  /** The published folder. */
  directory?: string;
  customDomain?: string;
  /** Its page for people at Netlify. */
  adminUrl?: string;
  /** The environment variable with our mark is there. */
  marked: boolean;
}

interface SiteBody {
  id: string;
  name: string;
  account_id?: string;
  account_slug?: string;
  custom_domain?: string | null;
  admin_url?: string;
  build_settings?: { repo_path?: string; repo_branch?: string; cmd?: string | null; dir?: string | null };
}

interface SiteOptions {
  /** Slug or id of the team. */
  account: string;
  /** Of Netlify's GitHub App in the organisation: without it private repositories cannot be cloned. */
  installationId?: number;
}

const command = "npm run build";
const directories: Partial<Record<string, string>> = { nextjs: ".next" };

/**
 * A Netlify site, bound to its repository. The mark is an environment variable; since a create cannot bring variables
 * along, the build command sets it too: a site whose create was lost on the way is known by that.
 */
export function site(api: Http, { account, installationId }: SiteOptions): Resource<SiteIn, SiteAttrs> {
  const path = "/sites/{id}";
  const of = (id: string) => ({ params: { id } });
  const claim = (instance: string) => `${markKey}=${instance} `;

  // --- observe

  async function find(at: Address): Promise<SiteBody | undefined> {
    const byId = at.id === undefined ? undefined : await api.getOrGone<SiteBody>(path, of(at.id));
    return byId ?? (await findByName(at.name));
  }

  async function findByName(name: string): Promise<SiteBody | undefined> {
    for (let page = 1; ; page++) {
      const query = { name, filter: "all", page, per_page: 100 };
      const list = await api.get<SiteBody[]>("/sites", { query });
      const found = list.find((each) => each.name === name && isHere(each));
      if (found || list.length < query.per_page) return found;
    }
  }

  const isHere = (body: SiteBody) => body.account_slug === account || body.account_id === account;

  async function observe(at: Address): Promise<Observed<SiteAttrs>> {
    const body = await find(at);
    if (!body) return { is: "absent" };
    const mark = await readVariable(api, account, body.id, markKey);
    // Netlify never uses an id twice: the site that the journal names is ours even when its mark was deleted.
    const ours = mark === at.instance || (mark === undefined && (body.id === at.id || claimedBy(at, body)));
    const attrs = attrsOf(at, body, mark === at.instance);
    return { is: "present", id: body.id, owner: ours ? "us" : "other", attrs };
  }

  const claimedBy = (at: Address, { build_settings }: SiteBody) =>
    build_settings?.cmd?.startsWith(claim(at.instance)) ?? false;

  function attrsOf(at: Address, body: SiteBody, marked: boolean): SiteAttrs {
    const { repo_path, repo_branch, cmd, dir } = body.build_settings ?? {};
    return {
      projectId: body.id,
      name: body.name,
      recordedName: at.name,
      ...(repo_path && { repository: repo_path }),
      ...(repo_branch && { branch: repo_branch }),
      ...(cmd && { command: cmd.replace(claim(at.instance), "") }),
      ...(dir && { directory: dir }),
      ...(body.custom_domain && { customDomain: body.custom_domain }),
      ...(body.admin_url && { adminUrl: body.admin_url }),
      marked,
    };
  }

  // --- compare

  function compare(want: SiteIn, live: SiteAttrs): Change[] {
    const { repository, branch = "main", customDomain, framework } = want;
    const directory = directories[framework];
    const name = live.recordedName;
    return differences({ name, repository, branch, command, directory, customDomain, marked: true }, live);
  }

  // --- apply

  /** Both spellings: the descriptions name `repo_path` and `repo_branch`, the guide to linking `repo` and `branch`. */
  const repo = (at: Address, { repository, repoId, branch = "main", framework }: SiteIn) => ({
    provider: "github",
    ...(repoId !== undefined && { id: repoId }),
    repo: repository,
    repo_path: repository,
    private: true,
    branch,
    repo_branch: branch,
    cmd: `${claim(at.instance)}${command}`,
    dir: directories[framework],
    ...(installationId !== undefined && { installation_id: installationId }),
  });

  async function create(at: Address, want: SiteIn): Promise<string> {
    const { customDomain } = want;
    const domain = customDomain === undefined ? {} : { custom_domain: customDomain };
    const body = { name: at.name, repo: repo(at, want), ...domain };
    const exists = () => whoHasTheName(at, customDomain);
    try {
      const made = await api.post<SiteBody>("/{account}/sites", {
        params: { account: await slug() },
        body,
        exists,
      });
      return made.id;
    } catch (fault) {
      throw linkFault(fault, want.repository);
    }
  }

  /** The path of a create takes the slug only. */
  async function slug(): Promise<string> {
    if (!/^[0-9a-f]{24}$/.test(account)) return account;
    const all = await api.get<{ id: string; slug: string }[]>("/accounts");
    return all.find(({ id }) => id === account)?.slug ?? account;
  }

  async function whoHasTheName(at: Address, domain: string | undefined): Promise<SiteBody> {
    const there = await findByName(at.name);
    const mark = there && (await readVariable(api, account, there.id, markKey));
    if (there && (mark === at.instance || (mark === undefined && claimedBy(at, there)))) return there;
    const taken = there
      ? `A Netlify site "${at.name}" exists already and does not carry this instance's mark.`
      : `The name "${at.name}"${domain ? ` or the domain ${domain}` : ""} is taken at Netlify, where all customers share them.`;
    throw new Fault("not-ours", {
      what: taken,
      next: there
        ? "Rename or move that site, then retry the run."
        : "Choose another slug, or free the name at Netlify.",
    });
  }

  async function mark(at: Address, id: string): Promise<void> {
    await api.post(variablesPath, {
      params: { account },
      query: { site_id: id },
      body: [{ key: markKey, values: [{ context: "all", value: at.instance }] }],
    });
    // Linking a repository begins a build, which lacks everything that later steps set.
    await cancelBuilds(api, id);
  }

  return {
    kind: "netlify.site",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want, live, changes }) {
      if (!live) return await create(at, want);
      const id = live.projectId;
      const paths = changes.map((change) => change.path);
      const has = (...names: string[]) => paths.some((each) => names.includes(each));
      if (has("marked")) await mark(at, id);
      const body = {
        ...(has("name") && { name: at.name }),
        ...(has("customDomain") && { custom_domain: want.customDomain }),
        ...(has("repository", "branch", "command", "directory") && { repo: repo(at, want) }),
      };
      if (Object.keys(body).length === 0) return id;
      try {
        await api.patch(path, { ...of(id), body, safe: true });
      } catch (fault) {
        throw linkFault(fault, want.repository);
      }
      return id;
    },

    // --- remove

    async remove(id) {
      await api.delete(path, of(id));
    },

    halting: siteHalting(api),
  };
}

/** A new repository takes some seconds to be seen by Netlify's GitHub App; a missing installation never mends itself. */
function linkFault(fault: unknown, repository: string): unknown {
  if (!(fault instanceof HttpFault) || ![400, 404, 422].includes(fault.status)) return fault;
  if (!/repo|install|deploy.key/i.test(fault.what)) return fault;
  const { what, call, status } = fault;
  return new HttpFault("try-again", {
    what,
    status,
    ...(call && { call }),
    next: `Nothing at first: Netlify may not know the new repository yet. If it goes on, give the Netlify GitHub App access to all repositories of ${repository.split("/")[0]}, and check NETLIFY_GITHUB_INSTALLATION_ID.`,
    retryInMs: 3_000,
  });
}
