import type { WorkflowKind } from "@atoll/blueprint-kit/kind";
import type { WorkflowModule } from "./modules.ts";

const file = (module: WorkflowModule) => new URL(`../workflows/${module}.json`, import.meta.url);

/** Automations of each module that has some. */
export const workflows: Record<WorkflowModule, WorkflowKind> = {
  clients: { file: file("clients") },
  tasks: { file: file("tasks") },
  invoices: { file: file("invoices"), token: "mail" },
};
