import { createHash } from "node:crypto";
import { team, user } from "./facts.ts";
import { assignsDomains, type Deployment, type Project, type Variable } from "./world.ts";

/** A variable as it is shown: only what is plain can be read, what is sensitive never. */
export function shownVariable(variable: Variable): object {
  const { id, key, type, target, gitBranch, comment, createdAt, updatedAt } = variable;
  const sealed = () => createHash("sha256").update(`${id}${variable.value}`).digest("base64");
  return {
    id,
    key,
    type,
    target,
    value: type === "plain" ? variable.value : type === "sensitive" ? "" : sealed(),
    decrypted: type === "plain",
    configurationId: null,
    securityIssues: [],
    createdBy: user.id,
    updatedBy: null,
    createdAt,
    updatedAt,
    ...(gitBranch !== undefined && { gitBranch }),
    ...(comment !== undefined && { comment }),
  };
}

const resources = { functionDefaultRegions: ["iad1"] };

/** A project as every route that gives one shows it. */
export function shownProject(project: Project, production: Deployment | undefined): object {
  const { id, accountId, name, framework, link, settings, createdAt, updatedAt, paused } = project;
  return {
    accountId,
    directoryListing: false,
    id,
    name,
    framework,
    nodeVersion: "22.x",
    ...settings,
    autoAssignCustomDomains: assignsDomains(project),
    resourceConfig: resources,
    defaultResourceConfig: resources,
    deploymentExpiration: {},
    alias: [],
    env: project.variables.map(shownVariable),
    ...(link && {
      link: { type: "github", ...link, gitCredentialId: "cred_local", deployHooks: [], sourceless: false },
    }),
    live: production !== undefined && !paused,
    paused,
    latestDeployments: production ? [shownDeployment(project, production)] : [],
    targets: production ? { production: shownDeployment(project, production) } : {},
    ...(project.lastRollbackTarget && { lastRollbackTarget: { deploymentId: project.lastRollbackTarget } }),
    createdAt,
    updatedAt,
  };
}

/** Addresses of a deployment without scheme: what visitors get has the project's port and verified domains. */
export function aliasesOf(project: Project, { id, target, port }: Deployment): string[] {
  if (target !== "production") return [`localhost:${port}`];
  if (project.productionId !== id) return [];
  return [`localhost:${port}`, ...project.domains.filter((each) => each.verified).map((each) => each.name)];
}

/** What Vercel adds to what a caller says of a deployment. */
const metaOf = ({ meta, source }: Deployment) => ({
  ...meta,
  ...(source.type === "git" && {
    githubCommitSha: source.sha,
    githubCommitRef: source.ref,
    githubOrg: source.org,
    githubRepo: source.repo,
  }),
});

const isAssigned = (deployment: Deployment) => deployment.readyState === "READY" && deployment.promoted;

/** A deployment as it is shown on its own. */
export function shownDeployment(project: Project, deployment: Deployment): object {
  const { id, name, source, readyState, createdAt, environment, error, target } = deployment;
  return {
    id,
    uid: id,
    name,
    projectId: project.id,
    project: { id: project.id, name: project.name, framework: project.framework },
    ownerId: project.accountId,
    ...(project.accountId === team.id && { team }),
    type: "LAMBDAS",
    version: 2,
    plan: "pro",
    public: false,
    regions: ["iad1"],
    routes: null,
    url: `localhost:${deployment.port}`,
    alias: aliasesOf(project, deployment),
    aliasAssigned: isAssigned(deployment),
    aliasError: null,
    inspectorUrl: null,
    creator: { uid: user.id, username: user.username },
    createdIn: "iad1",
    createdAt,
    bootedAt: createdAt,
    buildingAt: deployment.buildingAt ?? createdAt,
    buildSkipped: false,
    isInConcurrentBuildsQueue: false,
    isInSystemBuildsQueue: false,
    build: { env: [] },
    env: Object.keys(environment),
    projectSettings: { framework: project.framework },
    target,
    meta: metaOf(deployment),
    source: deployment.origin,
    ...(source.type === "git" && {
      gitSource: { type: "github", repoId: source.repoId, ref: source.ref, sha: source.sha },
    }),
    status: readyState,
    readyState,
    ...(readyState === "READY" && {
      ready: deployment.readyAt,
      readySubstate: deployment.promoted ? "PROMOTED" : "STAGED",
    }),
    ...(error && { errorCode: error.code, errorMessage: error.message, errorStep: error.step }),
  };
}

/** A deployment in a list. */
export function listedDeployment(project: Project, deployment: Deployment): object {
  const { id, name, readyState, createdAt, error, target } = deployment;
  return {
    uid: id,
    name,
    projectId: project.id,
    url: `localhost:${deployment.port}`,
    created: createdAt,
    createdAt,
    type: "LAMBDAS",
    creator: { uid: user.id, username: user.username },
    inspectorUrl: null,
    state: readyState,
    readyState,
    target,
    meta: metaOf(deployment),
    source: deployment.origin,
    aliasAssigned: isAssigned(deployment),
    aliasError: null,
    buildingAt: deployment.buildingAt ?? createdAt,
    isRollbackCandidate: readyState === "READY" && target === "production" && project.productionId !== id,
    ...(readyState === "READY" && {
      ready: deployment.readyAt,
      readySubstate: deployment.promoted ? "PROMOTED" : "STAGED",
    }),
    ...(error && { errorCode: error.code, errorMessage: error.message }),
  };
}
