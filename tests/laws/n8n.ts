import { Secret } from "@atoll/core/secret";
import { n8nApi } from "@atoll/n8n/api";
import { type CredentialAttrs, type CredentialIn, credential } from "@atoll/n8n/credential";
import type { WorkflowDefinition } from "@atoll/n8n/definition";
import { type WorkflowAttrs, type WorkflowIn, workflow } from "@atoll/n8n/workflow";
import type { TestCloud } from "../support/cloud.ts";
import { behind, canary, next } from "./behind.ts";
import type { Case, Drift, Wires } from "./case.ts";
import { type Judged, judge } from "./laws.ts";
import { yardOf } from "./yard.ts";

/** Everything of n8n. */
export function n8nKinds(cloud: () => TestCloud): Judged[] {
  const provider = "n8n";
  const yard = yardOf(cloud, provider);
  const token = () => cloud().tokens.n8n;
  const call = behind(cloud, "/n8n/api/v1", () => ({ "x-n8n-api-key": token() }));
  const connect = (wires: Wires) =>
    n8nApi({ ...wires, token: new Secret("N8N_API_KEY", token()), baseUrl: `${cloud().url}/n8n/api/v1` });
  /** All pages of one of n8n's lists. */
  async function listAll(what: string): Promise<{ name: string }[]> {
    const found: { name: string }[] = [];
    for (let cursor = ""; ; ) {
      const { data, nextCursor } = await call(`GET /${what}?limit=250${cursor}`);
      found.push(...data);
      if (!nextCursor) return found;
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
    }
  }

  const header = (value: string | Secret) => ({ name: "Authorization", value });
  const credentials: Case<CredentialIn, CredentialAttrs> = {
    kind: "n8n.credential",
    provider,
    connect: (wires) => credential(connect(wires)),
    async fresh() {
      const { n, instance } = next();
      const data = header(new Secret("mail token", canary(n)));
      return { at: { instance, name: `toko-${n} mail` }, want: { type: "httpHeaderAuth", data } };
    },
    async count({ at }) {
      const all = await listAll("credentials");
      return { credentials: all.filter((each) => each.name.startsWith(`${at.name} [atoll-`)).length };
    },
    foreign: {
      // Names are not unique in n8n, and the id is derived from what nobody else knows.
      seen: "absent",
      async plant({ at }) {
        const { id } = await call("POST /credentials", {
          name: at.name,
          type: "httpHeaderAuth",
          data: header("theirs"),
        });
        return () => call(`GET /credentials/${id}`);
      },
    },
    drifts: [
      {
        what: "it was filled in anew under another name",
        plant: (_, id) => call(`PATCH /credentials/${id}`, { name: "By hand", data: header("by hand") }),
        paths: ["fingerprint"],
      },
      {
        what: "it was made another type",
        plant: (_, id) =>
          call(`PATCH /credentials/${id}`, { type: "httpBasicAuth", data: { user: "a", password: "b" } }),
        paths: ["type"],
      },
      { what: "it was deleted", plant: (_, id) => call(`DELETE /credentials/${id}`), paths: [""] },
    ],
    async beside({ at }) {
      const body = { name: `${at.name} of theirs`, type: "httpHeaderAuth", data: header("theirs") };
      const { id } = await call("POST /credentials", body);
      return () => call(`GET /credentials/${id}`);
    },
    secrets: ({ want }) => [
      token(),
      ...Object.values(want.data).flatMap((value) => (value instanceof Secret ? [value.expose()] : [])),
    ],
  };

  const definitionOf = (n: string): WorkflowDefinition => ({
    name: `toko-${n} email`,
    nodes: [
      {
        id: "hook",
        name: "Hook",
        type: "n8n-nodes-base.webhook",
        typeVersion: 2,
        position: [0, 0],
        parameters: { path: `toko-${n}/email`, httpMethod: "POST" },
      },
      {
        id: "send",
        name: "Send",
        type: "n8n-nodes-base.httpRequest",
        typeVersion: 4,
        position: [200, 0],
        parameters: { url: "https://api.example" },
      },
    ],
    connections: { Hook: { main: [[{ node: "Send", type: "main", index: 0 }]] } },
    settings: { executionOrder: "v1" },
  });

  const of = (id: string) => `/workflows/${id.split("/")[0]}`;
  /** Saves a workflow as n8n's editor does: all of it, with some of it changed. */
  async function edit(id: string, change: (now: WorkflowDefinition) => Partial<WorkflowDefinition>) {
    const { name, nodes, connections, settings }: WorkflowDefinition = await call(`GET ${of(id)}`);
    const now = { name, nodes, connections, settings };
    return await call(`PUT ${of(id)}`, { ...now, ...change(now) });
  }
  const edits = (
    what: string,
    path: string,
    change: (now: WorkflowDefinition) => Partial<WorkflowDefinition>,
  ): Drift<WorkflowIn> => ({ what, plant: (_, id) => edit(id, change), paths: [path] });

  const workflows: Case<WorkflowIn, WorkflowAttrs> = {
    kind: "n8n.workflow",
    provider,
    connect: (wires) => workflow(connect(wires)),
    async fresh() {
      const { n, instance } = next();
      const definition = definitionOf(n);
      return { at: { instance, name: definition.name }, want: { workflow: definition, active: true } };
    },
    async count({ at }) {
      const [all, tags] = [await listAll("workflows"), await listAll("tags")];
      return {
        workflows: all.filter((each) => each.name === at.name).length,
        tags: tags.filter((each) => each.name === `atoll-${at.instance}`.slice(0, 24)).length,
      };
    },
    foreign: {
      seen: "other",
      async plant({ at }) {
        const { id } = await call("POST /workflows", { ...definitionOf(next().n), name: at.name });
        return () => call(`GET /workflows/${id}`);
      },
    },
    drifts: [
      {
        what: "it was unpublished",
        plant: (_, id) => call(`POST ${of(id)}/deactivate`),
        paths: ["active"],
      },
      {
        what: "it was archived",
        plant: (_, id) => call(`POST ${of(id)}/archive`),
        paths: ["active", "archived"],
      },
      {
        what: "our tag was taken off",
        plant: async (_, id) => {
          const tags: { id: string; name: string }[] = await call(`GET ${of(id)}/tags`);
          const left = tags
            .filter((each) => !each.name.startsWith("atoll-"))
            .map((each) => ({ id: each.id }));
          await call(`PUT ${of(id)}/tags`, left);
        },
        paths: ["marked.tag"],
      },
      edits("it was renamed", "name", () => ({ name: "By hand" })),
      edits("a node was changed", "nodes.Send.parameters", ({ nodes }) => ({
        nodes: nodes.map((each) =>
          each.name === "Send" ? { ...each, parameters: { url: "https://evil.example" } } : each,
        ),
      })),
      edits("a node was added", "nodes.Spy", ({ nodes }) => ({
        nodes: [...nodes, { ...definitionOf("x").nodes[1], id: "spy", name: "Spy" }],
      })),
      edits("our note was deleted", "marked.note", ({ nodes }) => ({
        nodes: nodes.filter((each) => each.name !== "Atoll"),
      })),
      edits("a connection was cut", "connections.Hook", () => ({ connections: {} })),
      edits("a setting was changed", "settings.executionOrder", ({ settings }) => ({
        settings: { ...settings, executionOrder: "v0" },
      })),
      { what: "it was deleted", plant: (_, id) => call(`DELETE ${of(id)}`), paths: [""] },
    ],
    async beside({ at }, id) {
      const other = await call("POST /workflows", {
        ...definitionOf(next().n),
        name: `${at.name} of theirs`,
      });
      const theirs = await call("POST /tags", { name: `theirs-${next().n}` });
      const tags: { id: string }[] = await call(`GET ${of(id)}/tags`);
      await call(
        `PUT ${of(id)}/tags`,
        [...tags, theirs].map((each) => ({ id: each.id })),
      );
      await edit(id, ({ settings }) => ({ settings: { ...settings, timezone: "Asia/Yangon" } }));
      return async () => {
        const ours = await call(`GET ${of(id)}`);
        const tagged = ours?.tags.some((each: { id: string }) => each.id === theirs.id);
        return [await call(`GET /workflows/${other.id}`), tagged, ours?.settings.timezone];
      };
    },
    secrets: () => [token()],
  };

  return [judge(credentials, yard), judge(workflows, yard)];
}
