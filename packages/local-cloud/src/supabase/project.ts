import { createHash, randomBytes, randomInt } from "node:crypto";
import type { CloudContext } from "../kit/context.ts";
import { type AuthConfig, authDefaults } from "./facts.ts";

/** A key of a project, old kind (JWT) or new kind (sb_…). */
export interface ApiKey {
  id: string;
  name: string;
  type: "legacy" | "publishable" | "secret";
  key: string;
  role: "anon" | "service_role";
  description: string | null;
  createdAt: string;
}

/** A project as it is stored. Its database is called `project_REF`. */
export interface Project {
  ref: string;
  name: string;
  organization: string;
  region: string;
  createdAt: string;
  /** When it began to come up, or to go through what `state` says; real milliseconds. */
  since: number;
  state: "coming-up" | "pausing" | "inactive" | "restoring" | "healthy";
  databasePassword: string;
  /** Copies of its database that are kept, the oldest first. */
  backups?: { id: number; at: string }[];
  jwtSecret: string;
  legacyKeysEnabled: boolean;
  keys: ApiKey[];
  auth: AuthConfig;
  postgrest: { db_schema: string; db_extra_search_path: string; max_rows: number; db_pool: number | null };
}

/** Statuses that the Management API gives. */
export type Status = "COMING_UP" | "ACTIVE_HEALTHY" | "PAUSING" | "INACTIVE" | "RESTORING";

const letters = "abcdefghijklmnopqrstuvwxyz";

/** Name of a project's database, and of its login role with the pooler's spelling. */
export const databaseOf = (ref: string): string => `project_${ref}`;
/** Name of a copy of a project's database. */
export const backupOf = (ref: string, id: number): string => `backup_${ref}_${id}`;
export const loginOf = (ref: string): string => `postgres.${ref}`;

/** A key of the new kind, with the checksum that hides nothing and shows what it is. */
export function newKey(
  type: "publishable" | "secret",
  name: string,
  role: ApiKey["role"],
  now: string,
): ApiKey {
  const body = randomBytes(16).toString("base64url").slice(0, 22);
  const check = createHash("sha256").update(body).digest("base64url").slice(0, 8);
  return {
    id: crypto.randomUUID(),
    name,
    type,
    role,
    key: `sb_${type}_${body}_${check}`,
    description: null,
    createdAt: now,
  };
}

/** A project that begins to come up now. */
export function newProject(given: {
  name: string;
  organization: string;
  region: string;
  databasePassword: string;
  now: number;
}): Project {
  return {
    ref: Array.from({ length: 20 }, () => letters[randomInt(letters.length)]).join(""),
    name: given.name,
    organization: given.organization,
    region: given.region,
    createdAt: new Date(given.now).toISOString(),
    since: given.now,
    state: "coming-up",
    databasePassword: given.databasePassword,
    jwtSecret: randomBytes(40).toString("base64url"),
    legacyKeysEnabled: true,
    keys: [],
    auth: { ...authDefaults },
    postgrest: {
      db_schema: "public, graphql_public",
      db_extra_search_path: "public, extensions",
      max_rows: 1000,
      db_pool: null,
    },
  };
}

/** What the project's status is at this moment: it follows from when it began and how long that takes. */
export function statusOf(context: CloudContext, project: Project): Status {
  const { clock, faults, settings } = context;
  const stuck = faults.isStuck("supabase", project.ref) || faults.isStuck("supabase", project.name);
  const over = !stuck && clock.passed(project.since, settings.latencies.supabaseReadyMs);
  switch (project.state) {
    case "coming-up":
      return over ? "ACTIVE_HEALTHY" : "COMING_UP";
    case "pausing":
      return over ? "INACTIVE" : "PAUSING";
    case "restoring":
      return over ? "ACTIVE_HEALTHY" : "RESTORING";
    case "inactive":
      return "INACTIVE";
    case "healthy":
      return "ACTIVE_HEALTHY";
  }
}
