import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { ArchiveFault } from "@atoll/archive/damage";
import { folderStorage } from "@atoll/archive/folder";
import { openArchive } from "@atoll/archive/open";
import { Fault } from "@atoll/core/fault";
import { takeIn } from "@atoll/hub/exports/intake";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { seedOf } from "../support/seed.ts";
import { text } from "./hostile-input.ts";

const seed = seedOf("ATOLL_ARCHIVE_SEED");
console.log(`ATOLL_ARCHIVE_SEED=${seed}`);
const numRuns = Number(process.env.ATOLL_FUZZ_RUNS ?? 250);
const folder = mkdtempSync(path.join(tmpdir(), "atoll-hostile-"));
const place = path.join(folder, "storage");
writeFileSync(path.join(folder, "outside"), "untouched");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const limits = { files: 20, fileBytes: 4_096, bytes: 16_384 };

interface Entry {
  name: string;
  link: string;
  type: string;
  size: number | undefined;
  content: string;
  badSum: boolean;
  pax: string | undefined;
}

/** A block of a tar as an enemy writes it: any name, type and size. */
function block({ name, link, type, size, content, badSum }: Entry): Buffer {
  const head = Buffer.alloc(512);
  head.write(name, 0, 100, "utf8");
  head.write("0000644\0", 100, "latin1");
  const said = size ?? Buffer.byteLength(content);
  head.write(
    said < 0 ? `-${(-said).toString(8)}` : `${said.toString(8).padStart(11, "0")}`.slice(0, 12),
    124,
    12,
    "latin1",
  );
  head.write("00000000000\0", 136, "latin1");
  head.write("        ", 148, "latin1");
  head.write(type, 156, 1, "latin1");
  head.write(link, 157, 100, "utf8");
  head.write("ustar\x0000", 257, "latin1");
  const sum = head.reduce((total, byte) => total + byte, 0) + (badSum ? 1 : 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  const body = Buffer.from(content);
  return Buffer.concat([head, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const hostileName = fc.oneof(
  fc.constantFrom(
    "manifest.json",
    "export/manifest.json",
    "tables/public.a.00001.ndjson.gz",
    "export/tables/public.a.00001.ndjson.gz",
    "../outside",
    "export/../../outside",
    "/etc/passwd",
    "//server/share",
    "C:\\windows\\system32",
    "..\\outside",
    "tables/../../../outside.gz",
    "tables/.",
    "tables/a\u0000.gz",
    "./././manifest.json",
    "seal.json",
    "tables/CON.gz",
    "~/.ssh/authorized_keys",
    "tables/é.gz",
  ),
  text().map((each) => each.slice(0, 200)),
);

const entry: fc.Arbitrary<Entry> = fc.record({
  name: hostileName,
  link: fc.constantFrom("", "../../outside", "/etc/passwd"),
  type: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("0", "\0") },
    {
      weight: 2,
      arbitrary: fc.constantFrom("1", "2", "3", "4", "5", "6", "7", "x", "g", "L", "K", "S", "Z"),
    },
  ),
  size: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 0, 1, 5_000, 2 ** 33 - 1, 8_589_934_591) },
  ),
  content: fc.oneof(fc.string({ maxLength: 700 }), fc.constant("x".repeat(4_097)), fc.constant("{}")),
  badSum: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  pax: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        hostileName.map((name) => `path=${name}`),
        fc.constantFrom(
          "size=99999999999999999999",
          "size=-1",
          "linkpath=/etc/passwd",
          "path=",
          "GNU.sparse.size=1",
          "=x",
          "path",
        ),
      ),
    },
  ),
});

