import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { things } from "../support/things.ts";

// What stands at the providers with our mark, and what merely looks as if it did.
const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
const nobody = "d1d1d1d1d1d1d1d1d1d1";
const another = "e2e2e2e2e2e2e2e2e2e2";
const alike = "client-toko-prod-a1b2c3d4e5f6";
let cloud: TestCloud;
let hub: TestHub;

const env = (graceMinutes: string) => ({
  ATOLL_HOME: cloud.home,
  DATABASE_URL: databaseUrl,
  PATH: process.env.PATH,
  ATOLL_SWEEP_GRACE_MINUTES: graceMinutes,
});

const api = (provider: string, path: string, init: RequestInit & { headers: Record<string, string> }) =>
  fetch(`${cloud.url}/${provider}${path}`, {
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
  });

/** What a hub left that lost everything, at each provider; and what is somebody else's. */
async function plantAll() {
  await cloud.plant({
    provider: "github",
    name: "client-toko",
    description: `Application of toko [atoll-${nobody}]`,
  });
  await cloud.plant({ provider: "vercel", name: "toko", variables: { ATOLL_INSTANCE_ID: nobody } });
  await cloud.plant({ provider: "netlify", name: "toko-n", variables: { ATOLL_INSTANCE_ID: nobody } });
  await cloud.plant({
    provider: "gitea",
    path: "client-backups/toko/.atoll.json",
    content: JSON.stringify({ instance: nobody, files: [] }),
  });
  const headers = { "x-n8n-api-key": cloud.tokens.n8n };
  const parameters = { content: `Made and kept up by Atoll.\n\natoll-${nobody}/toko crm` };
  const note = {
    name: "Atoll",
    type: "n8n-nodes-base.stickyNote",
    typeVersion: 1,
    position: [0, 0],
    parameters,
  };
  const workflow = { name: "toko crm", nodes: [note], connections: {}, settings: {} };
  await api("n8n", "/api/v1/workflows", { method: "POST", headers, body: JSON.stringify(workflow) });
  const credential = {
    name: `toko database [atoll-${nobody} 0123456789abcdef]`,
    type: "httpHeaderAuth",
    data: { name: "Authorization", value: "x" },
  };
  await api("n8n", "/api/v1/credentials", { method: "POST", headers, body: JSON.stringify(credential) });
}

async function plantOthers() {
  await cloud.plant({ provider: "supabase", name: alike });
  await cloud.plant({ provider: "github", name: "client-theirs", description: "theirs [atoll-x]" });
  // What a client brought carries the topic alone.
  await cloud.plant({ provider: "github", name: "brought", topics: [`atoll-${another}`] });
  await cloud.plant({ provider: "vercel", name: "theirs" });
  await cloud.plant({ provider: "n8n", name: "toko crm" });
  await cloud.plant({ provider: "gitea", path: "client-backups/theirs/notes.md" });
}

const kinds = [
  "gitea.folder",
  "github.repository",
  "n8n.credential",
  "n8n.workflow",
  "netlify.site",
  "vercel.project",
];

let before: Record<string, unknown>;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "16840"]);
  await plantOthers();
  before = await things(cloud);
  await plantAll();
  hub = await testHub(env("0"), { worker: false });
}, 60_000);
afterAll(async () => {
  await hub?.stop();
  await sql.end();
  await cloud?.stop();
});

describe("what has no owner", () => {
  test("is listed with its mark at every provider, and a look-alike apart; nothing is written", async () => {
    await cloud.clearLog();
    const found = await hub.as("owner").call("sweep", { query: {} });
    expect(found.orphans.map(({ kind }) => kind).toSorted()).toEqual(kinds);
    expect(new Set(found.orphans.map(({ instance }) => instance))).toEqual(new Set([nobody]));
    expect(found.unproven.map(({ name }) => name).toSorted()).toEqual(["atoll-clients/brought", alike]);
    expect(found.problems).toEqual([]);
    expect(await cloud.log({ writes: true })).toEqual([]);
  });

  test("is shown to owners and to nobody else", async () => {
    for (const role of ["viewer", "operator"] as const) {
      await expect(hub.as(role).call("sweep", { query: {} })).rejects.toMatchObject({
        problem: { status: 403 },
      });
      await expect(
        hub.as(role).call("removeOrphans", { body: { confirm: kinds.length } }),
      ).rejects.toMatchObject({ problem: { status: 403 } });
    }
  });

  test("is told as a problem of one provider where that cannot be asked", async () => {
    await cloud.fault({ provider: "n8n", method: "GET", path: "/api/v1/workflows", kind: "503", times: 20 });
    const found = await hub.runtime.sweeps.look();
    await cloud.heal();
    expect(found.problems).toMatchObject([{ provider: "n8n" }]);
    expect(found.orphans.map(({ kind }) => kind)).toContain("vercel.project");
  });
});

