// Damage of every kind is found by name; what is whole is called whole. Each archive is real, made of a database.
import { createHash, randomBytes } from "node:crypto";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { checkArchive, type Expectation } from "./check.ts";
import { dump } from "./dump.ts";
import { folderStorage } from "./folder.ts";
import { keptIn } from "./kept.ts";
import type { Manifest } from "./manifest.ts";
import { openArchive } from "./open.ts";
import { rewrap } from "./rotate.ts";
import { pgDump } from "./sql-text.ts";
import { database, island } from "./testing/databases.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const storage = folderStorage(folder);
const hubKey = randomBytes(32);
const source = await database(`create table public.t (id integer primary key, label text);
  create table public.u (id integer primary key, label text);
  insert into public.t select n, repeat(md5(n::text), 40) from generate_series(1, 20000) n;
  insert into public.u select n, md5((n * 7)::text) from generate_series(1, 5000) n`);
const workflow = { kind: "workflow" as const, id: "Wf/1", content: [Buffer.from('{"name": "Welcome"}')] };
const from = { client: source };
for (const name of ["one", "other"])
  await dump({
    from,
    of: island,
    storage,
    prefix: `sealed-${name}`,
    sealed: true,
    hubKey,
    extras: [workflow],
  });
const plain = await dump({
  from,
  of: island,
  storage,
  prefix: "plain",
  sealed: false,
  hubKey,
  extras: [workflow],
});

let copies = 0;
/** A copy of an archive to do damage to. */
function copyOf(name: string): { prefix: string; file: (part: string) => string } {
  copies += 1;
  const prefix = `copy-${copies}`;
  cpSync(path.join(folder, name), path.join(folder, prefix), { recursive: true });
  return { prefix, file: (part) => path.join(folder, prefix, part) };
}

async function damages(prefix: string, expected: Expectation = {}, options: object = {}): Promise<string[]> {
  const { findings, whole } = await checkArchive(
    { storage, prefix, hubKeys: [hubKey], ...options },
    expected,
  );
  expect(whole).toBe(findings.length === 0);
  for (const { what, next } of findings) {
    expect(what).toMatch(/\.$/);
    expect(next).toMatch(/\.$/);
  }
  return [...new Set(findings.map(({ damage }) => damage))];
}

function edit(file: string, change: (manifest: Manifest) => void): void {
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest; // our own, made above
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}

function flip(file: string, from = 0.5): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length * from);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}

const swap = (one: string, other: string) => {
  renameSync(one, `${one}.aside`);
  renameSync(other, one);
  renameSync(`${one}.aside`, other);
};

test("whole archives are whole, and their parts are what they should be", async () => {
  expect(
    await damages("sealed-one", {
      instanceId: island.instance.id,
      notBefore: new Date(Date.now() - 3_600_000),
    }),
  ).toEqual([]);
  expect(await damages("plain", {}, { authentic: true, manifestSha256: plain.manifestSha256 })).toEqual([]);
  // No row, name of a table or value can be read in a sealed one.
  const sealed = readdirSync(path.join(folder, "sealed-one"), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(path.join(each.parentPath, each.name)));
  expect(Buffer.concat(sealed).includes("isle0000000000000001")).toBe(false);
  expect(plain.manifest.parts.filter(({ of }) => of === "public.t").length).toBeGreaterThan(1);
});

test("what is no row comes out as it went in, in pieces", async () => {
  const large = randomBytes(20_000_000);
  async function* pieces() {
    for (let at = 0; at < large.length; at += 3_000_000) yield large.subarray(at, at + 3_000_000);
  }
  const extras = [
    workflow,
    { kind: "file" as const, id: "a/ü.png", content: pieces() },
    { kind: "file" as const, id: "empty", content: [] },
  ];
  const { manifest } = await dump({
    from,
    of: island,
    storage,
    prefix: "files",
    sealed: true,
    hubKey,
    extras,
  });
  expect(manifest.parts.filter(({ of }) => of === "a/ü.png").length).toBe(3);
  const archive = await openArchive({ storage, prefix: "files", hubKeys: [hubKey] });
  const contents = new Map<string, Buffer>();
  for (const kind of ["workflow", "file"] as const)
    for (const { id, content } of keptIn(archive, kind)) {
      const read: Buffer[] = [];
      for await (const piece of content()) read.push(piece);
      contents.set(id, Buffer.concat(read));
    }
  expect([...contents.keys()]).toEqual(["Wf/1", "a/ü.png", "empty"]);
  expect(contents.get("a/ü.png")?.equals(large)).toBe(true);
  expect(contents.get("empty")?.length).toBe(0);
  expect(contents.get("Wf/1")?.toString()).toBe('{"name": "Welcome"}');
});

