import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { n8nApi } from "./api.ts";
import { credential } from "./credential.ts";

const at = { instance: "abcdefghij0123456789", name: "Toko A: Resend" };
const password = new Secret("resend-key", "re_canary0123456789");
const want = { type: "httpHeaderAuth", data: { name: "Authorization", value: password } };

interface Stored {
  id: string;
  name: string;
  type: string;
}

function n8n() {
  const stored: Stored[] = [];
  const sent: unknown[] = [];
  let lost = false;
  const { fetch } = scripted(({ method, path, body }) => {
    const one = stored.find((each) => path.endsWith(each.id));
    if (method !== "GET") sent.push(body);
    if (method === "POST") {
      const { data: _, ...shown } = body as Stored & { data: object }; // what the resource sends
      if (stored.some(({ id }) => id === shown.id))
        return { status: 409, body: { message: "The ID is in use" } };
      stored.push(shown);
      return lost ? { status: 502 } : { body: shown };
    }
    if (!one) return undefined;
    if (method === "PATCH") {
      const { name, type } = body as Stored;
      Object.assign(one, { name, type });
    }
    if (method === "DELETE") stored.splice(stored.indexOf(one), 1);
    return { body: one };
  });
  const api = n8nApi({
    token: new Secret("N8N_API_KEY", "canary-key-0123456789"),
    baseUrl: "https://n8n.test/api/v1/",
    fetch,
  });
  const resource = credential(api);
  return {
    stored,
    sent,
    resource,
    make: async () => await resource.apply({ at, want, live: undefined, changes: [] }),
    loseAnswers: (lose: boolean) => {
      lost = lose;
    },
  };
}

describe("n8n.credential", () => {
  it("is made under an id of ours, with the data, and then needs nothing", async () => {
    const { resource, make, sent } = n8n();
    const id = await make();
    expect(id).toMatch(/^[A-Za-z0-9_-]{16}$/);
    expect(sent).toMatchObject([{ id, data: { name: "Authorization", value: password.expose() } }]);
    const seen = await resource.observe(at);
    expect(seen).toMatchObject({ id, owner: "us" });
    if (seen.is === "present") expect(resource.compare(want, seen.attrs)).toEqual([]);
  });

  it("exists once when the answer to the first create was lost", async () => {
    const { make, stored, loseAnswers } = n8n();
    loseAnswers(true);
    await expect(make()).rejects.toMatchObject({ kind: "outcome-unknown" });
    loseAnswers(false);
    await make();
    expect(stored).toHaveLength(1);
  });

  it("is written again when its data changes, though n8n never shows data", async () => {
    const { resource, make, stored } = n8n();
    await make();
    const renewed = {
      ...want,
      data: { ...want.data, value: new Secret("resend-key", "re_renewed0123456789") },
    };
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    const changes = resource.compare(renewed, seen.attrs);
    expect(changes.map(({ path }) => path)).toEqual(["fingerprint"]);
    expect(JSON.stringify(changes)).not.toContain("re_renewed");
    await resource.apply({ at, want: renewed, live: seen.attrs, changes });
    const after = await resource.observe(at);
    if (after.is === "present") expect(resource.compare(renewed, after.attrs)).toEqual([]);
    expect(stored).toHaveLength(1);
  });

  it("shows no secret in what n8n shows", async () => {
    const { make, stored } = n8n();
    await make();
    expect(JSON.stringify(stored)).not.toContain("canary");
  });

  it("can be removed twice", async () => {
    const { resource, make } = n8n();
    const id = await make();
    await resource.remove(id);
    await resource.remove(id);
    expect(await resource.observe(at)).toEqual({ is: "absent" });
  });
});
