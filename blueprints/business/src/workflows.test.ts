import { everyWorkflow, places, webhooksOf } from "@atoll/blueprint-kit/testing/workflows";
import { workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import type { WorkflowNode } from "@atoll/n8n/definition";
import { expect, test } from "vitest";
import { workflows } from "./workflows.ts";

everyWorkflow(workflows);

const nodesOf = (module: keyof typeof workflows, from = places) =>
  workflowFrom(workflows[module].file, from).workflow.nodes;

test("webhooks stand under the instance's own path", () => {
  const paths = webhooksOf(workflows);
  expect(paths).toEqual([
    ["unguessable/lead", "unguessable/lead"],
    ["unguessable/unsubscribe", "unguessable/unsubscribe"],
  ]);
  const settings = nodesOf("email").find((node) => node.name === "Settings");
  expect(JSON.stringify(settings)).toContain("https://n8n.test/webhook/unguessable/unsubscribe");
});

test("each node that asks for a credential has the instance's own", () => {
  const used = (nodes: WorkflowNode[]) =>
    new Set(nodes.flatMap((node) => Object.values(node.credentials ?? {}).map(({ id }) => id)));
  expect(used(nodesOf("email"))).toEqual(new Set(["cred-db", "cred-token"]));
  expect(used(nodesOf("crm"))).toEqual(new Set(["cred-db"]));
});

test("without the key to send with, a workflow is made but not published", () => {
  const without = { ...places, credentials: { supabaseApi: { id: "cred-db", name: "database" } } };
  expect(workflowFrom(workflows.email.file, without).active).toBe(false);
  expect(JSON.stringify(workflowFrom(workflows.email.file, without))).not.toContain('httpHeaderAuth":{');
  expect(workflowFrom(workflows.crm.file, without).active).toBe(true);
});

test("a value that n8n would run as code is refused", () => {
  for (const from of ["={{ $env }}", "Shop {{ 7*7 }} <a@b.test>"])
    expect(() => workflowFrom(workflows.email.file, { ...places, mail: { ...places.mail, from } })).toThrow(
      "run as code",
    );
});
