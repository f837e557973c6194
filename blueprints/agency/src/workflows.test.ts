import { everyWorkflow, places, webhooksOf } from "@atoll/blueprint-kit/testing/workflows";
import { workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import { expect, test } from "vitest";
import { workflows } from "./workflows.ts";

everyWorkflow(workflows);

test("webhooks stand under the instance's own path", () => {
  const paths = webhooksOf(workflows);
  expect(paths).toEqual([["unguessable/inquiry", "unguessable/inquiry"]]);
});

test("without the key to send with, a workflow is made but not published", () => {
  const without = { ...places, credentials: { supabaseApi: { id: "cred-db", name: "database" } } };
  expect(workflowFrom(workflows.invoices.file, without).active).toBe(false);
  expect(JSON.stringify(workflowFrom(workflows.invoices.file, without))).not.toContain('httpHeaderAuth":{');
  expect(workflowFrom(workflows.tasks.file, without).active).toBe(true);
});

test("a value that n8n would run as code is refused", () => {
  for (const from of ["={{ $env }}", "Studio {{ 7*7 }} <a@b.test>"])
    expect(() =>
      workflowFrom(workflows.invoices.file, { ...places, mail: { ...places.mail, from } }),
    ).toThrow("run as code");
});
