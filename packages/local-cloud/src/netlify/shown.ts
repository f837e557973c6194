import { account, user } from "./facts.ts";
import type { Deploy, Site, Variable } from "./world.ts";

const time = (ms: number) => new Date(ms).toISOString();

/** Addresses here are of this machine, and have no certificate. */
const addressOf = (site: Site) => `http://localhost:${site.port}`;
const adminOf = (site: Site) => `https://app.netlify.com/projects/${site.name}`;

/** A site as every route that gives one shows it. */
export function shownSite(site: Site, published: Deploy | undefined): object {
  const { id, name, customDomain, repository, createdAt, updatedAt } = site;
  return {
    id,
    site_id: id,
    state: "current",
    name,
    ...(customDomain !== undefined && { custom_domain: customDomain }),
    domain_aliases: site.aliases ?? [],
    url: addressOf(site),
    ssl_url: addressOf(site),
    admin_url: adminOf(site),
    deploy_url: addressOf(site),
    created_at: time(createdAt),
    updated_at: time(updatedAt),
    user_id: user.id,
    ssl: false,
    force_ssl: false,
    managed_dns: false,
    disabled: site.disabled === undefined ? null : true,
    account_id: account.id,
    account_name: account.name,
    account_slug: account.slug,
    ...(published && { published_deploy: shownDeploy(published, site) }),
    ...(repository && { git_provider: "github" }),
    build_settings: repository
      ? {
          id: repository.id,
          provider: "github",
          repo_path: repository.path,
          repo_branch: repository.branch,
          repo_url: `https://github.com/${repository.path}`,
          cmd: repository.cmd,
          dir: repository.dir,
          allowed_branches: [repository.branch],
          public_repo: false,
          stop_builds: repository.stopped,
          ...(repository.installationId !== undefined && { installation_id: repository.installationId }),
        }
      : {},
    prevent_non_git_prod_deploys: false,
  };
}

/** A deploy, on its own or in a list. */
export function shownDeploy(deploy: Deploy, site: Site): object {
  const { id, buildId, state, branch, commit, title, error, createdAt, publishedAt, name, review } = deploy;
  const own = review === undefined ? addressOf(site) : `http://localhost:${deploy.port}`;
  return {
    id,
    site_id: site.id,
    user_id: user.id,
    build_id: buildId,
    state,
    name,
    url: addressOf(site),
    ssl_url: addressOf(site),
    admin_url: `${adminOf(site)}/deploys/${id}`,
    deploy_url: own,
    deploy_ssl_url: own,
    draft: false,
    required: [],
    required_functions: [],
    branch,
    commit_ref: commit.sha,
    commit_url: `https://github.com/${commit.org}/${commit.repo}/commit/${commit.sha}`,
    skipped: false,
    created_at: time(createdAt),
    updated_at: time(publishedAt ?? createdAt),
    ...(publishedAt !== undefined && { published_at: time(publishedAt) }),
    ...(title !== undefined && { title }),
    ...(error !== undefined && { error_message: error }),
    context: review === undefined ? "production" : "deploy-preview",
    ...(review !== undefined && {
      review_id: review,
      review_url: `https://github.com/${commit.org}/${commit.repo}/pull/${review}`,
    }),
    locked: site.locked === true && site.publishedId === id,
    framework: "next",
  };
}

/** A build: what began a deploy. */
export function shownBuild({ buildId, id, commit, state, error, createdAt }: Deploy): object {
  return {
    id: buildId,
    deploy_id: id,
    sha: commit.sha,
    done: state === "ready" || state === "error",
    ...(error !== undefined && { error }),
    created_at: time(createdAt),
  };
}

/** A variable: of a secret one only what `dev` has is told. */
export function shownVariable({ key, scopes, values, secret, updatedAt }: Variable): object {
  return {
    key,
    scopes,
    values: values.map(({ value, ...more }) => ({
      ...more,
      value: secret && more.context !== "dev" ? "" : value,
    })),
    is_secret: secret,
    updated_at: time(updatedAt),
    updated_by: { id: user.id, full_name: user.full_name, email: user.email, avatar_url: "" },
  };
}
