import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { netlifyApi } from "./api.ts";
import { deployment } from "./deployment.ts";

const at = { instance: "abcdefghij0123456789", name: "toko-a", within: "site-1" };
const want = { source: { type: "git" as const }, environmentUpdatedAt: 100 };
const healthy: typeof fetch = async () => Response.json({ ok: true, instance: at.instance });
const time = (ms: number) => new Date(ms).toISOString();

function netlify(
  list: { id: string; state: string; [key: string]: unknown }[],
  published?: string,
  site = healthy,
) {
  const { fetch, calls } = scripted(({ method, path }) => {
    if (method === "GET" && path.endsWith("/deploys")) return { body: list };
    if (method === "GET")
      return {
        body: {
          url: "http://toko.example",
          ssl_url: "https://toko.example/",
          published_deploy: { id: published },
        },
      };
    list.unshift({ id: "d9", state: "new", created_at: time(200) });
    return { body: { id: "b9", deploy_id: "d9" } };
  });
  const api = netlifyApi({ token: new Secret("NETLIFY_TOKEN", "canary-token-0123456789"), fetch });
  return { calls, list, resource: deployment(api, { fetch: site }) };
}
const ready = { id: "d1", state: "ready", created_at: time(200) };
const compared = async (list: Parameters<typeof netlify>[0], published?: string, more = {}) => {
  const { resource } = netlify(list, published);
  const seen = await resource.observe(at);
  if (seen.is !== "present") throw new Error(seen.is);
  return resource.compare({ ...want, ...more }, seen.attrs).map(({ path }) => path);
};

describe("netlify.deployment", () => {
  it.each([
    "new",
    "enqueued",
    "building",
    "uploading",
    "processing",
    "prepared",
    "retrying",
    "something new",
  ])("waits while Netlify says %s", async (state) => {
    const { resource } = netlify([{ ...ready, state }]);
    expect(await resource.observe(at)).toMatchObject({ is: "settling", why: `Netlify says ${state}` });
  });

  it("is there when it is published and answers, under the site's own address", async () => {
    const { resource } = netlify([ready], "d1");
    const seen = await resource.observe(at);
    expect(seen).toMatchObject({
      is: "present",
      attrs: { url: "https://toko.example", state: "ready", createdAt: 200 },
    });
    const silent = netlify([ready], "d1", async () => new Response(null, { status: 502 }));
    expect(await silent.resource.observe(at)).toMatchObject({
      is: "settling",
      why: expect.stringContaining("502"),
    });
  });

  it("is built anew when variables or code are newer, when it failed, and when an earlier one is published", async () => {
    expect(await compared([ready], "d1")).toEqual([]);
    expect(await compared([ready], "d1", { environmentUpdatedAt: 201 })).toEqual(["environment"]);
    expect(await compared([ready], "d1", { sourceUpdatedAt: 201 })).toEqual(["source"]);
    expect(await compared([ready], "d0")).toEqual(["published"]);
    expect(await compared([{ ...ready, state: "error" }], "d0")).toEqual(["state"]);
  });

  it("tells a failed build once, in Netlify's words and without a token", async () => {
    const { resource, list, calls } = netlify([]);
    const id = await resource.apply({ at, want, live: undefined, changes: [] });
    expect([id, calls.at(-1)?.path]).toEqual(["d9", "/api/v1/sites/site-1/builds"]);
    list.splice(0, 1, {
      ...ready,
      id,
      state: "error",
      error_message: "Failed during stage 'building site': nfp_canary0123456789",
      admin_url: "https://app.netlify.com/projects/toko-a/deploys/d9",
    });
    const fault = await resource.observe(at).catch((error: unknown) => error);
    expect(fault).toMatchObject({
      kind: "rejected",
      what: expect.stringContaining("building site"),
      next: expect.stringContaining("deploys/d9"),
    });
    expect(String(fault)).not.toContain("canary");
    expect(await resource.observe(at)).toMatchObject({ is: "present", attrs: { state: "error" } });
  });

  it("does not take files", async () => {
    const { resource } = netlify([]);
    const job = { at, want: { ...want, source: { type: "files" as const } }, live: undefined, changes: [] };
    await expect(resource.apply(job)).rejects.toMatchObject({ kind: "rejected" });
  });
});
