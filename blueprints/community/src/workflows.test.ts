import { existsSync, readFileSync } from "node:fs";
import { type WorkflowPlaces, workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { workflowModules } from "./modules.ts";
import { workflows } from "./workflows.ts";

const places: WorkflowPlaces = {
  slug: "toko-a",
  supabaseUrl: "https://ref.supabase.co",
  webhookPath: "unguessable",
  webhookUrl: "https://n8n.test/webhook",
  mail: { apiUrl: "https://mail.test", from: "Toko <toko@mail.test>" },
  social: { apiUrl: "https://social.test/post" },
  bot: { apiUrl: "https://bot.test/v1" },
  credentials: {
    supabaseApi: { id: "cred-db", name: "database" },
    httpHeaderAuth: { id: "cred-token", name: "token" },
  },
};

const triggers = new Set(["n8n-nodes-base.webhook", "n8n-nodes-base.scheduleTrigger"]);

// The official description of n8n's API, where it lies beside the checkout.
const description = new URL("../../../../shared/specs/n8n-public-api.trim.json", import.meta.url);

describe.each(workflowModules)("%s", (module) => {
  const { workflow, active } = workflowFrom(workflows[module].file, places);

  test("is published, has no placeholder left and only keys that n8n takes", () => {
    expect(active).toBe(true);
    expect(JSON.stringify(workflow)).not.toContain("atoll:");
    expect(Object.keys(workflow).sort()).toEqual(["connections", "name", "nodes", "settings"]);
  });

  test("has triggers and nodes with ids and names of their own, and connections between those names", () => {
    for (const key of ["id", "name"] as const) {
      const values = workflow.nodes.map((node) => node[key]);
      expect(new Set(values).size).toBe(values.length);
    }
    const names = new Set(workflow.nodes.map((node) => node.name));
    const reached = new Set(
      workflow.nodes.filter((node) => triggers.has(node.type ?? "")).map((node) => node.name),
    );
    expect(reached.size).toBeGreaterThan(0);
    for (const [from, { main }] of Object.entries(workflow.connections) as [
      string,
      { main: { node: string }[][] },
    ][]) {
      expect(names).toContain(from);
      for (const { node } of main.flat()) {
        expect(names).toContain(node);
        reached.add(node);
      }
    }
    expect(reached).toEqual(names);
  });

  test("speaks of no node in an expression that is not there", () => {
    const names = workflow.nodes.map((node) => node.name);
    for (const [, name] of JSON.stringify(workflow).matchAll(/\$\('([^']+)'\)/g))
      expect(names).toContain(name);
  });

  test("holds expressions that are JavaScript", () => {
    for (const [, code] of JSON.stringify(workflow).matchAll(/"=\{\{ ((?:[^"\\]|\\.)*) \}\}"/g))
      expect(() => new Function(`return (${JSON.parse(`"${code}"`)})`), code).not.toThrow();
  });

  test.skipIf(!existsSync(description))("is what the official description of n8n allows", () => {
    // `nullable` without a type says nothing, and Ajv refuses it.
    const { paths } = JSON.parse(readFileSync(description, "utf8"), (_, part) =>
      part?.nullable === true && part.type === undefined ? {} : part,
    );
    const { schema } = paths["/workflows"].post.requestBody.content["application/json"];
    const check = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    check(workflow);
    expect(check.errors).toBeNull();
  });
});

test("webhooks stand under the instance's own path", () => {
  const paths = workflowModules.flatMap((module) =>
    workflowFrom(workflows[module].file, places)
      .workflow.nodes.filter((node) => node.type === "n8n-nodes-base.webhook")
      .map((node) => [node.parameters?.path, node.webhookId]),
  );
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