test("pg_dump that cannot be run, or fails, is told in our words and leaves the password out", async () => {
  const at = { host: "127.0.0.1", port: 1, user: "u", database: "d", password: "canary-4711" };
  for (const program of ["atoll-no-such-program", "false"]) {
    const read = async () => {
      for await (const _ of pgDump({ ...at, program }));
    };
    const fault = await read().catch((error: unknown) => error);
    expect(fault).toMatchObject({
      kind: "rejected",
      next: expect.stringMatching(/pg_dump|client programs|by hand/),
    });
    expect(JSON.stringify(fault) + String(fault)).not.toContain("canary");
  }
  const printed: Buffer[] = [];
  for await (const piece of pgDump({ ...at, program: "echo" })) printed.push(piece);
  expect(Buffer.concat(printed).toString()).toMatch(/--schema=public/);
  expect(Buffer.concat(printed).toString()).not.toContain("canary");
});

const part = "tables/public.t.00002.ndjson.gz";
const small = "tables/public.u.00001.ndjson.gz";

describe.each([
  ["sealed", "sealed-one", ".sealed"],
  ["plain", "plain", ""],
])("%s", (_, name, ending) => {
  test.each<[string, (file: (part: string) => string) => void, string[]]>([
    ["a part is missing", (file) => rmSync(file(part + ending)), ["missing-part"]],
    ["a part was cut", (file) => truncateSync(file(part + ending), 70_000), ["truncated-part"]],
    ["a bit of a part was flipped", (file) => flip(file(part + ending)), ["damaged-part"]],
    ["a last bit was flipped", (file) => flip(file(small + ending), 0.9999), ["damaged-part"]],
    [
      "something was added to a part",
      (file) => writeFileSync(file(small + ending), "x", { flag: "a" }),
      ["damaged-part"],
    ],
    [
      "a part lies there that nobody knows",
      (file) => writeFileSync(file(`tables/public.v.00001.ndjson.gz${ending}`), "x"),
      ["extra-part"],
    ],
    ["everything is gone", (file) => rmSync(file(""), { recursive: true }), ["empty-archive"]],
    ["the manifest is gone", (file) => rmSync(file(`manifest.json${ending}`)), ["manifest-missing"]],
    [
      "the dump never ended",
      (file) => renameSync(file(`manifest.json${ending}`), file(`progress.json${ending}`)),
      ["unfinished"],
    ],
    ["the manifest was changed", (file) => flip(file(`manifest.json${ending}`)), ["manifest-edited"]],
    [
      "a workflow was cut",
      (file) => truncateSync(file(`workflows/~57f~2f1.00001.json.gz${ending}`), 10),
      ["truncated-part"],
    ],
  ])("%s", async (_what, harm, expected) => {
    const { prefix, file } = copyOf(name);
    harm(file);
    expect(await damages(prefix)).toEqual(expected);
  });

  test("it is another instance's, or too old", async () => {
    expect(await damages(name, { instanceId: "isle0000000000000002" })).toEqual(["wrong-instance"]);
    expect(await damages(name, { notBefore: new Date(Date.now() + 1_000) })).toEqual(["stale"]);
  });

  test("its manifest was exchanged for another one that is in order by itself", async () => {
    expect(
      await damages(name, {}, { manifestSha256: createHash("sha256").update("").digest("hex") }),
    ).toEqual(["manifest-edited"]);
  });
});

