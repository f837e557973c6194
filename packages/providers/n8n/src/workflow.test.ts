import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { n8nApi } from "./api.ts";
import type { WorkflowDefinition, WorkflowNode } from "./definition.ts";
import { workflow } from "./workflow.ts";

const at = { instance: "abcdefghij0123456789", name: "Toko A: email" };
const tagName = "atoll-abcdefghij01234567";

const definition: WorkflowDefinition = {
  name: at.name,
  nodes: [
    {
      id: "n1",
      name: "Hook",
      type: "n8n-nodes-base.webhook",
      typeVersion: 2,
      position: [0, 0],
      parameters: { path: "toko-a/email" },
    },
    {
      id: "n2",
      name: "Send",
      type: "n8n-nodes-base.httpRequest",
      typeVersion: 4,
      position: [200, 0],
      parameters: { url: "https://api.test" },
      credentials: { httpHeaderAuth: { id: "c1", name: "Resend" } },
    },
  ],
  connections: { Hook: { main: [[{ node: "Send", type: "main", index: 0 }]] } },
  settings: { executionOrder: "v1" },
};
const want = { workflow: definition, active: true };

interface Stored extends WorkflowDefinition {
  id: string;
  active: boolean;
  isArchived?: boolean;
  tags: { id: string; name: string }[];
}

/** As much of n8n as these tests need: stored workflows, tags, publishing. */
function n8n(stored: Stored[] = [], refuse: Parameters<typeof scripted>[0] = () => undefined) {
  const tags: { id: string; name: string }[] = [];
  const { fetch, calls } = scripted((call) => {
    const refused = refuse(call);
    if (refused) return refused;
    const { method, body, query } = call;
    const [what, id, verb] = call.path.replace("/api/v1/", "").split("/");
    const one = stored.find((each) => each.id === id);
    if (what === "tags") {
      if (method === "GET") return { body: { data: tags, nextCursor: null } };
      if (method === "DELETE") {
        tags.splice(
          tags.findIndex((tag) => tag.id === id),
          1,
        );
        for (const each of stored) each.tags = each.tags.filter((tag) => tag.id !== id);
        return { body: {} };
      }
      const { name } = body as { name: string }; // what the resource sends
      if (tags.some((tag) => tag.name === name))
        return { status: 409, body: { message: "Tag already exists" } };
      tags.push({ id: `t${tags.length + 1}`, name });
      return { status: 201, body: tags.at(-1) };
    }
    if (method === "POST" && id === undefined) {
      stored.push({ ...(body as WorkflowDefinition), id: `w${stored.length + 1}`, active: false, tags: [] });
      return { body: stored.at(-1) };
    }
    if (id === undefined) {
      const data = stored.filter(
        (each) =>
          (!query.name || each.name.includes(query.name)) &&
          (!query.tags || each.tags.some((tag) => tag.name === query.tags)),
      );
      return { body: { data, nextCursor: null } };
    }
    if (!one) return undefined;
    if (verb === "tags")
      one.tags = tags.filter((tag) => (body as { id: string }[]).some((each) => each.id === tag.id));
    else if (verb) one.active = /^(publish|activate)$/.test(verb);
    else if (method === "PUT") Object.assign(one, body);
    else if (method === "DELETE") stored.splice(stored.indexOf(one), 1);
    return { body: one };
  });
  const api = n8nApi({
    token: new Secret("N8N_API_KEY", "canary-key-0123456789"),
    baseUrl: "https://n8n.test/api/v1",
    fetch,
  });
  const resource = workflow(api);
  /** As the engine does it: create, then whatever the next look finds missing. */
  const make = async (name = at.name) => {
    const id = await resource.apply({ at: { ...at, name }, want, live: undefined, changes: [] });
    const live = await attrs(id, name);
    return await resource.apply({
      at: { ...at, name, id },
      want,
      live,
      changes: resource.compare(want, live),
    });
  };
  const attrs = async (id?: string, name = at.name) => {
    const seen = await resource.observe({ ...at, name, ...(id && { id }) });
    if (seen.is !== "present") throw new Error(seen.is);
    return seen.attrs;
  };
  const writes = () => calls.filter(({ method }) => method !== "GET");
  return { stored, tags, calls, resource, make, attrs, writes };
}

