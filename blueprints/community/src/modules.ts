/** The modules that a community can choose, in the order in which the application shows them. */
export const moduleNames = ["places", "announcements", "members", "bot", "federation"] as const;
export type ModuleName = (typeof moduleNames)[number];

/** Modules that bring automations: `workflows/NAME.json`. */
export const workflowModules = ["announcements", "members", "bot"] as const satisfies readonly ModuleName[];
export type WorkflowModule = (typeof workflowModules)[number];

/** Kinds of community, as `COMMUNITY_TYPE` names them. */
export const communityTypes = [
  "municipality",
  "neighbourhood",
  "university",
  "school",
  "association",
  "company",
  "other",
] as const;
export type CommunityType = (typeof communityTypes)[number];