describe("sealed", () => {
  test("parts changed places, within an archive or with another one of the same instance", async () => {
    const within = copyOf("sealed-one");
    swap(within.file(`${part}.sealed`), within.file(`${small}.sealed`));
    expect(await damages(within.prefix)).toEqual(["truncated-part", "damaged-part"]);
    const between = copyOf("sealed-one");
    cpSync(path.join(folder, "sealed-other", `${part}.sealed`), between.file(`${part}.sealed`));
    expect(await damages(between.prefix)).toEqual(["swapped-part"]);
    const manifest = copyOf("sealed-one");
    cpSync(path.join(folder, "sealed-other", "manifest.json.sealed"), manifest.file("manifest.json.sealed"));
    expect(await damages(manifest.prefix)).toEqual(["manifest-edited"]);
  });

  test("whole chunks of a part were left out, repeated or exchanged", async () => {
    const header = 43;
    const step = 64 * 1024 + 16;
    const changes: ((body: Buffer) => Buffer[])[] = [
      (body) => [body.subarray(step)],
      (body) => [body.subarray(step, 2 * step), body.subarray(0, step), body.subarray(2 * step)],
      (body) => [body.subarray(0, step), body],
    ];
    for (const change of changes) {
      const { prefix, file } = copyOf("sealed-one");
      const bytes = readFileSync(file(`${part}.sealed`));
      writeFileSync(
        file(`${part}.sealed`),
        Buffer.concat([bytes.subarray(0, header), ...change(bytes.subarray(header))]),
      );
      expect(["damaged-part", "truncated-part"]).toContain((await damages(prefix))[0]);
    }
  });

  test("the key is lost, wrong, damaged, or none", async () => {
    expect(await damages("sealed-one", {}, { hubKeys: [randomBytes(32)] })).toEqual(["unreadable-key"]);
    const damaged = copyOf("sealed-one");
    writeFileSync(
      damaged.file("seal.json"),
      readFileSync(damaged.file("seal.json"), "utf8").replace(/"key": "..../, '"key": "AAAA'),
    );
    expect(await damages(damaged.prefix)).toEqual(["unreadable-key"]);
    writeFileSync(damaged.file("seal.json"), "[]");
    expect(await damages(damaged.prefix)).toEqual(["unreadable-key"]);
    // Without its key's file it looks like one that is not sealed.
    rmSync(damaged.file("seal.json"));
    expect(await damages(damaged.prefix)).toEqual(["manifest-missing"]);
    const key = copyOf("sealed-one");
    cpSync(path.join(folder, "sealed-other", "seal.json"), key.file("seal.json"));
    expect(await damages(key.prefix)).toEqual(["manifest-edited"]);
  });

  test("a new key of the hub takes one small file, and the old one opens nothing afterwards", async () => {
    const { prefix, file } = copyOf("sealed-one");
    const before = readFileSync(file(`${part}.sealed`));
    const next = randomBytes(32);
    expect(await rewrap(storage, prefix, [next, hubKey])).toBe(true);
    expect(await rewrap(storage, prefix, [next, hubKey])).toBe(false);
    expect(readFileSync(file(`${part}.sealed`)).equals(before)).toBe(true);
    expect(await damages(prefix, {}, { hubKeys: [next] })).toEqual([]);
    expect(await damages(prefix)).toEqual(["unreadable-key"]);
  });
});

describe("plain", () => {
  /** As an enemy would: the manifest is rewritten, its signature removed. */
  function forged(change: (manifest: Manifest, file: (part: string) => string) => void): string {
    const { prefix, file } = copyOf("plain");
    rmSync(file("manifest.hmac"));
    edit(file("manifest.json"), (manifest) => change(manifest, file));
    return prefix;
  }
  /** Puts other bytes into a part, and has the manifest say what they are. */
  function refill(
    manifest: Manifest,
    file: (part: string) => string,
    content: Buffer,
    promise: object = {},
  ): void {
    const entry = manifest.parts.find(({ name }) => name === small);
    if (!entry) throw new Error("The archive has no such part.");
    const packed = gzipSync(content);
    writeFileSync(file(small), packed);
    const sha256 = createHash("sha256").update(packed).digest("hex");
    Object.assign(entry, { sha256, sizeBytes: packed.length, plainBytes: content.length, ...promise });
  }

  test("two parts changed places", async () => {
    const prefix = forged((_, file) => swap(file(part), file(small)));
    expect((await damages(prefix)).sort()).toEqual(["swapped-part", "truncated-part"]);
  });

  test("a signature that is missing or nobody's is told where one is asked for", async () => {
    const prefix = forged(() => {});
    expect(await damages(prefix)).toEqual([]);
    expect(await damages(prefix, {}, { authentic: true })).toEqual(["manifest-edited"]);
    expect(await damages("plain", {}, { authentic: true, hubKeys: [randomBytes(32)] })).toEqual([
      "manifest-edited",
    ]);
  });

  test.each<[string, Parameters<typeof forged>[0], string[]]>([
    ["another format", (manifest) => Object.assign(manifest, { formatVersion: 2 }), ["unknown-format"]],
    ["no manifest at all", (manifest) => Object.assign(manifest, { parts: "many" }), ["manifest-unreadable"]],
    [
      "a part outside of the archive",
      (manifest) => Object.assign(manifest.parts[0] ?? {}, { name: "../plain/manifest.json" }),
      ["manifest-unreadable"],
    ],
    [
      "an absolute path",
      (manifest) => Object.assign(manifest.parts[0] ?? {}, { name: "/etc/passwd" }),
      ["manifest-unreadable"],
    ],
    ["a part twice", (manifest) => manifest.parts.push(...manifest.parts), ["manifest-unreadable"]],
    [
      "a number beyond numbers",
      (manifest) => Object.assign(manifest.parts[0] ?? {}, { rows: 1e300 }),
      ["manifest-unreadable"],
    ],
    [
      "a size beyond sizes",
      (manifest) => Object.assign(manifest.parts[0] ?? {}, { plainBytes: 2 ** 40 }),
      ["manifest-unreadable"],
    ],
    [
      "fewer rows than promised",
      (manifest) => Object.assign(manifest.tables[1] ?? {}, { rows: 5_001 }),
      ["row-count-differs"],
    ],
    [
      "no table",
      (manifest) => Object.assign(manifest, { tables: [], parts: [] }),
      ["empty-archive", "extra-part"],
    ],
    [
      "a part with fewer rows",
      (manifest, file) => refill(manifest, file, Buffer.from('["1","x"]\n')),
      ["row-count-differs"],
    ],
    [
      "a gzip bomb",
      (manifest, file) => refill(manifest, file, Buffer.alloc(2 ** 26), { plainBytes: 1_000 }),
      ["oversized-part"],
    ],
    [
      "rows of another width",
      (manifest, file) => refill(manifest, file, Buffer.from('["1"]\n'.repeat(5_000))),
      ["malformed-row"],
    ],
    [
      "numbers for texts",
      (manifest, file) => refill(manifest, file, Buffer.from("[1e999,1]\n".repeat(5_000))),
      ["malformed-row"],
    ],
    [
      "a NUL",
      (manifest, file) => refill(manifest, file, Buffer.from('["1","\\u0000"]\n'.repeat(5_000))),
      ["malformed-row"],
    ],
    [
      "deep JSON",
      (manifest, file) =>
        refill(manifest, file, Buffer.from(`${"[".repeat(200_000)}\n`.repeat(5)), { rows: 5 }),
      ["row-count-differs", "malformed-row"],
    ],
  ])("%s", async (_what, change, expected) => {
    expect(await damages(forged(change))).toEqual(expected);
  });

  test("promises of more than may come out, all parts together", async () => {
    const options = { storage, prefix: "plain" };
    const { manifest } = await openArchive(options);
    const plainBytes = manifest.parts.reduce((sum, part) => sum + part.plainBytes, 0);
    await openArchive({ ...options, mostPlainBytes: plainBytes });
    await expect(openArchive({ ...options, mostPlainBytes: plainBytes - 1 })).rejects.toMatchObject({
      damage: "oversized-archive",
    });
  });
});
