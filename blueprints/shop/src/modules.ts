/** The modules that a shop can choose, in the order in which the application shows them. */
export const moduleNames = ["catalog", "orders", "stock", "customers"] as const;
export type ModuleName = (typeof moduleNames)[number];

/** Modules that bring automations: `workflows/NAME.json`. */
export const workflowModules = ["orders", "stock"] as const satisfies readonly ModuleName[];
export type WorkflowModule = (typeof workflowModules)[number];