describe("n8n.workflow", () => {
  it("is made with its mark, tagged, published, and then needs nothing", async () => {
    const { stored, make, attrs, resource } = n8n();
    const id = await make();
    expect(stored).toMatchObject([{ name: at.name, active: true, tags: [{ name: tagName }] }]);
    const live = await attrs(id);
    expect(live.webhookPaths).toEqual(["toko-a/email"]);
    expect(resource.compare(want, live)).toEqual([]);
  });

  it("is known by its note after an answer was lost, though it has no tag yet", async () => {
    const { stored, make, attrs, resource } = n8n();
    await make();
    Object.assign(stored[0] ?? {}, { active: false, tags: [] });
    const live = await attrs();
    expect(await resource.observe(at)).toMatchObject({ owner: "us" });
    expect(resource.compare(want, live).map(({ path }) => path)).toEqual(["active", "marked.tag"]);
    await resource.apply({ at, want, live, changes: [] });
    expect(resource.compare(want, await attrs())).toEqual([]);
    expect(stored).toHaveLength(1);
  });

  it("neither takes nor minds what somebody else called the same", async () => {
    const foreign = { ...definition, id: "w0", active: true, tags: [] };
    const { resource, stored, writes } = n8n([structuredClone(foreign)]);
    expect(await resource.observe(at)).toMatchObject({ is: "present", owner: "other" });
    Object.assign(stored[0] ?? {}, { isArchived: true });
    expect(await resource.observe(at)).toEqual({ is: "absent" });
    expect(writes()).toEqual([]);
  });

  it("names by path what was changed in n8n, and puts it back", async () => {
    const { stored, make, attrs, resource } = n8n();
    const id = await make();
    const [one] = stored;
    if (!one) throw new Error("not made");
    one.name = "Renamed";
    one.nodes = one.nodes.flatMap((node): WorkflowNode[] => {
      if (node.name === "Hook")
        return [{ ...node, webhookId: "added-by-n8n", parameters: { path: "other" } }];
      return node.name === "Send" ? [{ ...node, name: "Sent" }] : [];
    });
    one.connections = {};
    one.settings = { ...one.settings, executionOrder: "v0", timezone: "theirs" };
    const live = await attrs(id);
    expect(resource.compare(want, live).map(({ path, act }) => `${act} ${path}`)).toEqual([
      "update name",
      "update nodes.Hook.parameters",
      "create nodes.Send",
      "remove nodes.Sent",
      "create connections.Hook",
      "update settings.executionOrder",
      "update marked.note",
    ]);
    await resource.apply({ at, want, live, changes: [] });
    expect(resource.compare(want, await attrs(id))).toEqual([]);
  });

  it("does not mind a credential's new name", async () => {
    const { make, attrs, resource } = n8n();
    const live = await attrs(await make());
    const renamed = structuredClone(definition);
    for (const node of renamed.nodes)
      if (node.credentials) node.credentials = { httpHeaderAuth: { id: "c1", name: "New" } };
    expect(resource.compare({ ...want, workflow: renamed }, live)).toEqual([]);
  });

  it("sends only what n8n lets be written", async () => {
    const { make, writes } = n8n();
    const exported = {
      id: "x",
      active: true,
      versionId: "v",
      settings: { executionOrder: "v1", oldKey: true },
    };
    Object.assign(want.workflow, exported);
    try {
      await make();
    } finally {
      for (const each of ["id", "active", "versionId"]) Reflect.deleteProperty(want.workflow, each);
      want.workflow.settings = { executionOrder: "v1" };
    }
    expect(Object.keys(writes()[0]?.body ?? {})).toEqual(["name", "nodes", "connections", "settings"]);
    expect(writes()[0]?.body).toMatchObject({ settings: { executionOrder: "v1" } });
    expect(JSON.stringify(writes()[0]?.body)).not.toContain("oldKey");
  });

  it("activates where n8n cannot publish yet", async () => {
    const old = n8n([], ({ path }) =>
      path.endsWith("/publish") ? { status: 404, body: { message: "not found" } } : undefined,
    );
    await old.make();
    expect(old.stored).toMatchObject([{ active: true }]);
    expect(old.writes().at(-1)?.path).toBe("/api/v1/workflows/w1/activate");
  });

  it("says whose webhook path stands in the way", async () => {
    const message = 'There is a conflict with one of the webhooks "Other".';
    const { make } = n8n([], ({ path }) =>
      path.endsWith("/publish") ? { status: 409, body: { message } } : undefined,
    );
    await expect(make()).rejects.toMatchObject({ kind: "not-ours", what: expect.stringContaining(message) });
  });

  it("shares the tag with the instance's other workflows, and takes it along with the last one", async () => {
    const { tags, stored, resource, make } = n8n();
    const ids = [await make(), await make("Toko A: social")];
    expect(tags).toHaveLength(1);
    await resource.remove(ids[0] ?? "");
    expect(tags).toHaveLength(1);
    await resource.remove(ids[1] ?? "");
    expect([tags, stored]).toEqual([[], []]);
    await resource.remove(ids[1] ?? "");
  });

  it("leaves no tag behind when all are removed at once", async () => {
    const { tags, stored, resource, make } = n8n();
    const other = await make("b");
    await Promise.all([resource.remove(await make()), resource.remove(other)]);
    expect([tags, stored]).toEqual([[], []]);
  });
});
