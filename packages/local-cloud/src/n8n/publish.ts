import type { WorkflowBody, WorkflowNode } from "./schemas.ts";

const triggers = /(Trigger|\.webhook|\.cron|\.interval|emailReadImap)$/;

/** A node that starts its workflow by itself. A manual one does not. */
function isActiveTrigger(node: WorkflowNode): boolean {
  const type = node.type ?? "";
  return (
    node.disabled !== true &&
    triggers.test(type) &&
    !/manualTrigger|executeWorkflowTrigger|errorTrigger/.test(type)
  );
}

/** Paths under which a workflow's webhooks are called. */
export function webhookPaths(workflow: Pick<WorkflowBody, "nodes">): string[] {
  return workflow.nodes
    .filter((node) => node.type === "n8n-nodes-base.webhook" && node.disabled !== true)
    .map(
      (node) =>
        `${String(node.parameters?.httpMethod ?? "GET")} ${String(node.parameters?.path ?? node.webhookId ?? "")}`,
    );
}

/** Why n8n would not publish this workflow, in its own words; undefined when it would. */
export function publishProblem(
  workflow: WorkflowBody,
  credentialIds: ReadonlySet<string>,
): string | undefined {
  const starting = workflow.nodes.filter(isActiveTrigger);
  if (starting.length === 0) {
    return "Workflow cannot be activated because it has no trigger node. At least one active trigger, poll trigger, webhook trigger, or schedule trigger node is required.";
  }
  const ids = starting.map((node) => node.id);
  if (ids.some((id) => id === undefined || id === "") || new Set(ids).size < ids.length)
    return "Workflow cannot be activated because its trigger nodes do not have unique ids.";
  const names = new Set(workflow.nodes.map((node) => node.name));
  const stray = Object.keys(workflow.connections).find((name) => !names.has(name));
  if (stray !== undefined) return `Workflow has connections from an unknown node "${stray}".`;
  for (const node of workflow.nodes) {
    for (const credential of Object.values(node.credentials ?? {})) {
      if (!credential.id || !credentialIds.has(credential.id))
        return `Cannot publish workflow: node "${node.name}" uses a credential that does not exist ("${credential.name}").`;
    }
  }
  return undefined;
}
