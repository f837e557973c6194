import type {
  HealthState,
  IncidentCause,
  MonitorRange,
  ProbeKind,
  ProbeVerdict,
} from "@atoll/contract/schemas/monitor";

/** What is looked at, as people call it. */
export const kindWords: Record<ProbeKind, string> = {
  page: "Page",
  api: "Data API",
  auth: "Sign-in",
  database: "Database",
  project: "Project",
  workflows: "Automations",
  deployment: "Deployment",
  certificate: "Certificate",
};

export const verdictWords: Record<ProbeVerdict, string> = {
  up: "answers",
  failing: "failed just now",
  down: "down",
  unknown: "unknown",
};

/** A cause in two or three words. */
export const causeWords: Record<IncidentCause, string> = {
  "site-down": "Application down",
  "deployment-failed": "Deployment failed",
  "api-down": "Data API down",
  "auth-down": "Sign-in down",
  "database-down": "Database down",
  "project-down": "Project not running",
  "workflows-down": "Automations down",
  "certificate-expired": "Certificate expired",
  "certificate-expiring": "Certificate ends soon",
  slow: "Slow",
  "provider-down": "Provider down",
  "quota-low": "Few calls left",
  "runs-slow": "Runs take long",
  "backup-stale": "No recent backup",
  "backup-damaged": "Backup damaged",
  "backup-drill-failed": "Backup cannot be restored",
};

export const rangeWords: Record<MonitorRange, string> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
};

/** The state of another thing that looks the same: a dot of this tone. */
export const likeState = {
  up: "live",
  degraded: "pending",
  down: "failed",
  unknown: "withdrawn",
  paused: "paused",
} as const satisfies Record<HealthState, string>;

export const likeVerdict = {
  up: "live",
  failing: "pending",
  down: "failed",
  unknown: "withdrawn",
} as const satisfies Record<ProbeVerdict, string>;

/** A share as a percentage that is never rounded up to 100: "99.98 %". */
export function percent(share: number | undefined): string {
  if (share === undefined) return "–";
  if (share === 1) return "100 %";
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}
