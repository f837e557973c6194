import type { Context } from "hono";
import type { CloudContext, CloudEnv, GitHost } from "../kit/context.ts";
import type { Dns } from "../kit/dns.ts";
import type { Collection } from "../kit/store.ts";
import type { Fronts } from "../sites/fronts.ts";
import { type Target, team, user } from "./facts.ts";

/** An environment variable of a project. */
export interface Variable {
  id: string;
  key: string;
  value: string;
  type: "plain" | "encrypted" | "sensitive" | "system";
  target: Target[];
  gitBranch?: string;
  comment?: string;
  createdAt: number;
  updatedAt: number;
}

/** A custom domain of a project. */
export interface Domain {
  name: string;
  verified: boolean;
  /** What has to stand in the domain's TXT record. */
  challenge: string;
  redirect?: string;
  createdAt: number;
}

/** What can be set of a project and is only kept and shown. */
type Settings = Record<string, unknown>;

/** A project as the emulator keeps it. */
export interface Project {
  id: string;
  accountId: string;
  name: string;
  framework: string | null;
  settings: Settings;
  link?: { org: string; repo: string; repoId: number; productionBranch: string; createdAt: number };
  variables: Variable[];
  domains: Domain[];
  paused: boolean;
  /** Where its production site answers; chosen with the first production deployment. */
  port?: number;
  /** The deployment that production points to. */
  productionId?: string;
  lastRollbackTarget?: string;
  /** Somebody went back to an earlier deployment: newer ones wait until one is promoted. */
  rolledBack?: boolean;
  createdAt: number;
  updatedAt: number;
}

/** A file of a deployment; its content lies under its SHA-1. */
interface DeploymentFile {
  file: string;
  sha: string;
}

/** Where a deployment's code comes from. */
export type Source =
  | { type: "git"; org: string; repo: string; repoId: number; ref: string; sha: string }
  | { type: "files"; files: DeploymentFile[] };

export type ReadyState = "QUEUED" | "INITIALIZING" | "BUILDING" | "READY" | "ERROR" | "CANCELED";

/** A deployment as the emulator keeps it. */
export interface Deployment {
  id: string;
  projectId: string;
  name: string;
  target: "production" | null;
  source: Source;
  origin: "api-trigger-git-deploy" | "git" | "redeploy" | "cli";
  meta: Record<string, string>;
  /** The values of its target when it was made: later changes hold for later deployments. */
  environment: Record<string, string>;
  port: number;
  readyState: ReadyState;
  /** Of the build that it runs. */
  buildKey?: string;
  promoted: boolean;
  createdAt: number;
  buildingAt?: number;
  readyAt?: number;
  error?: { code: string; message: string; step: string };
}

/** What the routes work with. */
export interface World {
  context: CloudContext;
  dns: Dns;
  projects: Collection<Project>;
  deployments: Collection<Deployment>;
  fronts: Fronts;
  /** Takes a new deployment through its states. */
  begin(deployment: Deployment): void;
  /** Makes a deployment what production points to. */
  promote(project: Project, deployment: Deployment): Promise<void>;
  /** Removes what a deployment left on disk, and ends its process. */
  drop(id: string): Promise<void>;
  github(): GitHost | undefined;
  /** Folder where uploaded files lie by their SHA-1. */
  filesDir: string;
}

/** In whose name a call is made: `?teamId=` or `?slug=`, else the user's own account; undefined = a foreign team. */
export function accountOf(c: Context<CloudEnv>): string | undefined {
  const { teamId, slug } = c.req.query();
  if (teamId === undefined && slug === undefined) return user.id;
  if (teamId !== undefined) return teamId === team.id ? team.id : undefined;
  return slug === team.slug ? team.id : undefined;
}

/** The project of this call's account by id or name. */
export function projectOf(world: World, c: Context<CloudEnv>, idOrName: string): Project | undefined {
  const account = accountOf(c);
  return world.projects
    .values()
    .find((each) => each.accountId === account && (each.id === idOrName || each.name === idOrName));
}

/** Whether production domains follow the newest deployment: not while the project is paused or rolled back. */
export const assignsDomains = ({ paused, rolledBack, settings }: Project): boolean =>
  !paused && rolledBack !== true && settings.autoAssignCustomDomains !== false;

/** A project's deployments, newest first. */
export function deploymentsOf(world: World, projectId: string): Deployment[] {
  return world.deployments
    .values()
    .filter((each) => each.projectId === projectId)
    .sort((a, b) => b.createdAt - a.createdAt);
}
