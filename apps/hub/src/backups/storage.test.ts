import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { archiveStorage } from "./storage.ts";

const hubKeys = { key: new Uint8Array(32), olderKeys: [] };
const keys = { ATOLL_BACKUPS_ACCESS_KEY_ID: "id", ATOLL_BACKUPS_SECRET_ACCESS_KEY: "hush" };

test("without a word it is a folder in the hub's home", async () => {
  const home = await mkdtemp(path.join(tmpdir(), "atoll-storage-"));
  try {
    const { storage, place } = archiveStorage({}, home, hubKeys);
    await storage.put("backups/one/seal.json", Buffer.from("{}"));
    expect(await readdir(path.join(home, "backups", "backups", "one"))).toEqual(["seal.json"]);
    expect(place).toContain(home);
  } finally {
    await rm(home, { recursive: true });
  }
});

test("a bucket is named, and its secret is nowhere to be read", () => {
  const made = archiveStorage({ ATOLL_BACKUPS: "s3://atoll-backups/hub/one", ...keys }, "/nowhere", hubKeys);
  expect(made.place).toBe("the bucket atoll-backups");
  expect(JSON.stringify(made)).not.toContain("hush");
});

test.each([
  ["ATOLL_BACKUPS", { ATOLL_BACKUPS: "https://somewhere.example/backups" }],
  ["ATOLL_BACKUPS", { ATOLL_BACKUPS: "s3://Not A Bucket", ...keys }],
  ["ATOLL_BACKUPS", { ATOLL_BACKUPS: "s3://bucket/../other", ...keys }],
  ["ATOLL_BACKUPS_ACCESS_KEY_ID", { ATOLL_BACKUPS: "s3://bucket" }],
  ["ATOLL_BACKUPS_SECRET_ACCESS_KEY", { ATOLL_BACKUPS: "s3://bucket", ATOLL_BACKUPS_ACCESS_KEY_ID: "id" }],
  ["ATOLL_BACKUPS_ENDPOINT", { ATOLL_BACKUPS: "s3://bucket", ...keys, ATOLL_BACKUPS_ENDPOINT: "nowhere" }],
])("what is wrong with %s is said by its name", (field, env: NodeJS.ProcessEnv) => {
  expect(() => archiveStorage(env, "/nowhere", hubKeys)).toThrow(expect.objectContaining({ field }));
});
