// The file that `atoll schema sync` writes, applied with plain psql, against what an update does.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Fault } from "@atoll/core/fault";
import { catalogQuery } from "@atoll/fleet/catalog";
import { openFleet, startFleetWorker } from "@atoll/hub/schema/testing/fleet";
import {
  bareDatabases,
  enterInstances,
  giveLedgers,
  makeDatabases,
  slugOf,
} from "@atoll/hub/schema/testing/yard";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, expect, inject, test } from "vitest";
import { fleetKind } from "./kind.ts";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "atoll-sync-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serverUrl = inject("postgresUrl");
const hubUrl = await testDatabase();
const yard = { serverUrl, hubUrl, kind: fleetKind, count: 4, prefix: "sync" };
const databases = bareDatabases(serverUrl);

const urlTo = (slug: string) => {
  const url = new URL(serverUrl);
  url.pathname = `/${slug}`;
  return url.href;
};

async function of(slug: string) {
  const session = await databases.open(slug);
  try {
    const [row] = await session.query(`select ${catalogQuery} as catalog,
      (select json_agg(json_build_array(version, name, checksum, state) order by version) from public.schema_migrations) as ledger,
      (select array_agg(version order by version) from public.applied) as ran,
      public.get_schema_version() as version`);
    return row;
  } finally {
    await session.close();
  }
}

test("psql and an update leave the same ledger and the same catalog, and each is safe to repeat", async () => {
  await makeDatabases(yard);
  await giveLedgers(yard, fleetKind.migrations.slice(0, 1));
  await enterInstances(yard, 1);
  const fleet = await openFleet({ hubUrl, kind: fleetKind, databases });
  const worker = await startFleetWorker({ hubUrl, kind: fleetKind, databases });
  try {
    const [byHand = "", byUpdate = "", changed = ""] = [0, 1, 2].map((n) => slugOf("sync", n));
    const files = await fleet.schemas.sync({});
    expect(files.map(({ instance, from, to }) => [instance, from, to])).toEqual(
      [0, 1, 2, 3].map((n) => [slugOf("sync", n), 1, 4]),
    );
    const psql = async (slug: string) => {
      const file = path.join(folder, `${slug}.sql`);
      writeFileSync(file, files.find(({ instance }) => instance === slug)?.sql ?? "");
      await run("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", urlTo(slug), "-f", file]);
    };
    await psql(byHand);
    const once = await of(byHand);
    await psql(byHand);
    expect(await of(byHand)).toEqual(once);

    const { id } = await fleet.schemas.start({ blueprint: "fleet", slugs: [byUpdate] }, "test");
    await expect
      .poll(async () => (await fleet.schemas.rollout(id)).state, { timeout: 60_000 })
      .toBe("finished");
    expect(await of(byUpdate)).toEqual(once);
    expect(once).toMatchObject({ version: 4, ran: [1, 2, 3] });

    // An update over what was brought up by hand finds nothing to do.
    const again = await fleet.schemas.start({ blueprint: "fleet", slugs: [byHand] }, "test");
    await expect
      .poll(async () => (await fleet.schemas.rollout(again.id)).state, { timeout: 60_000 })
      .toBe("finished");
    expect(await of(byHand)).toEqual(once);

    // What is not as rehearsed is refused by the file, too, and what stood there stays.
    const session = await databases.open(changed);
    await session.query("alter table public.people alter column name set default 'nobody'");
    await session.close();
    await expect(psql(changed)).rejects.toThrow(/not as it was rehearsed/);
  } finally {
    await worker.close();
    await fleet.close();
  }
}, 120_000);

