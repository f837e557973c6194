// What a storage has to do, shown on both kinds: a folder, and an S3 server behind a door that checks signatures.

import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Secret } from "@atoll/core/secret";
import S3rver from "s3rver";
import { afterAll, describe, expect, test } from "vitest";
import { checkArchive } from "./check.ts";
import { compareWith } from "./compare.ts";
import { dump } from "./dump.ts";
import { folderStorage } from "./folder.ts";
import { load } from "./load.ts";
import { openArchive } from "./open.ts";
import { type S3Options, s3Storage } from "./s3.ts";
import { readAll, type Storage } from "./storage.ts";
import { database, island } from "./testing/databases.ts";
import { signatureDoor, signatureOf } from "./testing/signature-door.ts";

const root = mkdtempSync(path.join(tmpdir(), "atoll-storage-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

// This server knows one pair of keys.
const secret = "S3RVER";
const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  silent: true,
  directory: path.join(root, "s3"),
  configureBuckets: [{ name: "backups", configs: [] }],
});
const behind = await server.run();
afterAll(async () => {
  server.httpServer.closeAllConnections();
  await server.close();
});
const door = await signatureDoor({ port: behind.port, accessKeyId: "S3RVER", secretAccessKey: secret });
afterAll(() => door.close());
const { port } = door;

const s3Options: S3Options = {
  endpoint: `http://127.0.0.1:${port}`,
  region: "us-east-1",
  bucket: "backups",
  accessKeyId: "S3RVER",
  secretAccessKey: new Secret("S3_SECRET", secret),
  wait: async () => {},
};

const textOf = async (storage: Storage, name: string) => {
  const found = await readAll(storage, name, 2 ** 30);
  return Buffer.isBuffer(found) ? found.toString("utf8") : found;
};

async function namesOf(storage: Storage, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of storage.list(prefix)) names.push(name);
  return names.sort();
}

