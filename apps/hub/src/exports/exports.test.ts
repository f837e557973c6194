import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { folderStorage } from "@atoll/archive/folder";
import { putManifest, putWrappedKey } from "@atoll/archive/make";
import type { Manifest } from "@atoll/archive/manifest";
import { wrapKey } from "@atoll/archive/seal";
import { packTar } from "@atoll/archive/tar";
import { prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openLater } from "../store/later.ts";
import type { Store } from "../store/store.ts";
import { type Exports, openExports, openUpload } from "./exports.ts";

const folder = mkdtempSync(path.join(tmpdir(), "atoll-exports-"));
const hubKey = Buffer.alloc(32, 7);
const archives = { storage: folderStorage(folder), place: "a folder", hubKeys: [hubKey] as const };
const settings = {
  keepMs: 1_000,
  archivedKeepMs: 1_000,
  limits: { bytes: 2 ** 20, fileBytes: 2 ** 20, files: 100 },
  mostPlainBytes: 10_000,
  mostFileBytes: 0,
};
let later: ReturnType<typeof openLater>;
let store: Store;
let exports: Exports;

beforeAll(async () => {
  const databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  later = openLater(databaseUrl);
  store = await later.store();
  exports = openExports({ store: later.store, archives, settings });
});
afterAll(async () => {
  await later?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true });
  await sql`truncate atoll.instances, atoll.uploads cascade`.execute(store);
  await sql`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, last_run)
    values ('i', 'toko', 'shop', 'local', 'live', '{}', '{}', 1)`.execute(store);
});

const lying = (prefix: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => path.relative(folder, path.join(each.parentPath, each.name)))
    .filter((name) => name.startsWith(prefix));

function manifest(parts: Manifest["parts"] = []): Manifest {
  return {
    format: "atoll-archive",
    formatVersion: 1,
    id: "0".repeat(32),
    kind: "export",
    instance: { id: "i", slug: "toko", blueprint: "shop" },
    schema: { version: 1 },
    checkpoint: { workflowIds: [] },
    madeAt: "2026-11-30T09:00:00.000Z",
    moment: { is: "one", at: "2026-11-30T09:00:00.000Z" },
    secrets: "included",
    postgres: "17",
    tables: [],
    sequences: [],
    parts,
  };
}

/** A tar with parts that unpack to so many bytes, and promise as many or other ones. */
function tarWith(...sizes: { plainBytes: number; promised?: number }[]): AsyncIterable<Uint8Array> {
  return tarOf(filesWith(sizes));
}

const tarOf = (files: readonly (readonly [name: string, content: Buffer])[]) =>
  packTar(
    files.map(([name, content]) => ({ name, sizeBytes: content.length, content: () => [content] })),
    new Date(0),
  );

