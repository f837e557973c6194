import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { packTar, type TarFile, tarBytes, unpackTar } from "./tar.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-tar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = new Date("2026-11-30T09:00:00Z");
const limits = { files: 100, fileBytes: 2 ** 20, bytes: 2 ** 24 };
const file = (name: string, text: string): TarFile => ({
  name,
  sizeBytes: Buffer.byteLength(text),
  content: () => [Buffer.from(text)],
});
const long = `export/tables/${"public.long".repeat(20)}.00001.ndjson.gz`;
const files = [
  file("export/manifest.json", "{}"),
  file("export/empty", ""),
  file(long, "long"),
  file(`export/tables/${"x".repeat(90)}.gz`, "y".repeat(1_500)),
];

async function whole(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** In pieces of an odd size, as a connection gives them. */
async function* pieces(bytes: Buffer, size = 700): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(bytes: Buffer, most = limits): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, content } of unpackTar(pieces(bytes), most))
    found[name] = (await whole(content)).toString();
  return found;
}

const expected: Record<string, string> = Object.fromEntries(
  await Promise.all(
    files.map(async ({ name, content }) => [name, Buffer.concat([...(content() as Buffer[])]).toString()]),
  ),
);

/** A tar made by GNU tar. */
function gnu(...args: string[]): Buffer {
  return execFileSync("tar", ["-C", folder, "-cf", "-", ...args], { stdio: ["ignore", "pipe", "ignore"] });
}

describe("packing", () => {
  test("gives what tar unpacks, of the size that was said", async () => {
    const bytes = await whole(packTar(files, at));
    expect(bytes.length).toBe(tarBytes(files, at));
    const into = path.join(folder, "unpacked");
    mkdirSync(into);
    execFileSync("tar", ["-C", into, "-xf", "-"], { input: bytes });
    for (const [name, text] of Object.entries(expected))
      expect(readFileSync(path.join(into, name), "utf8"), name).toBe(text);
  });

  test("goes on from any byte", async () => {
    const bytes = await whole(packTar(files, at));
    for (const from of [0, 1, 511, 512, 513, 1_024, 1_600, 4_000, bytes.length - 1, bytes.length])
      expect(await whole(packTar(files, at, from)), String(from)).toEqual(bytes.subarray(from));
  });
});

describe("unpacking", () => {
  test("gives what was packed, by us and by tar in each of its formats", async () => {
    expect(await read(await whole(packTar(files, at)))).toEqual(expected);
    const into = path.join(folder, "gnu");
    for (const [name, text] of Object.entries(expected)) {
      mkdirSync(path.dirname(path.join(into, name)), { recursive: true });
      writeFileSync(path.join(into, name), text);
    }
    for (const format of ["gnu", "pax"])
      expect(await read(gnu(`--format=${format}`, "-C", into, "./export")), format).toEqual(expected);
  });

  test("refuses links, names that lead out, one name twice, and what is no tar", async () => {
    writeFileSync(path.join(folder, "plain"), "text");
    writeFileSync(path.join(folder, "random"), randomBytes(2_000));
    symlinkSync("/etc/passwd", path.join(folder, "link"));
    await expect(read(gnu("link"))).rejects.toMatchObject({ what: expect.stringContaining("link") });
    await expect(read(gnu("plain", "--hard-dereference", "plain"))).rejects.toMatchObject({
      what: expect.stringMatching(/two files|link/),
    });
    for (const name of ["../out", "a/../../out", "/etc/x", "a//b", "a\\b"]) {
      const tar = await whole(packTar([file(name, "x")], at));
      await expect(read(tar), name).rejects.toMatchObject({
        kind: "rejected",
        field: "archive",
        what: expect.stringContaining("leads out"),
      });
    }
    await expect(read(Buffer.from("no tar at all".repeat(100)))).rejects.toMatchObject({
      what: "This is no tar.",
    });
    await expect(read(Buffer.alloc(0))).rejects.toMatchObject({ kind: "rejected" });
    await expect(read(execFileSync("gzip", ["-c"], { input: gnu("random") }))).rejects.toMatchObject({
      what: expect.stringContaining("gzip"),
    });
  });

  test("refuses what was cut off, damaged, or exceeds a limit", async () => {
    const bytes = await whole(packTar(files, at));
    for (const length of [300, 600, 2_000, 4_200])
      await expect(read(bytes.subarray(0, length)), String(length)).rejects.toMatchObject({
        kind: "rejected",
      });
    const damaged = Buffer.from(bytes);
    damaged[3] = 0x7a;
    await expect(read(damaged)).rejects.toMatchObject({ what: "This is no tar." });
    await expect(read(bytes, { ...limits, files: 2 })).rejects.toMatchObject({ kind: "rejected" });
    await expect(read(bytes, { ...limits, fileBytes: 1_000 })).rejects.toMatchObject({ kind: "rejected" });
    await expect(read(bytes, { ...limits, bytes: 2_000 })).rejects.toMatchObject({
      what: expect.stringContaining("larger"),
    });
  });
});