function packed({ pax, ...rest }: Entry): Buffer {
  if (pax === undefined) return block({ pax, ...rest });
  const line = ` ${pax}\n`;
  const record = `${Buffer.byteLength(line) + 2}${line}`;
  return Buffer.concat([
    block({ ...rest, name: "PaxHeader", type: "x", size: undefined, content: record, pax }),
    block({ pax, ...rest }),
  ]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** All files below a folder, with links and whatever else stands there. */
const below = (at: string) =>
  readdirSync(at, { recursive: true, encoding: "utf8" }).map((name) => ({
    name,
    stat: lstatSync(path.join(at, name)),
  }));

test("whatever a tar holds, nothing lands outside of its place and nothing exceeds the limits", async () => {
  let [taken, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 30 }),
      fc.constantFrom(1, 511, 512, 10_000),
      fc.constantFrom(0, 1, 1_024),
      async (entries, size, cut) => {
        rmSync(place, { recursive: true, force: true });
        mkdirSync(place);
        const whole = Buffer.concat([...entries.map(packed), Buffer.alloc(1_024)]);
        const bytes = whole.subarray(0, whole.length - cut);
        const options = { storage: folderStorage(place), prefix: "uploads/x", limits };
        try {
          await takeIn(inPieces(bytes, size === 1 && bytes.length > 2_000 ? 300 : size), options);
          taken += 1;
        } catch (error) {
          // A refusal in words, never a crash of the reader.
          if (!(error instanceof Fault)) throw error;
          refused += 1;
        }
        const found = below(place);
        for (const { name, stat } of found) {
          expect(stat.isFile() || stat.isDirectory(), name).toBe(true);
          if (stat.isFile()) expect(name).toMatch(/^uploads\/x\/[\w./~-]+$/);
        }
        const files = found.filter(({ stat }) => stat.isFile());
        expect(files.length).toBeLessThanOrEqual(limits.files);
        expect(files.reduce((sum, { stat }) => sum + stat.size, 0)).toBeLessThanOrEqual(limits.bytes);
        expect(readdirSync(folder).sort()).toEqual(["outside", "storage"]);
      },
    ),
    { seed, numRuns, endOnFailure: true },
  );
  expect(readFileSync(path.join(folder, "outside"), "utf8")).toBe("untouched");
  expect([taken > 0, refused > 0]).toEqual([true, true]);
}, 600_000);

test("an extended header that is none does not keep the hub busy for ever", async () => {
  for (const record of ["{}", "x", "0 path=a\n", " path=a\n", "-5 path=a\n", "00000"]) {
    const plain = { link: "", size: undefined, badSum: false, pax: undefined };
    const bytes = block({ ...plain, name: "PaxHeader", type: "x", content: record });
    const options = { storage: folderStorage(place), prefix: "uploads/x", limits };
    await expect(takeIn(inPieces(bytes, 512), options), record).rejects.toMatchObject({ field: "archive" });
  }
});

/** A table of contents that is almost right: with a hostile value, a hostile name, a promise that is none. */
const manifest = fc
  .record(
    {
      format: fc.constantFrom<unknown>("atoll-archive", "x", null),
      formatVersion: fc.constantFrom<unknown>(1, 2, -1, 1e308, "1"),
      id: fc.oneof(fc.constant("0".repeat(32)), text()),
      kind: fc.oneof(fc.constantFrom("backup", "export", "take-out"), text()),
      instance: fc.oneof(fc.constant({ id: "i", slug: "s", blueprint: "business" }), fc.jsonValue()),
      schema: fc.oneof(fc.constant({ version: 1 }), fc.jsonValue()),
      madeAt: fc.oneof(fc.constant("2026-11-30T00:00:00Z"), text()),
      tables: fc.oneof(
        fc.array(fc.record({ name: text(), rows: fc.oneof(fc.integer(), fc.double()) })),
        fc.jsonValue(),
      ),
      parts: fc.oneof(
        fc.array(
          fc.record({
            name: fc.oneof(fc.constant("tables/public.a.00001.ndjson.gz"), hostileName),
            sizeBytes: fc.oneof(fc.integer(), fc.constantFrom(2 ** 53, -1)),
            plainBytes: fc.oneof(fc.integer(), fc.constantFrom(2 ** 53, 1, 0)),
            sha256: fc.oneof(fc.constant("0".repeat(64)), text()),
          }),
          { maxLength: 5 },
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  )
  .chain((value) =>
    fc.constantFrom(JSON.stringify(value), `${JSON.stringify(value)}x`, `[${"[".repeat(5_000)}`),
  );

test("whatever a table of contents says, it is refused in words or every part is checked", async () => {
  await fc.assert(
    fc.asyncProperty(manifest, async (bytes) => {
      rmSync(place, { recursive: true, force: true });
      const storage = folderStorage(place);
      await storage.put("a/manifest.json", Buffer.from(bytes));
      await storage.put("a/tables/public.a.00001.ndjson.gz", gzipSync(Buffer.alloc(1_000_000)));
      try {
        const archive = await openArchive({ storage, prefix: "a", hubKeys: [] });
        for (const part of archive.manifest.parts) await archive.read(part);
      } catch (error) {
        if (!(error instanceof ArchiveFault) && !(error instanceof Fault)) throw error;
      }
    }),
    { seed, numRuns: Math.ceil(numRuns / 5), endOnFailure: true },
  );
}, 600_000);
