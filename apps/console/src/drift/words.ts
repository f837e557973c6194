import type { DriftArea, DriftItem } from "@atoll/contract/schemas/drift";

/** What the areas of an instance are called. */
export const areaWords: Record<DriftArea, string> = {
  project: "Project",
  repository: "Repository",
  site: "Site",
  environment: "Variables",
  auth: "Sign-in",
  automations: "Automations",
  schema: "Schema",
  users: "Admins",
  vault: "Vault",
  other: "Other",
};

/** What stands there and what was wanted, in one line. */
export function valueWords({ from, to, why }: Pick<DriftItem, "from" | "to" | "why">): string {
  if (from !== undefined && to !== undefined) return `${from} → ${to}`;
  if (from !== undefined) return why ?? `${from}, which should not be there`;
  return to === undefined ? (why ?? "Not there") : `not there → ${to}`;
}

/** How a difference stands, in a word or two. */
export function standingOf({
  acceptedBy,
  stoppedAt,
}: Pick<DriftItem, "acceptedBy" | "stoppedAt">): "open" | "accepted" | "keeps coming back" {
  if (acceptedBy !== undefined) return "accepted";
  return stoppedAt === undefined ? "open" : "keeps coming back";
}
