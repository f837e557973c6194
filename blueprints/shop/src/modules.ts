/** The modules that a shop can choose, in the order in which the application shows them. */
export const moduleNames = ["catalog", "orders", "stock", "customers"] as const;
export type ModuleName = (typeof moduleNames)[number];

/** Modules that bring automations: `workflows/NAME.json`. */
export const workflowModules = ["orders", "stock"] as const satisfies readonly ModuleName[];
export type WorkflowModule = (typeof workflowModules)[number];

/** Languages of the instance's pages and mails. */
export const locales = ["en", "fr", "id"] as const;
export type Locale = (typeof locales)[number];
