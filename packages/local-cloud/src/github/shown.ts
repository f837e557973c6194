import { accountLinks, organizationLinks, repositoryLinks } from "./links.ts";
import type { RepositoryRecord, World } from "./world.ts";
import { filled } from "./world.ts";

/** An account as GitHub shows it. */
export function shownAccount(world: World, login: string) {
  const isOrganization = world.organizations.includes(login);
  const url = `${world.context.url()}/github/users/${login}`;
  return {
    login,
    id: [...login].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) % 100_000_000, 7),
    node_id: Buffer.from(login).toString("base64url"),
    avatar_url: `${world.context.url()}/github/avatars/${login}`,
    gravatar_id: "",
    url,
    ...accountLinks(url),
    html_url: `${world.context.url()}/github/${login}`,
    type: isOrganization ? "Organization" : "User",
    site_admin: false,
  };
}

const began = "2026-01-01T00:00:00Z";
const nobody = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };

/** Whoever the token belongs to, as they see themselves. */
export function shownOwner(world: World) {
  return {
    ...shownAccount(world, world.login),
    ...nobody,
    user_view_type: "private",
    name: "Atoll",
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    created_at: began,
    updated_at: began,
    private_gists: 0,
    total_private_repos: 0,
    owned_private_repos: 0,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
    plan: { name: "free", private_repos: 10_000, space: 1, collaborators: 0 },
  };
}

/** An organisation by itself, with more than its account. */
export function shownOrganization(world: World, login: string) {
  const url = `${world.context.url()}/github/orgs/${login}`;
  return {
    ...shownAccount(world, login),
    ...nobody,
    url,
    ...organizationLinks(url),
    description: null,
    has_organization_projects: true,
    has_repository_projects: true,
    created_at: began,
    updated_at: began,
    archived_at: null,
  };
}

/** A repository as GitHub's REST API shows it, as far as clients read it. */
export function shownRepository(world: World, record: RepositoryRecord): object {
  const base = `${world.context.url()}/github`;
  const full = `${record.owner}/${record.name}`;
  const template =
    record.template === undefined ? undefined : world.repositories.get(record.template.toLowerCase());
  return {
    id: record.id,
    node_id: `R_${record.id}`,
    name: record.name,
    full_name: full,
    owner: shownAccount(world, record.owner),
    private: record.private,
    visibility: record.private ? "private" : "public",
    html_url: `${base}/${full}`,
    description: record.description,
    fork: false,
    url: `${base}/repos/${full}`,
    ...repositoryLinks(`${base}/repos/${full}`),
    svn_url: `${base}/${full}`,
    clone_url: `${base}/git/${full}.git`,
    git_url: `${base}/git/${full}.git`,
    ssh_url: `git@localhost:${full}.git`,
    size: filled(world, record) ? 1 : 0,
    default_branch: record.defaultBranch,
    is_template: record.isTemplate,
    archived: record.archived,
    disabled: false,
    topics: record.topics,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    open_issues_count: 0,
    forks: 0,
    watchers: 0,
    open_issues: 0,
    network_count: 0,
    subscribers_count: 0,
    homepage: null,
    language: null,
    license: null,
    mirror_url: null,
    permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    pushed_at: record.createdAt,
    created_at: record.createdAt,
    updated_at: record.createdAt,
    ...(template === undefined ? {} : { template_repository: shownRepository(world, template) }),
  };
}
