/** The modules that an agency can choose, in the order in which the application shows them. */
export const moduleNames = ["clients", "projects", "tasks", "files", "invoices"] as const;
export type ModuleName = (typeof moduleNames)[number];

/** Modules that bring automations: `workflows/NAME.json`. */
export const workflowModules = ["clients", "tasks", "invoices"] as const satisfies readonly ModuleName[];
export type WorkflowModule = (typeof workflowModules)[number];
