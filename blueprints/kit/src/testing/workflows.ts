import { existsSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import type { WorkflowKind } from "../kind.ts";
import { type WorkflowPlaces, workflowFrom } from "../workflow-file.ts";

/** What a test fills workflows with. */
export const places: WorkflowPlaces = {
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

// The official description of n8n's API: test data that is never copied here. A clone without it beside skips that one test.
const description = new URL("../../../../../shared/specs/n8n-public-api.trim.json", import.meta.url);

/** What holds for every workflow of a kind: n8n takes it, and nothing in it leads nowhere. */
export function everyWorkflow(workflows: Readonly<Record<string, WorkflowKind>>): void {
  describe.each(Object.entries(workflows))("%s", (_, { file }) => {
    const { workflow, active } = workflowFrom(file, places);

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
}

/** Paths of all webhooks, each with the id that n8n knows it by. */
export const webhooksOf = (workflows: Readonly<Record<string, WorkflowKind>>) =>
  Object.values(workflows).flatMap(({ file }) =>
    workflowFrom(file, places)
      .workflow.nodes.filter((node) => node.type === "n8n-nodes-base.webhook")
      .map((node) => [node.parameters?.path, node.webhookId]),
  );
