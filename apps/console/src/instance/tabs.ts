/** Parts of an instance's page, as they stand in the address. */
export const tabs = [
  "overview",
  "checklist",
  "schema",
  "resources",
  "configuration",
  "vault",
  "history",
] as const;
export type Tab = (typeof tabs)[number];
