import { everyWorkflow, places, webhooksOf } from "@atoll/blueprint-kit/testing/workflows";
import { workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import { expect, test } from "vitest";
import { workflows } from "./workflows.ts";

everyWorkflow(workflows);

test("webhooks stand under the instance's own path", () => {
  const paths = webhooksOf(workflows);
  expect(paths).toEqual([
    ["unguessable/join", "unguessable/join"],
    ["unguessable/ask", "unguessable/ask"],
  ]);
});

test("without the key to send with, a workflow is made but not published", () => {
  const without = { ...places, credentials: { supabaseApi: { id: "cred-db", name: "database" } } };
  expect(workflowFrom(workflows.bot.file, without).active).toBe(false);
  expect(JSON.stringify(workflowFrom(workflows.bot.file, without))).not.toContain('httpHeaderAuth":{');
  expect(workflowFrom(workflows.members.file, without).active).toBe(true);
});

test("a value that n8n would run as code is refused", () => {
  for (const apiUrl of ["={{ $env }}", "https://{{ 7*7 }}.test"])
    expect(() => workflowFrom(workflows.bot.file, { ...places, bot: { apiUrl } })).toThrow("run as code");
});
