import { deployments as netlifyDeployments } from "@atoll/netlify/deployments";
import { netlifyHost } from "@atoll/netlify/host";
import type { Deployed, Deployments } from "@atoll/provider-kit/deployments";
import { deployment as vercelDeployment } from "@atoll/vercel/deployment";
import { deployments as vercelDeployments } from "@atoll/vercel/deployments";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudWithAdapters, faultOf } from "./adapters.ts";

let on: Awaited<ReturnType<typeof cloudWithAdapters>>;
beforeAll(async () => {
  on = await cloudWithAdapters();
});
afterAll(() => on?.close());

interface Site {
  id: string;
  name: string;
  /** The address of its production. */
  url(): Promise<string>;
  /** A value that visitors see, from then on built into each deployment: the mark that a light site shows. */
  mark(value: string): Promise<void>;
  /** What a push or an API call of somebody's would do. */
  build(): Promise<void>;
}
const team = "teamId=team_atoll";

const hosts: { host: string; adapter(): Deployments; site(): Promise<Site> }[] = [
  {
    host: "Vercel",
    adapter: () => vercelDeployments(on.api.vercel),
    async site() {
      const { id, name, repoId } = await on.vercelProject();
      const project = async () => (await on.behind.vercel(`GET /v9/projects/${id}?${team}`)).body;
      return {
        id,
        name,
        url: async () => `http://${(await project()).targets.production.alias[0]}`,
        async mark(value) {
          const variable = { key: "ATOLL_INSTANCE_ID", value, type: "plain", target: ["production"] };
          await on.behind.vercel(`POST /v10/projects/${id}/env?upsert=true&${team}`, variable);
        },
        async build() {
          await on.behind.vercel(`POST /v13/deployments?forceNew=1&${team}`, {
            ...{ name, project: id, target: "production" },
            gitSource: { type: "github", repoId, ref: "main" },
          });
        },
      };
    },
  },
  {
    host: "Netlify",
    adapter: () => netlifyDeployments(on.api.netlify),
    async site() {
      const { id, name, url } = await on.netlifySite();
      // It began a build by itself, which is not one of the test's.
      const [first] = await ended(netlifyDeployments(on.api.netlify), id, 1);
      await on.behind.netlify(`DELETE /deploys/${first?.id}`);
      let isSet = false;
      return {
        id,
        name,
        url: async () => url,
        async mark(value) {
          const values = [{ context: "all", value }];
          const at = `/accounts/atoll/env${isSet ? "/ATOLL_INSTANCE_ID" : ""}?site_id=${id}`;
          const body = { key: "ATOLL_INSTANCE_ID", values };
          await on.behind.netlify(`${isSet ? "PUT" : "POST"} ${at}`, isSet ? body : [body]);
          isSet = true;
        },
        async build() {
          await on.behind.netlify(`POST /sites/${id}/builds`);
        },
      };
    },
  },
];

