/** Parts of an instance's page, as they stand in the address. */
export const tabs = [
  "overview",
  "health",
  "usage",
  "checklist",
  "drift",
  "schema",
  "domains",
  "deployments",
  "resources",
  "configuration",
  "vault",
  "team",
  "backups",
  "exports",
  "history",
] as const;
export type Tab = (typeof tabs)[number];
