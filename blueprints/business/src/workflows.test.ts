import { existsSync, readFileSync } from "node:fs";
import { type WorkflowPlaces, workflowFrom } from "@atoll/blueprint-kit/workflow-file";
import type { WorkflowNode } from "@atoll/n8n/definition";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { workflowModules } from "./modules.ts";
import { workflows } from "./workflows.ts";

const places: WorkflowPlaces = {
  slug: "toko-a",
  supabaseUrl: "https://ref.supabase.co",
  webhookPath: "unguessable",
  webhookUrl: "https://n8n.test/webhook",
  mail: { apiUrl: "https://mail.test", from: "Shop <shop@mail.test>" },
  social: { apiUrl: "https://social.test/post" },
  bot: { apiUrl: "https://bot.test/v1" },
  credentials: {
    supabaseApi: { id: "cred-db", name: "database" },
    httpHeaderAuth: { id: "cred-mail", name: "mail" },
  },
};

const triggers = new Set(["n8n-nodes-base.webhook", "n8n-nodes-base.scheduleTrigger"]);
const nodesOf = (module: (typeof workflowModules)[number], from = places) =>
  workflowFrom(workflows[module].file, from).workflow.nodes;

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
    expect(workflow.nodes.some((node) => triggers.has(node.type ?? ""))).toBe(true);
    const names = new Set(workflow.nodes.map((node) => node.name));
    const reached = new Set(
      workflow.nodes.filter((node) => triggers.has(node.type ?? "")).map((node) => node.name),
    );
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
    nodesOf(module)
      .filter((node) => node.type === "n8n-nodes-base.webhook")
      .map((node) => [node.parameters?.path, node.webhookId]),
  );
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
  expect(used(nodesOf("email"))).toEqual(new Set(["cred-db", "cred-mail"]));
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