describe.each<[string, Storage]>([
  ["folder", folderStorage(path.join(root, "folder"))],
  ["S3", s3Storage({ ...s3Options, prefix: "hub-1/" })],
])("%s", (_, storage) => {
  test("keeps, lists, tells and removes", async () => {
    await storage.put("a/one.txt", Buffer.from("first"));
    await storage.put("a/one.txt", Buffer.from("second"));
    await storage.put("a/b/t~20wo.txt.sealed", Buffer.from("é"));
    await storage.put("ab/three", Buffer.alloc(0));
    expect(await textOf(storage, "a/one.txt")).toBe("second");
    expect(await textOf(storage, "ab/three")).toBe("");
    expect(await namesOf(storage, "a/")).toEqual(["a/b/t~20wo.txt.sealed", "a/one.txt"]);
    expect(await namesOf(storage, "a")).toHaveLength(3);
    const found = await storage.stat("a/b/t~20wo.txt.sealed");
    expect(found).toMatchObject({ name: "a/b/t~20wo.txt.sealed", sizeBytes: 2 });
    expect(Math.abs((found?.modifiedAt.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
    await storage.remove("a/one.txt");
    await storage.remove("a/one.txt");
    expect(await storage.stat("a/one.txt")).toBeUndefined();
    expect(await storage.get("a/one.txt")).toBeUndefined();
    expect(await namesOf(storage, "nothing/")).toEqual([]);
  });

  test("takes a stream of any size, whole or not at all", async () => {
    const piece = randomBytes(700_000);
    async function* stream(pieces: number, breaks = false) {
      for (let n = 0; n < pieces; n += 1) yield piece;
      if (breaks) throw new Error("The source broke off.");
    }
    await storage.put("large", stream(50));
    expect((await storage.stat("large"))?.sizeBytes).toBe(35_000_000);
    const back = await readAll(storage, "large", 2 ** 30);
    expect(Buffer.isBuffer(back) && back.subarray(34_300_000).equals(piece)).toBe(true);
    expect(await readAll(storage, "large", 1_000)).toBe("too-large");
    await expect(storage.put("broken", stream(30, true))).rejects.toThrow("broke off");
    expect(await storage.stat("broken")).toBeUndefined();
    await storage.put("empty", stream(0));
    expect((await storage.stat("empty"))?.sizeBytes).toBe(0);
  });

  test("refuses names that lead out of it", async () => {
    for (const name of [
      "../x",
      "/x",
      "a/../../x",
      "a//b",
      "a\0b",
      ".hidden/x",
      "a/.hidden",
      "",
      "a b",
      "x".repeat(1_000),
    ]) {
      await expect(storage.put(name, Buffer.from("x")), name).rejects.toMatchObject({ kind: "rejected" });
      await expect((async () => await storage.get(name))(), name).rejects.toMatchObject({ kind: "rejected" });
    }
  });

  test("holds a backup that is whole, opens with the key, and fills a database again", async () => {
    const sql = "create table public.t (id integer primary key, label text)";
    const source = await database(
      `${sql}; insert into public.t select n, md5(n::text) from generate_series(1, 3000) n`,
    );
    const hubKey = randomBytes(32);
    await dump({ from: { client: source }, of: island, storage, prefix: "isle/1", sealed: true, hubKey });
    const options = { storage, prefix: "isle/1", hubKeys: [hubKey], authentic: true };
    expect((await checkArchive(options, { instanceId: island.instance.id })).findings).toEqual([]);
    const archive = await openArchive(options);
    const into = await database(sql);
    expect(await load({ archive, client: into, onRows: "refuse" })).toEqual({
      is: "loaded",
      tables: 1,
      rows: 3_000,
    });
    expect((await compareWith(archive, into)).differences).toEqual([]);
  });
});

test("files in a folder are their owner's alone, and nothing is left beside them", async () => {
  const place = path.join(root, "private");
  await folderStorage(place).put("a/b", Buffer.from("x"));
  expect(statSync(path.join(place, "a/b")).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(place, "a")).mode & 0o777).toBe(0o700);
  expect(readdirSync(path.join(place, "a"))).toEqual(["b"]);
});

describe("S3", () => {
  test("the door computes the signature that AWS publishes for its example", () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object"
    const headers = {
      host: "examplebucket.s3.amazonaws.com",
      range: "bytes=0-9",
      "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "x-amz-date": "20130524T000000Z",
    };
    const key = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");
    const signed = {
      method: "GET",
      path: "/test.txt",
      query: "",
      headers,
      names: Object.keys(headers),
      scope: "20130524/us-east-1/s3/aws4_request",
    };
    expect(signatureOf(signed, key)).toBe("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  });

  test("a wrong key and a bucket that is not there are told without the key", async () => {
    const wrong = s3Storage({ ...s3Options, secretAccessKey: new Secret("S3_SECRET", "canary-4711") });
    const refused = await wrong.put("x", Buffer.from("x")).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "sign-in-again" });
    expect(JSON.stringify(refused) + String(refused)).not.toContain("canary-4711");
    const nowhere = s3Storage({ ...s3Options, bucket: "elsewhere" });
    await expect(nowhere.put("x", Buffer.from("x"))).rejects.toMatchObject({
      kind: "rejected",
      next: expect.stringContaining("bucket"),
    });
    await expect(nowhere.get("x")).rejects.toMatchObject({ kind: "rejected" });
    await expect(namesOf(nowhere, "x")).rejects.toMatchObject({ kind: "rejected" });
  });

  test("a server that is busy is asked again, one that never answers is a fault that can be tried again", async () => {
    const answers: number[] = [503, 500, 429];
    const front = createServer((request, response) => {
      const status = answers.shift();
      if (status === undefined) {
        response.writeHead(307, { location: `http://127.0.0.1:${port}${request.url}` });
        response.end();
      } else {
        response.writeHead(status);
        response.end("<Error><Code>SlowDown</Code></Error>");
      }
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(front.address() as AddressInfo).port}`; // it listens on a port
    try {
      const storage = s3Storage({ ...s3Options, endpoint });
      await storage.remove("nothing").catch(() => {});
      expect(answers).toEqual([]);
      answers.push(...Array.from({ length: 10 }, () => 503));
      await expect(storage.stat("x")).rejects.toMatchObject({ kind: "try-again" });
      expect(answers).toHaveLength(5);
    } finally {
      front.close();
    }
    await expect(s3Storage({ ...s3Options, endpoint }).stat("x")).rejects.toMatchObject({
      kind: "try-again",
    });
  });

  test("more objects than one answer lists are all listed, whatever their names hold", async () => {
    // s3rver has no second page on OpenSSL 3, where its tokens' cipher is gone.
    const keys = ["many/1", "many/2", "many/3&<", "many/4", "many/5"];
    const pages = createServer((request, response) => {
      const query = new URL(request.url ?? "", "http://127.0.0.1").searchParams;
      const left = keys.filter(
        (key) => key.startsWith(query.get("prefix") ?? "") && key > (query.get("start-after") ?? ""),
      );
      const contents = left
        .slice(0, 2)
        .map(
          (key) =>
            `<Contents><Key>${key.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</Key><Size>1</Size></Contents>`,
        );
      response.end(
        `<ListBucketResult>${contents.join("")}<IsTruncated>${left.length > 2}</IsTruncated></ListBucketResult>`,
      );
    });
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    try {
      const endpoint = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`; // it listens on a port
      expect(await namesOf(s3Storage({ ...s3Options, endpoint }), "many/")).toEqual(keys);
    } finally {
      pages.closeAllConnections();
      pages.close();
    }
  });
});
