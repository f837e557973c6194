import { randomBytes } from "node:crypto";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";

// What a rotation has to ask others for: secrets in an instance's vault, and archives in the storage.
const databaseUrl = await testDatabase();
const [old, next] = [randomBytes(32), randomBytes(32)].map((key) => key.toString("base64"));
const params = { slug: "turned" };
let cloud: TestCloud;
let hub: TestHub | undefined;

async function open(secretKey: string): Promise<TestHub> {
  await hub?.stop();
  hub = await testHub(
    {
      ATOLL_HOME: cloud.home,
      DATABASE_URL: databaseUrl,
      PATH: process.env.PATH,
      ATOLL_SECRET_KEY: secretKey,
    },
    { worker: true },
  );
  return hub;
}

async function rotate({ runtime }: TestHub) {
  const pieces = runtime.keyRing.rotate("test");
  for (;;) {
    const piece = await pieces.next();
    if (piece.done) return piece.value;
  }
}

const differing = async (at: TestHub) =>
  (await at.as("viewer").call("readVault", { params })).items
    .filter(({ state }) => state !== "same")
    .map(({ key }) => key);

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
});
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
});

test("vaults stay as they are and backups open, before a rotation, after it, and without the old key", async () => {
  const before = await open(`${old}`);
  const answers = {
    name: "Turned",
    slug: "turned",
    city: "Lyon",
    mapCenter: "45.76, 4.83",
    adminEmail: "owner@turned.example",
  };
  const run = await before
    .as("operator")
    .call("createInstance", { body: { blueprint: "community", answers } });
  expect(await before.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  const put = (key: string) =>
    before
      .as("operator")
      .call("setVaultKey", { params: { ...params, key }, body: { value: `value of ${key}`, secret: true } });
  await put("STAYS");
  await put("CHANGES");
  const backup = await before.runtime.journal.submit("backup", "turned", { by: "test", input: {} });
  expect(await before.runtime.journal.wait(backup)).toMatchObject({ state: "succeeded" });
  const [made] = (await before.as("viewer").call("showBackups", { params })).items;

  const both = await open(`${next},${old}`);
  // Nothing looks changed meanwhile, though the present key makes other fingerprints.
  expect(await differing(both)).toEqual([]);
  const rotation = await rotate(both);
  const renewed = Object.fromEntries(rotation.parts.map((part) => [part.what, part.renewed]));
  expect(renewed).toMatchObject({ "fingerprints of vaults": 2, archives: expect.any(Number) });
  expect(renewed.archives).toBeGreaterThan(0);
  expect(rotation.parts.flatMap(({ left }) => left)).toEqual([]);
  await both.hub.store.deleteFrom("hub_keys").where("id", "<>", both.runtime.keyRing.present).execute();

  const alone = await open(`${next}`);
  expect(await differing(alone)).toEqual([]);
  // Its trial may have come between.
  const { state } = await alone.runtime.backups.check(made?.id ?? "");
  expect(["made", "verified"]).toContain(state);
  expect((await rotate(alone)).parts.flatMap((part) => part.left)).toEqual([]);
}, 180_000);