describe("its removal", () => {
  const order = { confirm: kinds.length };

  test("takes the number that is there, and ids that are", async () => {
    const owner = hub.as("owner");
    await expect(owner.call("removeOrphans", { body: { confirm: 5 } })).rejects.toMatchObject({
      problem: { field: "confirm" },
    });
    for (const id of [alike, "atoll-clients/brought"])
      await expect(owner.call("removeOrphans", { body: { ids: [id], confirm: 1 } })).rejects.toMatchObject({
        problem: { field: "ids" },
      });
    expect(await hub.runtime.sweeps.removals()).toEqual([]);
  });

  test("leaves what was given an owner, or lost its mark, since somebody agreed", async () => {
    const { runtime } = hub;
    const { orphans } = await runtime.sweeps.look();
    const site = orphans.find(({ kind }) => kind === "netlify.site")?.id ?? "";
    // Written down by hand, as it is when the hub stopped right after that.
    await sql.query(
      `insert into atoll.sweep_removals (environment, kind, thing_id, name, instance_id, why, asked_by)
       values ('local', 'netlify.site', $1, 'toko-n', $2, 'test', 'test')`,
      [site, another],
    );
    await expect
      .poll(async () => (await runtime.sweeps.removals())[0]?.state, { timeout: 10_000 })
      .toBe("kept");
    expect((await runtime.sweeps.look()).orphans.map(({ id }) => id)).toContain(site);
  });

  test("goes on after a stop at either side of the call, and leaves what is not ours as it was", async () => {
    const owner = hub.as("owner");
    // The first one was gone when its hub stopped between the call and the record of it.
    const { orphans } = await owner.call("sweep", { query: {} });
    const repository = orphans.find(({ kind }) => kind === "github.repository");
    await api("github", `/repos/${repository?.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${cloud.tokens.github}` },
    });
    await sql.query(
      `insert into atoll.sweep_removals (environment, kind, thing_id, name, instance_id, why, asked_by, begun_at)
       values ('local', 'github.repository', $1, 'toko', $2, 'test', 'test', now())`,
      [repository?.id, nobody],
    );
    const asked = await owner.call("removeOrphans", { body: { confirm: order.confirm - 1 } });
    expect(asked.items).toHaveLength(order.confirm - 1);
    const states = async () =>
      (await owner.call("listSweepRemovals", {})).items
        .filter(({ instance }) => instance === nobody)
        .map(({ state }) => state);
    await expect.poll(states, { timeout: 20_000 }).toEqual(kinds.map(() => "removed"));
    expect(await things(cloud)).toEqual(before);
    expect(await hub.runtime.verifyAudit()).toMatchObject({ ok: true });
    const { items } = await owner.call("listAudit", {
      query: { subject: `github.repository/${repository?.id}` },
    });
    expect(items.map(({ action }) => action)).toContain("sweep.removed");
  }, 40_000);
});

test("what is young is left alone, however provably it is ours", async () => {
  await cloud.plant({ provider: "vercel", name: "toko-young", variables: { ATOLL_INSTANCE_ID: nobody } });
  const patient = await testHub(env("60"), { worker: false });
  try {
    const { orphans, leftOut } = await patient.runtime.sweeps.look();
    expect(orphans).toEqual([]);
    // The repository that may be a client's is as young.
    expect(leftOut.young).toBe(2);
  } finally {
    await patient.stop();
  }
}, 30_000);
