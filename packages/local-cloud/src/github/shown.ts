import type { RepositoryRecord, World } from "./world.ts";
import { filled } from "./world.ts";

/** An account as GitHub shows it. */
export function shownAccount(world: World, login: string) {
  const isOrganization = world.organizations.includes(login);
  return {
    login,
    id: [...login].reduce((sum, each) => (sum * 31 + each.charCodeAt(0)) % 100_000_000, 7),
    node_id: Buffer.from(login).toString("base64url"),
    avatar_url: "",
    gravatar_id: "",
    url: `${world.context.url()}/github/users/${login}`,
    html_url: `${world.context.url()}/github/${login}`,
    type: isOrganization ? "Organization" : "User",
    site_admin: false,
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