/** The deployments of a site, once there are so many and none is being built. */
async function ended(adapter: Deployments, id: string, count: number): Promise<Deployed[]> {
  let list: Deployed[] = [];
  await expect
    .poll(
      async () => {
        list = await adapter.list(id);
        return list.length === count && list.every(({ state }) => state !== "building");
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  return list;
}

async function shown(site: Site): Promise<string> {
  const answer = await fetch(`${await site.url()}/api/health`);
  return ((await answer.json()) as { instance: string }).instance; // as a light site answers
}

describe.each(hosts)("deployments at $host", ({ host, adapter, site: makeSite }) => {
  /** A site with two deployments, which visitors can tell apart. */
  async function withTwo() {
    const site = await makeSite();
    for (const [index, mark] of ["first", "second"].entries()) {
      await site.mark(mark);
      await site.build();
      await ended(adapter(), site.id, index + 1);
    }
    const [second, first] = await adapter().list(site.id);
    if (!first || !second) throw new Error("There are no two.");
    await expect.poll(() => shown(site)).toBe("second");
    return { site, first, second };
  }
  const current = async (id: string) => (await adapter().list(id)).filter((each) => each.isCurrent);

  test("are listed, newest first, with commit, state and which is current", async () => {
    const { site, first, second } = await withTwo();
    const list = await adapter().list(site.id);
    expect(list).toMatchObject([
      { id: second.id, state: "ready", isCurrent: true, commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      { id: first.id, state: "ready", isCurrent: false },
    ]);
    expect(second.createdAt).toBeGreaterThanOrEqual(first.createdAt);
    expect(await adapter().one(site.id, first.id)).toEqual(list[1]);
    expect(await adapter().one(site.id, "none")).toBeUndefined();
    expect(await adapter().list("none")).toEqual([]);
  });

  test("rolled back: visitors get the earlier one, and no newer one takes its place before it is promoted", async () => {
    const { site, first, second } = await withTwo();
    await adapter().rollBack(site.id, first.id);
    await adapter().rollBack(site.id, first.id);
    expect(await shown(site)).toBe("first");
    expect(await current(site.id)).toMatchObject([{ id: first.id }]);
    await site.mark("third");
    await site.build();
    const [third] = await ended(adapter(), site.id, 3);
    expect(await shown(site)).toBe("first");
    await adapter().promote(site.id, third?.id ?? "");
    await adapter().promote(site.id, third?.id ?? "");
    expect(await shown(site)).toBe("third");
    await site.mark("fourth");
    await site.build();
    await ended(adapter(), site.id, 4);
    await expect.poll(() => shown(site)).toBe("fourth");
    expect(await faultOf(adapter().rollBack(site.id, "none"))).toMatchObject({ kind: "rejected" });
    expect(second.id).not.toBe(third?.id);
  });

  test("redeployed: the same code is built with the environment of now", async () => {
    const { site, second } = await withTwo();
    await site.mark("now");
    const id = await adapter().redeploy(site.id, second.id);
    const [newest] = await ended(adapter(), site.id, 3);
    expect(newest).toMatchObject({ id, commit: second.commit, state: "ready" });
    await expect.poll(() => shown(site)).toBe("now");
  });

  test("one of another site is neither shown nor published", async () => {
    const [ours, theirs] = [await withTwo(), await withTwo()];
    expect(await adapter().one(ours.site.id, theirs.first.id)).toBeUndefined();
    for (const verb of ["rollBack", "promote", "redeploy"] as const)
      expect(await faultOf(adapter()[verb](ours.site.id, theirs.first.id)), verb).toMatchObject({
        kind: "rejected",
        what: expect.stringContaining(theirs.first.id),
      });
    expect(await shown(ours.site)).toBe("second");
  });

  test("the step's resource sees that visitors are behind, and brings them the newest without a build", async () => {
    const { site, first, second } = await withTwo();
    await adapter().rollBack(site.id, first.id);
    const resource =
      host === "Vercel"
        ? vercelDeployment(on.api.vercel, { pollMs: 10 })
        : netlifyHost(on.api.netlify, { account: "atoll", installationId: 4711 }).deployment;
    const at = { instance: "second", name: site.name, within: site.id, id: second.id };
    const want = {
      source: { type: "git" as const, org: "", repo: "", repoId: 0, ref: "" },
      environmentUpdatedAt: 0,
    };
    const seen = await resource.observe(at);
    if (seen.is !== "present") throw new Error(seen.is);
    const live = seen.attrs as never; // the hosts' attributes differ; each gets its own back
    const changes = resource.compare(want, live);
    expect(changes).toMatchObject([{ path: "published", to: "the newest one" }]);
    expect(await resource.apply({ at, want, live, changes })).toBe(second.id);
    await expect.poll(() => shown(site)).toBe("second");
    const after = await resource.observe(at);
    if (after.is !== "present") throw new Error(after.is);
    expect(resource.compare(want, after.attrs as never)).toEqual([]); // as above
    expect(await adapter().list(site.id)).toHaveLength(2);
  });
});

test("Netlify does not build an earlier commit, and says what to do instead", async () => {
  const { id, name } = await on.netlifySite();
  const adapter = netlifyDeployments(on.api.netlify);
  const [first] = await ended(adapter, id, 1);
  await on.behind.github(`PUT /repos/atoll-clients/${name}/contents/new.txt`, {
    message: "New",
    content: Buffer.from("new").toString("base64"),
  });
  await ended(adapter, id, 2);
  expect(await faultOf(adapter.redeploy(id, first?.id ?? ""))).toMatchObject({
    kind: "rejected",
    next: expect.stringContaining("Roll back"),
  });
});
