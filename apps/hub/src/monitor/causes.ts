import type { IncidentCause, ProbeKind } from "@atoll/contract/schemas/monitor";
import type { ProbeState } from "./verdict.ts";

/** What goes down together has one incident: a database that is away takes the API with it. */
export type Group = "site" | "backend" | "workflows" | "certificate" | "slow";

const groups: Record<ProbeKind, Exclude<Group, "slow">> = {
  page: "site",
  deployment: "site",
  api: "backend",
  auth: "backend",
  database: "backend",
  project: "backend",
  workflows: "workflows",
  certificate: "certificate",
};

/** The kinds of a group; of "slow" those whose time is taken. */
export const kindsIn = (group: Group): ProbeKind[] =>
  group === "slow" ? ["page", "api"] : order.filter((kind) => groups[kind] === group);

/** What is wrong with an instance, and what to do about it. */
export interface Trouble {
  group: Group;
  cause: IncidentCause;
  /** Who would be to blame if most instances had it. */
  provider: string | undefined;
  what: string;
  next: string;
}

/** Told first where several things of a group are down: the one that explains the others. */
const order: readonly ProbeKind[] = [
  "project",
  "database",
  "api",
  "auth",
  "page",
  "deployment",
  "workflows",
  "certificate",
];

type Known = Pick<ProbeState, "verdict" | "hint" | "problem"> & { provider?: string | undefined };

const causes: Record<ProbeKind, IncidentCause> = {
  page: "site-down",
  deployment: "deployment-failed",
  api: "api-down",
  auth: "auth-down",
  database: "database-down",
  project: "project-down",
  workflows: "workflows-down",
  certificate: "certificate-expired",
};

const words: Record<ProbeKind, { what: string; next: string }> = {
  page: {
    what: "The application does not answer",
    next: "Look at its newest deployment and its log at the host; `atoll repair` sets going what is missing.",
  },
  deployment: {
    what: "The newest deployment is not the one that visitors should get",
    next: "Read its build log at the host, then update or repair the instance.",
  },
  api: {
    what: "The data API does not answer",
    next: "Look at the project at Supabase; its own status page says whether it is theirs.",
  },
  auth: {
    what: "Nobody can sign in: auth does not answer",
    next: "Look at the project at Supabase; its own status page says whether it is theirs.",
  },
  database: {
    what: "The database does not answer",
    next: "Look at the project's database at Supabase: is it paused, full, or out of connections?",
  },
  project: {
    what: "The project is not running",
    next: "Look at it at Supabase; where it was paused, resume it.",
  },
  workflows: {
    what: "The automations do not run as they should",
    next: "Look at n8n; `atoll repair` publishes workflows again that somebody unpublished.",
  },
  certificate: {
    what: "The certificate of the address has expired",
    next: "Renew it at the host, or look at the domain's DNS records: hosts renew by themselves while those are right.",
  },
};

const sentence = (what: string, detail: string | undefined) =>
  detail === undefined ? `${what}.` : `${what}: ${detail}`;

/** What is wrong by the verdicts on an instance's things, at most one trouble a group. Pure. */
export function troublesOf(
  probes: ReadonlyMap<ProbeKind, Known>,
  slow: { kind: ProbeKind; p95Ms: number; budgetMs: number } | undefined,
): Trouble[] {
  const found = new Map<Group, Trouble>();
  for (const kind of order) {
    const probe = probes.get(kind);
    if (probe?.verdict !== "down") continue;
    const group = groups[kind];
    if (found.has(group)) continue;
    // The API knows when it has no database behind it.
    const of = kind === "api" && probe.hint === "database" ? "database" : kind;
    found.set(group, {
      group,
      cause: causes[of],
      provider: probe.provider,
      what: sentence(words[of].what, probe.problem),
      next: words[of].next,
    });
  }
  const certificate = probes.get("certificate");
  if (certificate?.hint === "expiring")
    found.set("certificate", {
      group: "certificate",
      cause: "certificate-expiring",
      provider: undefined,
      what: certificate.problem ?? "The certificate of the address ends soon.",
      next: words.certificate.next,
    });
  // Nobody gets past an expired certificate: that the page does not answer follows from it.
  if (certificate?.hint === "expired") found.delete("site");
  if (slow !== undefined && !found.has("site") && !found.has("backend"))
    found.set("slow", {
      group: "slow",
      cause: "slow",
      provider: probes.get(slow.kind)?.provider,
      what: `It is slow: 95 of 100 answers of its ${slow.kind === "page" ? "page" : "data API"} come within ${slow.p95Ms} ms, and ${slow.budgetMs} ms is the budget.`,
      next: "Look at the region, at the database's load and at the newest deployment.",
    });
  return [...found.values()];
}

/** So many instances that fail together are no coincidence; of fewer the provider itself is asked. */
export const manyInstances = 5;

interface Share {
  failing: number;
  all: number;
}

/**
 * Whether it is the provider rather than its instances: at least two, and six of ten or more, fail at the same time; of
 * few instances only where its own API does not answer (`answers` false; undefined = nobody could ask). Once it is, it
 * stays so until fewer than three of ten fail.
 */
export function isProviders(
  { failing, all }: Share,
  { before, answers }: { before: boolean; answers: boolean | undefined },
): boolean {
  if (all === 0) return false;
  const part = failing / all;
  if (before) return failing > 0 && part >= 0.3;
  return failing >= 2 && part >= 0.6 && (all >= manyInstances || answers !== true);
}
