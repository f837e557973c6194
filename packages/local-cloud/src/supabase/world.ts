import { SignJWT } from "jose";
import type { CloudContext } from "../kit/context.ts";
import type { Collection } from "../kit/store.ts";
import type { ProjectDatabases } from "./database.ts";
import type { Making } from "./management/making.ts";
import { newKey, type Project, type Status, statusOf } from "./project.ts";
import type { RequestCounts } from "./requests.ts";
import type { ProjectFiles } from "./storage/files.ts";

/** Everything that the routes of the Supabase emulator share. */
export interface World {
  context: CloudContext;
  databases: ProjectDatabases;
  files: ProjectFiles;
  projects: Collection<Project>;
  requests: RequestCounts;
  making: Making;
  organization: Organization;
}

/** The one organisation of the local cloud. */
interface Organization {
  id: string;
  name: string;
  plan: "free" | "pro";
}

/** The project with this ref, and its status now. */
export function find(world: World, ref: string): { project: Project; status: Status } | undefined {
  const project = world.projects.get(ref);
  return project === undefined ? undefined : { project, status: statusOf(world.context, project) };
}

const expiresInTenYears = 10 * 365 * 24 * 3600;

/** The keys that a project has once they can be read: two of the old kind (JWTs) and two of the new one. */
export async function ensureKeys(world: World, project: Project): Promise<Project> {
  if (project.keys.length > 0) return project;
  const secret = new TextEncoder().encode(project.jwtSecret);
  const issuedAt = Math.floor(Date.parse(project.createdAt) / 1000);
  const legacy = async (role: "anon" | "service_role") => ({
    id: role,
    name: role,
    type: "legacy" as const,
    role,
    description: null,
    createdAt: project.createdAt,
    key: await new SignJWT({ ref: project.ref, role })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setIssuer("supabase")
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + expiresInTenYears)
      .sign(secret),
  });
  const keys = [
    await legacy("anon"),
    await legacy("service_role"),
    newKey("publishable", "default", "anon", project.createdAt),
    newKey("secret", "default", "service_role", project.createdAt),
  ];
  // Two readers at once: whoever is first decides, or each would be told other keys.
  const now = world.projects.get(project.ref);
  if (now === undefined || now.keys.length > 0) return now ?? project;
  return world.projects.set(project.ref, { ...now, keys });
}

/** Base URL of a project's own APIs. */
export function projectUrl(world: World, ref: string): string {
  return `${world.context.url()}/supabase/projects/${ref}`;
}
