import { rm } from "node:fs/promises";
import path from "node:path";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import S3rver from "s3rver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";

// 100,000 rows in a bucket: backed up, tried, and restored over what was changed meanwhile.
const databaseUrl = await testDatabase();
const slug = "toko-large";
let cloud: TestCloud;
let hub: TestHub;
let server: S3rver;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15840"]);
  server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: path.join(cloud.home, "s3"),
    configureBuckets: [{ name: "backups", configs: [] }],
  });
  const { port } = await server.run();
  hub = await testHub(
    {
      ATOLL_HOME: cloud.home,
      DATABASE_URL: databaseUrl,
      PATH: process.env.PATH,
      ATOLL_BACKUPS: "s3://backups/hub",
      ATOLL_BACKUPS_ENDPOINT: `http://127.0.0.1:${port}`,
      ATOLL_BACKUPS_ACCESS_KEY_ID: "S3RVER",
      ATOLL_BACKUPS_SECRET_ACCESS_KEY: "S3RVER",
    },
    { worker: true },
  );
  const answers = { name: "Toko Large", slug, adminEmail: `owner@${slug}.example` };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  server?.httpServer.closeAllConnections();
  await server?.close();
  await rm(path.join(cloud?.home ?? "", "s3"), { recursive: true, force: true });
  await cloud?.stop();
});

async function ask(query: string): Promise<Record<string, unknown>[]> {
  const project = (await hub.runtime.journal.resources(slug)).find(({ kind }) => kind === "supabase.project");
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${project?.id}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[];
}

const seen = async () =>
  (
    await ask(
      "select count(*)::text || md5(string_agg(md5(x::text), '' order by id)) as seen from public.contacts x",
    )
  )[0]?.seen;

test("100,000 rows are equal in the trial, and equal again after a restore", async () => {
  await ask(`insert into public.contacts (organization_id, first_name, notes)
    select o.id, 'Person ' || n, repeat(md5(n::text), 4)
      from generate_series(1, 100000) n, (select id from public.organizations limit 1) o`);
  const before = await seen();
  const backup = await hub.runtime.journal.wait(
    await hub.runtime.journal.submit("backup", slug, { by: "test" }),
  );
  expect(backup).toMatchObject({ state: "succeeded" });
  const { items } = await hub.as("viewer").call("listBackups", { query: { slug } });
  expect(items).toMatchObject([{ state: "verified", oneMoment: true }]);
  expect(items[0]?.rows).toBeGreaterThan(100_000);
  await ask("update public.contacts set notes = 'gone' where first_name like '%7'");
  const input = { backup: backup.id };
  const restore = await hub.runtime.journal.wait(
    await hub.runtime.journal.submit("restore", slug, { by: "test", input }),
  );
  expect(restore).toMatchObject({ state: "succeeded", owed: [] });
  expect(await seen()).toBe(before);
}, 300_000);
