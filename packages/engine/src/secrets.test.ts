import { readFileSync } from "node:fs";
import { Secret } from "@atoll/core/secret";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { putSecrets, takeSecrets, Vault } from "./seal.ts";
import { dumpSchema } from "./testing/dump.ts";
import { startHarness } from "./testing/harness.ts";

const databases = { hub: await testDatabase(), cloud: await testDatabase() };
const lines: object[] = [];
const canaries = {
  password: "canary-password-e07f",
  temporaryPassword: "canary-temporary-91ab",
  token: "canary-token-55cd",
  key: "canary-key-of-canary-project", // what the fake project gives as its service key
};
const hub = await startHarness(
  databases,
  {},
  {
    log: (line) => lines.push(line),
    ids: {
      suffix: () => "suffix000000",
      password: () => canaries.password,
      temporaryPassword: () => canaries.temporaryPassword,
      instance: () => `i${Math.random().toString(36).slice(2, 12)}`.padEnd(20, "0"),
    },
  },
);
afterAll(() => hub.close());

/** Where a canary stands in clear in anything that is stored, told or logged. */
async function leaks(): Promise<string[]> {
  const all = [
    await dumpSchema(databases.hub, "atoll"),
    await dumpSchema(databases.hub, "dbos"),
    JSON.stringify(lines),
  ].join("\n");
  return Object.entries(canaries)
    .filter(([, value]) => all.includes(value) || all.includes(Buffer.from(value).toString("hex")))
    .map(([name]) => name);
}

test("no secret stands in clear in any table, event, plan, error or log", async () => {
  const answers = { title: "A", token: canaries.token };
  expect(await hub.provision("canary", answers)).toMatchObject({ state: "succeeded" });
  await hub.cloud.trouble({ name: "loose-project", on: "create", does: "tell-owner", times: 1 });
  await hub.cloud.trouble({ name: "loose2-project", on: "create", does: "bug-owner", times: 1 });
  for (const slug of ["loose", "loose2"]) {
    await hub.cloud.say(slug, `it was ${canaries.password} and ${canaries.token}`);
    const run = await hub.provision(slug, answers);
    expect(run).toMatchObject({ state: "undone", fault: { what: expect.stringContaining("[secret]") } });
  }
  const plan = JSON.stringify(await hub.engine.plan("canary"));
  for (const value of Object.values(canaries)) expect(plan).not.toContain(value);
  expect(await leaks()).toEqual([]);
});

test("the check above finds a secret that is stored in clear", async () => {
  const client = new pg.Client({ connectionString: databases.hub });
  await client.connect();
  await client.query("update atoll.runs set asked_by = $1 where number = 1", [canaries.password]);
  await client.end();
  expect(await leaks()).toEqual(["password"]);
});

test("what is sealed opens under its own instance and name only", () => {
  const vault = new Vault(new Uint8Array(32).fill(1));
  const sealed = vault.seal("instance", "password", "s3cret");
  expect(vault.open("instance", "password", sealed)).toBe("s3cret");
  expect(() => vault.open("other", "password", sealed)).toThrow();
  expect(() => vault.open("instance", "token", sealed)).toThrow();
  expect(() => new Vault(new Uint8Array(32)).open("instance", "password", sealed)).toThrow();
  expect(() => new Vault(new Uint8Array(16))).toThrow(/16 bytes/);
});

test("secrets leave a value and come back to their places", () => {
  const value = { list: [{ key: new Secret("key", "v1") }], plain: { $secret: "not one of ours" }, n: 1 };
  const { json, secrets } = takeSecrets(value, "stem");
  expect(JSON.stringify(json)).not.toContain("v1");
  expect([...secrets]).toEqual([["stem.list.0.key", "v1"]]);
  const back = putSecrets(JSON.parse(JSON.stringify(json)), secrets);
  expect(back).toMatchObject({ plain: { $secret: "not one of ours" }, n: 1 });
  expect((back as typeof value).list[0]?.key.expose()).toBe("v1");
  expect(() => putSecrets(json, new Map())).toThrow(/misses the secret/);
});

test("every catch around durable work lets the SDK's own control flow through", () => {
  const files = [
    "run.ts",
    "ensure.ts",
    "ensure-tick.ts",
    "removal.ts",
    "removal-tick.ts",
    "converge.ts",
    "create.ts",
  ];
  for (const file of files) {
    const source = readFileSync(new URL(file, import.meta.url), "utf8");
    const catches = source.split(/\bcatch\b/).slice(1);
    for (const after of catches) expect(after, file).toMatch(/^ \(error\) \{\s+rethrowControl\(error\);/);
    expect(source, file).not.toMatch(/\.catch\(/);
  }
});
