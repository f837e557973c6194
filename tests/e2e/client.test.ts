import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { things } from "../support/things.ts";

let cloud: TestCloud;
const atoll = atollIn(() => cloud.home);

beforeAll(async () => {
  cloud = await testCloud([
    "--light",
    "--latency",
    "instant",
    "--no-rate-limits",
    "--smtp-port",
    "0",
    "--site-port",
    "14600",
  ]);
});

afterAll(() => cloud.stop());

test("a client is planned, made, made again without a write, verified and destroyed", async () => {
  const client = ["--name", "Toko A", "--admin-email", "owner@toko-a.example"];
  const before = await things(cloud);
  expect((await atoll("status")).code).toBe(0);

  await cloud.clearLog();
  const plan = await atoll("plan", ...client);
  expect(plan.code).toBe(3);
  expect(await cloud.log({ writes: true })).toEqual([]);

  const up = await atoll("up", ...client);
  expect(up.out + up.err).toContain('"state": "succeeded"');
  expect(up.code).toBe(0);
  const { url } = up.json();
  const health = await (await fetch(`${String(url)}/api/health`)).json();
  expect(health).toMatchObject({ ok: true });

  await cloud.clearLog();
  const again = await atoll("up", "toko-a");
  expect(again.json()).toMatchObject({ state: "succeeded", url });
  expect((await atoll("drift", "toko-a")).json()).toMatchObject({ items: [] });
  expect((await atoll("plan", "toko-a")).code).toBe(0);
  expect((await atoll("verify", "toko-a")).json()).toMatchObject({ healthy: true, problems: [] });
  expect(await cloud.log({ writes: true })).toEqual([]);

  expect((await atoll("destroy", "toko-a")).code).toBe(2);
  expect((await atoll("destroy", "toko-a", "--confirm", "toko-a")).json()).toMatchObject({
    state: "succeeded",
  });
  expect(await things(cloud)).toEqual(before);
  const taken = await atoll("up", ...client);
  expect(taken.code).not.toBe(0);
}, 180_000);

test("bad input names its field, and nothing is made", async () => {
  const before = await things(cloud);
  await cloud.clearLog();
  const bad: [string, string[]][] = [
    ["name", ["--name", "", "--admin-email", "a@b.example"]],
    ["name", ["--name", "x".repeat(300), "--admin-email", "a@b.example"]],
    ["name", ["--name", "../../etc", "--admin-email", "a@b.example"]],
    ["name", ["--name", "line\nbreak", "--admin-email", "a@b.example"]],
    ["adminEmail", ["--name", "Toko", "--admin-email", "no address"]],
    ["region", ["--name", "Toko", "--admin-email", "a@b.example", "--region", "af-south-1"]],
    ["modules", ["--name", "Toko", "--admin-email", "a@b.example", "--modules", "crm,teleport"]],
    ["slug", ["../etc", "--name", "Toko", "--admin-email", "a@b.example"]],
    ["file", ["--file", "/nowhere.yaml"]],
  ];
  const mistyped = await atoll("up", "--nmae", "Toko");
  expect(mistyped.code).toBe(2);
  expect(JSON.parse(mistyped.out)).toMatchObject({ error: { what: expect.stringContaining("--nmae") } });
  for (const [field, args] of bad) {
    const { code, out } = await atoll("up", ...args);
    expect(code, args.join(" ")).toBe(2);
    expect(JSON.parse(out), args.join(" ")).toMatchObject({
      error: { field: expect.stringContaining(field), next: expect.any(String) },
    });
  }
  expect(await cloud.log({ writes: true })).toEqual([]);
  expect(await things(cloud)).toEqual(before);
}, 180_000);

test("the same slug for somebody else is refused; new answers of its owner are what the plan said", async () => {
  const client = ["--name", "Toko B", "--admin-email", "owner@toko-b.example"];
  expect((await atoll("up", ...client, "--modules", "crm,email")).code).toBe(0);
  const before = await things(cloud);
  const other = await atoll("up", "--name", "Toko B", "--admin-email", "eve@evil.example");
  expect(other.code).toBe(2);
  expect(other.json()).toMatchObject({ error: { field: "slug", next: expect.any(String) } });
  expect(await things(cloud)).toEqual(before);

  const planned = (await atoll("plan", "toko-b", "--modules", "crm")).json() as {
    items: { step: string; does: string }[];
  };
  expect(planned.items.find(({ step }) => step === "email-workflow")).toMatchObject({ does: "remove" });
  expect((await atoll("up", "toko-b", "--modules", "crm")).json()).toMatchObject({ state: "succeeded" });
  expect((await cloud.inventory()).n8n).toMatchObject({
    workflows: [{ name: expect.stringContaining("crm") }],
  });
  expect((await atoll("plan", "toko-b")).code).toBe(0);
  expect((await atoll("destroy", "toko-b", "--confirm", "toko-b")).code).toBe(0);
  expect((await atoll("verify", "toko-b")).json()).toMatchObject({
    error: { what: expect.stringContaining("removed") },
  });
}, 180_000);