test("a rollout waits for a person between waves, can be paused, and leaves behind what is paused", async () => {
  const fleet = await openFleet({ hubUrl, kind: fleetKind, databases });
  const worker = await startFleetWorker({ hubUrl, kind: fleetKind, databases });
  try {
    const [store, waves] = [fleet.store, { prefix: "wave" }];
    const more = { ...yard, ...waves, count: 6 };
    await makeDatabases(more);
    await giveLedgers(more, fleetKind.migrations.slice(0, 1));
    await enterInstances(more, 1);
    const slugs = [0, 1, 2, 3, 4, 5].map((n) => slugOf("wave", n));
    await (await store())
      .updateTable("instances")
      .set({ state: "paused" })
      .where("slug", "=", slugs[5] ?? "")
      .execute();
    const { id } = await fleet.schemas.start(
      { blueprint: "fleet", slugs, canary: [slugs[2] ?? ""], waves: [50, 100], approve: true },
      "test",
    );
    const untilState = (state: string) =>
      expect.poll(async () => (await fleet.schemas.rollout(id)).state, { timeout: 60_000 }).toBe(state);
    await untilState("awaiting-approval");
    expect(
      (await fleet.schemas.targets(id, { state: "done", limit: 10 })).items.map(({ instance }) => instance),
    ).toEqual([slugs[2]]);
    await fleet.schemas.approve(id, "test");
    await untilState("awaiting-approval");
    expect((await fleet.schemas.rollout(id)).counts).toMatchObject({ done: 3, pending: 3 });
    await fleet.schemas.pause(id, "test");
    await expect(fleet.schemas.approve(id, "test")).rejects.toThrow("is paused");
    await fleet.schemas.resume(id, "test");
    await untilState("awaiting-approval");
    await fleet.schemas.approve(id, "test");
    await untilState("finished");
    // Whoever asked for it, by whatever way; what was refused is no deed.
    const deeds = await (await store())
      .selectFrom("audit")
      .select(["actor", "action"])
      .where("subject", "=", `rollout/${id}`)
      .orderBy("seq")
      .execute();
    expect(deeds.map(({ actor, action }) => `${actor} ${action}`)).toEqual(
      ["approve", "pause", "resume", "approve"].map((act) => `test rollout.${act}`),
    );
    expect((await fleet.schemas.rollout(id)).counts).toMatchObject({ done: 5, leftBehind: 1, failed: 0 });
    const [left] = (await fleet.schemas.targets(id, { state: "left-behind", limit: 10 })).items;
    expect(left).toMatchObject({ instance: slugs[5], fault: { what: "The instance is paused." } });

    // Live again, it is caught up by itself: a minute after it was left, once it has answered.
    await (await store())
      .updateTable("instances")
      .set({ state: "live" })
      .where("slug", "=", slugs[5] ?? "")
      .execute();
    expect(await fleet.schemas.catchUp()).toEqual([]);
    await (await store())
      .updateTable("rollout_targets")
      .set({ ended_at: new Date(Date.now() - 120_000) })
      .where("rollout_id", "=", id)
      .execute();
    await (await store())
      .updateTable("schema_states")
      .set({ tried_at: new Date(Date.now() - 3_600_000) })
      .execute();
    expect(await fleet.schemas.catchUp()).toEqual([]); // looked at now
    const [caught = ""] = await fleet.schemas.catchUp();
    await expect
      .poll(async () => (await fleet.schemas.rollout(caught)).state, { timeout: 60_000 })
      .toBe("finished");
    expect((await of(slugs[5] ?? ""))?.version).toBe(4);
  } finally {
    await worker.close();
    await fleet.close();
  }
}, 120_000);

test("a project that its provider has paused is left behind and is no failure", async () => {
  const sleeping = slugOf("nap", 1);
  const asleep = {
    ...databases,
    open: async (slug: string) => {
      if (slug === sleeping)
        throw new Fault("rejected", { what: "The endpoint refused: 400.", next: "Look at the project." });
      return databases.open(slug);
    },
    isPaused: async (slug: string) => slug === sleeping,
  };
  const fleet = await openFleet({ hubUrl, kind: fleetKind, databases: asleep });
  const worker = await startFleetWorker({ hubUrl, kind: fleetKind, databases: asleep });
  try {
    const more = { ...yard, prefix: "nap", count: 3 };
    await makeDatabases(more);
    await giveLedgers(more, fleetKind.migrations.slice(0, 1));
    await enterInstances(more, 1);
    const { id } = await fleet.schemas.start(
      { blueprint: "fleet", slugs: [0, 1, 2].map((n) => slugOf("nap", n)), errorBudget: 0 },
      "test",
    );
    await expect
      .poll(async () => (await fleet.schemas.rollout(id)).state, { timeout: 60_000 })
      .toBe("finished");
    expect((await fleet.schemas.rollout(id)).counts).toMatchObject({ done: 2, leftBehind: 1, failed: 0 });
    const [left] = (await fleet.schemas.targets(id, { state: "left-behind", limit: 10 })).items;
    expect(left).toMatchObject({
      instance: sleeping,
      fault: { what: "The provider has paused its project." },
    });
  } finally {
    await worker.close();
    await fleet.close();
  }
}, 120_000);