function filesWith(sizes: readonly { plainBytes: number; promised?: number }[]) {
  const packed = sizes.map(({ plainBytes }) => gzipSync(Buffer.alloc(plainBytes)));
  const parts = packed.map((content, n): Manifest["parts"][number] => ({
    name: `files/f${n}.00001.gz`,
    kind: "file",
    of: `f${n}`,
    rows: 0,
    plainBytes: sizes[n]?.promised ?? sizes[n]?.plainBytes ?? 0,
    sizeBytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  return [
    ...parts.map(({ name }, n) => [name, packed[n] ?? Buffer.alloc(0)] as const),
    ["manifest.json", Buffer.from(JSON.stringify(manifest(parts)))] as const,
  ];
}

/** An export that is ready and expired long ago. */
async function expired(id: string): Promise<void> {
  const key = Buffer.alloc(32, 9);
  const to = {
    storage: archives.storage,
    prefix: `exports/${id}`,
    sealing: { archive: "0".repeat(32), key },
  };
  await putWrappedKey(archives.storage, to.prefix, wrapKey(key, hubKey, to.sealing.archive));
  const sha256 = await putManifest(to, manifest());
  await sql`insert into atoll.exports (id, instance_id, form, with_sql, state, manifest_sha256, ready_at, expires_at)
    values (${id}, 'i', 'archive', false, 'ready', ${sha256}, now(), now() - interval '1 day')`.execute(
    store,
  );
}
const addRun = (id: string, state: string, input: object = {}) =>
  sql`insert into atoll.runs (id, instance_id, number, kind, state, asked_by, keep_on_failure, input)
    values (${id}, 'i', 1, 'import', ${state}, 'somebody', false, ${JSON.stringify(input)}::jsonb)`.execute(
    store,
  );
const lateUpload = (id: string) =>
  sql`update atoll.uploads set expires_at = now() - interval '1 hour' where id = ${id}`.execute(store);

test("parts that promise too much together are refused by the field, and nothing of them stays", async () => {
  const too = exports.upload(tarWith({ plainBytes: 6_000 }, { plainBytes: 6_000 }), "somebody");
  await expect(too).rejects.toMatchObject({ kind: "rejected", field: "archive" });
  expect(lying("uploads/")).toEqual([]);
  const lies = tarWith({ plainBytes: 50_000, promised: 100 });
  const { id } = await exports.upload(lies, "somebody");
  const place = { store, archives, exporting: settings };
  const { archive } = await openUpload(place, id);
  const [part] = archive.manifest.parts;
  // What really comes out is held to what was promised.
  await expect(part && archive.read(part)).rejects.toMatchObject({ damage: "oversized-part" });
  // A limit that was lowered meanwhile counts, too.
  await expect(openUpload({ ...place, exporting: { mostPlainBytes: 99 } }, id)).rejects.toMatchObject({
    damage: "oversized-archive",
  });
});

test.each(["run.sh", "files/../../out.gz", "seal.json", "files/f0.00001.gz.sealed"])(
  "an archive in order with %s in it is refused, and nothing of it stays",
  async (name) => {
    const tar = tarOf([...filesWith([{ plainBytes: 10 }]), [name, Buffer.from("x")]]);
    await expect(exports.upload(tar, "somebody")).rejects.toMatchObject({ field: "archive" });
    expect(lying("uploads/")).toEqual([]);
  },
);

test("an export that somebody downloads outlives its time; afterwards it goes", async () => {
  await expired("one");
  await expired("two");
  await exports.download("one");
  await exports.sweep();
  expect(lying("exports/one/").length).toBeGreaterThan(0);
  expect(lying("exports/two/")).toEqual([]);
  await sql`update atoll.exports set held_until = now() - interval '1 second'`.execute(store);
  await exports.sweep();
  expect(lying("exports/")).toEqual([]);
  await expect(exports.download("one")).rejects.toMatchObject({ field: "id" });
});

test("an upload that a run imports, or may import again, is neither swept nor removed by hand", async () => {
  const { id } = await exports.upload(tarWith({ plainBytes: 10 }), "somebody");
  await lateUpload(id);
  await addRun("run", "running", { upload: id });
  await exports.sweep();
  await expect(exports.removeUpload(id)).rejects.toMatchObject({ field: "id" });
  await sql`update atoll.runs set state = 'failed'`.execute(store);
  await exports.sweep();
  expect(lying(`uploads/${id}`).length).toBeGreaterThan(0);
  // Another run came after the one that failed: nobody goes on with that.
  await sql`update atoll.instances set last_run = 2`.execute(store);
  await exports.sweep();
  expect(lying(`uploads/${id}`)).toEqual([]);
});

test("an upload that still comes in is left alone, and one that broke off goes", async () => {
  await sql`insert into atoll.uploads (id, by, expires_at, held_until) values
    ('comes', 'somebody', now() - interval '1 hour', now() + interval '5 minutes'),
    ('broke', 'somebody', now() - interval '1 hour', now() - interval '5 minutes')`.execute(store);
  for (const id of ["comes", "broke"]) await archives.storage.put(`uploads/${id}/x`, Buffer.from("x"));
  await exports.sweep();
  expect(lying("uploads/")).toEqual(["uploads/comes/x"]);
  await expect(exports.removeUpload("comes")).rejects.toMatchObject({ field: "id" });
});

test("files whose removal broke off are looked for again, and so is what a run never finished", async () => {
  await expired("one");
  await sql`update atoll.exports set state = 'removed'`.execute(store);
  await sql`insert into atoll.exports (id, instance_id, form, with_sql, created_at)
    values ('begun', 'i', 'archive', false, now() - interval '8 days')`.execute(store);
  await archives.storage.put("exports/begun/progress.json.sealed", Buffer.from("x"));
  await addRun("begun", "running");
  await exports.sweep();
  expect(lying("exports/")).toEqual(["exports/begun/progress.json.sealed"]);
  await sql`update atoll.runs set state = 'failed'`.execute(store);
  await exports.sweep();
  expect(lying("exports/")).toEqual([]);
});
