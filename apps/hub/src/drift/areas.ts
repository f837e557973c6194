import { type DriftArea, type DriftPolicy, repairableAreas } from "@atoll/contract/schemas/drift";

/** Kinds of things by where an operator looks for them. */
const areaOfKind: Readonly<Record<string, DriftArea>> = {
  "supabase.project": "project",
  "supabase.database": "project",
  "supabase.api-keys": "project",
  "supabase.auth-config": "auth",
  "supabase.user": "users",
  "postgres.schema": "schema",
  "github.repository": "repository",
  "github.file": "repository",
  "gitea.folder": "automations",
  "n8n.credential": "automations",
  "n8n.workflow": "automations",
  "vercel.project": "site",
  "vercel.deployment": "site",
  "vercel.environment": "environment",
  "netlify.site": "site",
  "netlify.deployment": "site",
  "netlify.environment": "environment",
};

/** Where a kind of thing belongs; kinds of blueprints by anyone that we know nothing of are `other`. */
export const areaOf = (kind: string): DriftArea => areaOfKind[kind] ?? "other";

/** Name of the policy as an author of runs and in the audit log. */
export const policyActor = "drift policy";

/** What a policy says of an area; whatever may hold a client's data is never repaired by itself. */
export function policyOf(policy: DriftPolicy | undefined, area: DriftArea): "tell" | "repair" {
  const named = repairableAreas.find((each) => each === area);
  return (named && policy?.areas[named]) ?? "tell";
}

/** How a difference is set right: by a run, by putting our side of a key back, or by a person. */
export function repairOf(area: DriftArea, act: string): "run" | "settle" | "none" {
  if (area === "vault") return "settle";
  return area === "schema" || area === "users" || act === "blocked" ? "none" : "run";
}
