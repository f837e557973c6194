import type { RunKind } from "@atoll/core/states";

/** What a run of a kind is called. */
export const kindWords: Record<RunKind, string> = {
  provision: "Provisioning",
  update: "Update",
  repair: "Repair",
  destroy: "Removal",
  pause: "Pause",
  resume: "Resume",
  archive: "Archiving",
  backup: "Backup",
  restore: "Restore",
  export: "Export",
  import: "Import",
  domain: "Domain",
  team: "Team",
  deploy: "Deployment",
  rebuild: "Rebuilding of the record",
};
