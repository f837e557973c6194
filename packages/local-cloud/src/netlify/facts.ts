import { randomBytes, randomUUID } from "node:crypto";

/** Whose token it is. */
export const user = {
  id: "5f0000000000000000000001",
  full_name: "Atoll Bot",
  email: "bot@localhost",
};

/** The one team of the local cloud. */
export const account = { id: "5f0000000000000000000002", slug: "atoll", name: "Atoll local" };

/** Netlify's GitHub App in the clients' organisation. */
export const installationId = 4711;

/** Contexts for which a variable can have a value of its own, beside "all" and "branch". */
export const ownContexts = ["production", "deploy-preview", "branch-deploy", "dev", "dev-server"] as const;
export type OwnContext = (typeof ownContexts)[number];

/** What may read a variable. */
export const scopes = ["builds", "functions", "runtime", "post-processing"] as const;
export type Scope = (typeof scopes)[number];

/** An id as Netlify makes them: a UUID for a site, 24 hex digits for everything else. */
export const newId = (of: "site" | "other") =>
  of === "site" ? randomUUID() : randomBytes(12).toString("hex");
