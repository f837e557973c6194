import { OutOfReach } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { scripted } from "@atoll/provider-kit/testing/scripted";
import { describe, expect, it } from "vitest";
import { vercelApi } from "./api.ts";
import { broughtSite } from "./brought-project.ts";
import { project } from "./project.ts";

const at = { instance: "abcdefghij0123456789", name: "toko-a" };
const linked = `Set by Atoll for the instance ${at.instance}, which linked clients/toko-a.`;
const link = (repo: string) => ({ type: "github", org: "clients", repo, repoId: 7 });
const body = { id: "prj_1", name: "toko-a", framework: "nextjs" };

/** A project with a mark, linked to `clients/REPO` where one is named. */
function vercel(live: { repo?: string; mark?: object; refusal?: object }) {
  const mark = { id: "env_1", key: "ATOLL_INSTANCE_ID", value: at.instance, type: "plain", ...live.mark };
  const { fetch, calls } = scripted(({ method, path }) => {
    if (live.refusal) return { status: 403, body: { error: live.refusal } };
    if (method !== "GET") return { body: {} };
    if (path.endsWith("/env")) return { body: { envs: [mark] } };
    return { body: { ...body, link: live.repo === undefined ? null : link(live.repo) } };
  });
  const api = vercelApi({
    token: new Secret("VERCEL_TOKEN", "canary-token-0123456789"),
    teamId: "team_1",
    fetch,
  });
  const site = broughtSite(api, { site: "toko-a", variables: [], consent: true });
  const writes = () =>
    calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  return { site, made: project(api), writes, calls };
}

describe("a site that is brought", () => {
  it.each([
    ["cuts its own link", "toko-a", linked, true],
    ["leaves a link that somebody made later", "later", linked, false],
    ["leaves a link that it did not make", "toko-a", `Set by Atoll for the instance ${at.instance}.`, false],
  ])("given back: %s", async (_, repo, comment, isCut) => {
    const { site, writes } = vercel({ repo, mark: { comment } });
    await site.release?.(at);
    expect(writes()).toEqual([
      ...(isCut ? ["DELETE /v9/projects/prj_1/link"] : []),
      "DELETE /v9/projects/prj_1/env/env_1",
    ]);
  });

  it("linked to another repository meanwhile stops with a sentence", async () => {
    const { site } = vercel({ repo: "later", mark: { comment: linked } });
    await expect(site.observe(at)).rejects.toMatchObject({
      field: "bring.site",
      what: expect.stringContaining("clients/later"),
    });
  });

  it.each([
    ["a right that was taken is out of reach", { code: "forbidden" }, true],
    ["a token that is no good is ours to renew", { code: "forbidden", invalidToken: true }, false],
  ])("given back: %s", async (_, refusal, isLost) => {
    const fault = await vercel({ refusal })
      .site.release?.(at)
      .catch((error: unknown) => error);
    expect(fault instanceof OutOfReach).toBe(isLost);
  });
});

describe("in a team whose variables are all sensitive", () => {
  const sealed = { value: "", type: "sensitive", comment: linked };

  it("a mark is read from its comment", async () => {
    const { site, made } = vercel({ repo: "toko-a", mark: sealed });
    for (const resource of [site, made])
      expect(await resource.observe(at)).toMatchObject({ owner: "us", attrs: { marked: true } });
    const others = { ...sealed, comment: linked.replace(at.instance, "x".repeat(20)) };
    const taken = vercel({ repo: "toko-a", mark: others });
    for (const resource of [taken.site, taken.made])
      expect(await resource.observe({ ...at, id: "prj_1" })).toMatchObject({ owner: "other" });
  });

  it("a project that we made gets the comment, and nothing is written over", async () => {
    const { made, calls } = vercel({ mark: { ...sealed, comment: undefined } });
    const seen = await made.observe({ ...at, id: "prj_1" });
    if (seen.is !== "present") throw new Error(seen.is);
    expect(seen).toMatchObject({ owner: "us", attrs: { marked: false } });
    await made.apply({ at, want: { framework: "nextjs" }, live: seen.attrs, changes: [] });
    expect(calls.filter(({ method }) => method !== "GET")).toMatchObject([
      {
        method: "PATCH",
        path: "/v9/projects/prj_1/env/env_1",
        body: { comment: expect.stringContaining(at.instance) },
      },
    ]);
  });
});
