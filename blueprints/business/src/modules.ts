/** The modules that a client can choose, in the order in which the application shows them. */
export const moduleNames = ["crm", "email", "social", "content", "accommodation"] as const;
export type ModuleName = (typeof moduleNames)[number];

/** Modules that bring automations: `workflows/NAME.json`. */
export type WorkflowModule = Extract<ModuleName, "crm" | "email" | "social" | "content">;
