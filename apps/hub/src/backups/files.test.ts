import { createHash } from "node:crypto";
import type { Archive } from "@atoll/archive/open";
import type { StoredFiles } from "@atoll/supabase/stored-files";
import { expect, test } from "vitest";
import { differingFiles, lacksContents, storedExtras } from "./files.ts";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** A project's Storage with its rows, as SQL shows them. */
function project(
  files: Record<string, { text: string; eTag?: string; owner?: string }>,
  buckets = ["papers"],
) {
  const told: string[] = [];
  const rows = () =>
    Object.entries(files).map(([name, { text, eTag = `"${md5(text)}"`, owner = "ani" }], n) => ({
      id: uuid(n),
      name,
      owner,
      metadata: { eTag, size: text.length, mimetype: "text/plain", cacheControl: "max-age=60" },
    }));
  const ask = async (sql: string): Promise<Record<string, unknown>[]> => {
    if (sql.includes("to_regclass")) return [{ there: true }];
    if (sql.includes("count(*)"))
      return [{ files: rows().length, bytes: rows().reduce((sum, row) => sum + row.metadata.size, 0) }];
    if (sql.startsWith("update")) told.push(sql.replace(/\s+/g, " "));
    if (sql.includes("'fileSizeLimit'"))
      return buckets.map((bucket) => ({
        line: JSON.stringify({ bucket, public: false, fileSizeLimit: null, allowedMimeTypes: null }),
      }));
    if (sql.startsWith("select id from storage.buckets")) return buckets.map((id) => ({ id }));
    if (sql.includes("'userMetadata'"))
      return sql.includes("where id >")
        ? []
        : rows().map(({ id, name, metadata }) => ({
            line: JSON.stringify({ id, bucket: "papers", name, metadata, userMetadata: null, owner: "ani" }),
          }));
    return rows().map(({ name, owner, metadata }) => ({
      bucket: "papers",
      name,
      owner,
      sum: metadata.eTag.replaceAll('"', ""),
    }));
  };
  const storage: StoredFiles = {
    async read({ name }) {
      told.push(`read ${name}`);
      const found = files[name];
      return found && new Blob([found.text]).stream();
    },
    async write({ name }, heads, content) {
      let text = "";
      for await (const piece of content) text += Buffer.from(piece).toString("utf8");
      told.push(`write ${name} ${heads.mimetype} ${heads.cacheControl}`);
      files[name] = { text };
    },
    async makeBucket({ bucket }) {
      told.push(`bucket ${bucket}`);
    },
  };
  return { ask, storage, told, files };
}

/** What a backup of it holds, as an archive that is read. */
async function saved({ ask, storage }: ReturnType<typeof project>, mostBytes = 1_000) {
  const parts: { kind: string; of: string; bytes: Buffer }[] = [];
  for await (const { kind, id, content } of storedExtras(ask, { storage, mostBytes })) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    parts.push({ kind, of: id, bytes: Buffer.concat(pieces) });
  }
  const archive = {
    manifest: { parts },
    read: async (part: { bytes: Buffer }) => part.bytes,
  } as unknown as Archive; // nothing else of it is used
  const kinds = parts.map(({ kind }) => kind);
  return { archive, kinds, list: String(parts.find(({ kind }) => kind === "files")?.bytes) };
}

const differing = async ({ ask, storage }: ReturnType<typeof project>, archive: Archive) =>
  differingFiles(ask, storage, archive);

test("what is as it was is left alone, whatever its sum looks like; the rest comes back with heads and owner", async () => {
  const then = project({
    "same.txt": { text: "the same" },
    "parted.txt": { text: "in pieces" },
    "changed.txt": { text: "as it was" },
    "gone.txt": { text: "was here" },
  });
  const { archive, kinds } = await saved(then);
  expect(kinds).toEqual(["file", "file", "file", "file", "files"]);
  const now = project(
    {
      "same.txt": { text: "the same" },
      "parted.txt": { text: "in pieces", eTag: '"abc-2"' },
      "changed.txt": { text: "another" },
      "later.txt": { text: "added" },
    },
    [],
  );
  const found = await differing(now, archive);
  expect(found.map(({ file, isThere }) => [file.name, isThere])).toEqual([
    ["changed.txt", true],
    ["gone.txt", false],
  ]);
  expect(now.told).toEqual(["read parted.txt"]);
  for (const each of found) await each.put();
  expect(now.files).toMatchObject({
    "changed.txt": { text: "as it was" },
    "gone.txt": { text: "was here" },
    "later.txt": { text: "added" },
  });
  expect(now.told).toContain("bucket papers");
  expect(now.told).toContain("write gone.txt text/plain max-age=60");
  expect(now.told.filter((each) => each.includes("owner_id = 'ani'"))).toHaveLength(2);
  expect(await differing(now, archive)).toEqual([]);
});

test("a file that came back without its owner gets that one alone", async () => {
  const { archive } = await saved(project({ "a.txt": { text: "here" } }));
  const now = project({ "a.txt": { text: "here", owner: "nobody" } });
  const found = await differing(now, archive);
  expect(found).toMatchObject([{ file: { name: "a.txt" }, isThere: false }]);
  for (const each of found) await each.put();
  expect(now.told).toEqual([expect.stringContaining("owner_id = 'ani'")]);
});

test("more than the limit, or without a key, is listed without contents and restores nothing", async () => {
  const there = project({ "a.txt": { text: "twelve bytes" } });
  const { archive, kinds, list } = await saved(there, 11);
  expect(kinds).toEqual(["files"]);
  expect(list).toContain("a.txt");
  expect(list).not.toContain("contentMd5");
  expect(await lacksContents(archive)).toBe(true);
  expect(await lacksContents((await saved(there)).archive)).toBe(false);
  expect(await lacksContents((await saved(project({}))).archive)).toBe(false);
  there.files["a.txt"] = { text: "changed" };
  expect(await differing(there, archive)).toEqual([]);
});

test("one that was removed meanwhile stands in the list alone", async () => {
  const there = project({ "a.txt": { text: "here" }, "b.txt": { text: "gone soon" } });
  const { read } = there.storage;
  there.storage.read = async (file) => (file.name === "b.txt" ? undefined : read(file));
  const { kinds, list } = await saved(there);
  expect(kinds).toEqual(["file", "files"]);
  expect(list.match(/contentMd5/g)).toHaveLength(1);
});
