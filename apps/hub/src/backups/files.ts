import { createHash } from "node:crypto";
import { type Ask, literal } from "@atoll/archive/catalog";
import type { Extra } from "@atoll/archive/extras";
import { keptIn } from "@atoll/archive/kept";
import type { Archive } from "@atoll/archive/open";
import type { Situation } from "@atoll/core/operation";
import { Secret } from "@atoll/core/secret";
import { type Bucket, type StoredFile, type StoredFiles, storedFiles } from "@atoll/supabase/stored-files";

/** One line of an archive's list of files; `contentMd5` where its content is in the archive, too. */
interface FileLine extends StoredFile {
  /** Of its row, and of its content's parts. */
  id: string;
  metadata: { size?: number; mimetype?: string; cacheControl?: string } | null;
  userMetadata: Record<string, unknown> | null;
  owner: string | null;
  contentMd5?: string;
}

/** So many files have their contents in a backup at most: what is known of them is held in memory meanwhile. */
const mostFiles = 100_000;

/** The Storage of the instance's project; undefined where it has none, or nobody has its key. */
export function storageOf({ things }: Pick<Situation, "things">): StoredFiles | undefined {
  const attrsOf = (kind: string) =>
    Object([...things.values()].find((each) => each.kind === kind)?.attrs) as Record<string, unknown>; // as its adapter keeps them
  const { url } = attrsOf("supabase.project");
  const { secret } = attrsOf("supabase.api-keys");
  return typeof url === "string" && secret instanceof Secret ? storedFiles(url, secret) : undefined;
}

async function hasStorage(ask: Ask): Promise<boolean> {
  const [there] = await ask("select to_regclass('storage.objects') is not null as there");
  return there?.there === true;
}

/** Rows of all files, a page at a time. */
async function* filesThere(ask: Ask): AsyncGenerator<FileLine[]> {
  for (let after = ""; ; ) {
    const rows = await ask(
      `select json_build_object('id', id, 'bucket', bucket_id, 'name', name, 'metadata', metadata,
           'userMetadata', user_metadata, 'owner', owner_id)::text as line
         from storage.objects ${after === "" ? "" : `where id > ${literal(after)}::uuid`} order by id limit 1000`,
    );
    const lines = rows.map(({ line }) => JSON.parse(String(line)) as FileLine); // as the statement makes it
    if (lines.length === 0) return;
    yield lines;
    after = lines.at(-1)?.id ?? "";
  }
}

const bucketsSql = `select json_build_object('bucket', id, 'public', coalesce(public, false),
    'fileSizeLimit', file_size_limit, 'allowedMimeTypes', allowed_mime_types)::text as line
  from storage.buckets order by id`;

/**
 * The contents of all stored files, and after them their list with the buckets. Contents are left out where all together
 * have more than `mostBytes`, or nobody has the key; a file that was removed meanwhile stands in the list alone.
 */
export async function* storedExtras(
  ask: Ask,
  { storage, mostBytes }: { storage: StoredFiles | undefined; mostBytes: number },
): AsyncGenerator<Extra> {
  if (!(await hasStorage(ask))) return;
  const [all] = await ask(
    "select count(*)::int as files, coalesce(sum((metadata ->> 'size')::bigint), 0)::float8 as bytes from storage.objects",
  );
  const isSmall = Number(all?.files) <= mostFiles && Number(all?.bytes) <= mostBytes;
  const sums = new Map<string, string>();
  if (storage !== undefined && isSmall)
    for await (const files of filesThere(ask))
      for (const file of files) {
        const content = await storage.read(file);
        if (content === undefined) continue;
        const hash = createHash("md5");
        yield { kind: "file", id: file.id, content: summed(content, hash) };
        sums.set(file.id, hash.digest("hex"));
      }
  yield { kind: "files", id: "storage", content: listed(ask, sums) };
}

async function* summed(content: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
}

async function* listed(ask: Ask, sums: ReadonlyMap<string, string>): AsyncGenerator<Buffer> {
  for (const { line } of await ask(bucketsSql)) yield Buffer.from(`${line}\n`);
  for await (const files of filesThere(ask)) {
    const lines = files.map((file) => {
      const contentMd5 = sums.get(file.id);
      return `${JSON.stringify({ ...file, ...(contentMd5 !== undefined && { contentMd5 }) })}\n`;
    });
    yield Buffer.from(lines.join(""));
  }
}

/** A file that is not as the archive has it, and how it becomes that. */
interface DifferingFile {
  file: StoredFile;
  /** What a file of that name holds is written over. */
  isThere: boolean;
  put(): Promise<void>;
}

async function* linesIn(archive: Archive): AsyncGenerator<FileLine | Bucket> {
  for (const { content } of keptIn(archive, "files")) {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const piece of content()) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as FileLine | Bucket; // sealed by us, as `listed` wrote it
    }
  }
}

/** Whether an archive lists files and holds the contents of none: they were too many, or nobody had the key. */
export async function lacksContents(archive: Archive): Promise<boolean> {
  let isAny = false;
  for await (const line of linesIn(archive)) {
    if (!("name" in line)) continue;
    if (line.contentMd5 !== undefined) return false;
    isAny = true;
  }
  return isAny;
}

const placeOf = ({ bucket, name }: StoredFile) => `${bucket}/${name}`;

/**
 * The files of an archive, with their contents in it, that are not there or hold something else. What is there beside
 * them is left alone. `ask` may write: a file gets back the owner that it had.
 */
export async function differingFiles(
  ask: Ask,
  storage: StoredFiles | undefined,
  archive: Archive,
): Promise<DifferingFile[]> {
  const contents = new Map(keptIn(archive, "file").map(({ id, content }) => [id, content]));
  if (contents.size === 0 || storage === undefined || !(await hasStorage(ask))) return [];
  const there = new Map<string, { sum: string; owner: unknown }>();
  const rows = await ask(
    `select bucket_id as bucket, name, trim(both '"' from metadata ->> 'eTag') as sum, owner_id as owner
       from storage.objects`,
  );
  for (const { bucket, name, sum, owner } of rows)
    there.set(placeOf({ bucket: String(bucket), name: String(name) }), { sum: String(sum), owner });
  const known = new Set((await ask("select id from storage.buckets")).map(({ id }) => String(id)));
  const buckets = new Map<string, Bucket>();
  const differing: DifferingFile[] = [];
  for await (const line of linesIn(archive)) {
    if (!("name" in line)) {
      buckets.set(line.bucket, line);
      continue;
    }
    const content = contents.get(line.id);
    if (line.contentMd5 === undefined || content === undefined) continue;
    const { bucket, name, owner } = line;
    const setOwner = async () => {
      if (owner !== null)
        await ask(
          `update storage.objects set owner_id = ${literal(owner)}
             where bucket_id = ${literal(bucket)} and name = ${literal(name)}`,
        );
    };
    const now = there.get(placeOf(line));
    if (await isSame(line, now?.sum, storage)) {
      // Whoever put the content back may have died before this: policies go by it.
      if (owner !== null && now?.owner !== owner)
        differing.push({ file: { bucket, name }, isThere: false, put: setOwner });
      continue;
    }
    differing.push({
      file: { bucket, name },
      isThere: now !== undefined,
      async put() {
        const missing = known.has(bucket) ? undefined : buckets.get(bucket);
        if (missing !== undefined) await storage.makeBucket(missing);
        const { mimetype = "application/octet-stream", cacheControl = "no-cache" } = line.metadata ?? {};
        const heads = {
          mimetype,
          cacheControl,
          ...(line.userMetadata && { userMetadata: line.userMetadata }),
        };
        await storage.write({ bucket, name }, heads, content());
        await setOwner();
      },
    });
  }
  return differing;
}

/** Storage calls a file's MD5 its eTag, unless it was sent in pieces: then it is read. */
async function isSame(
  { contentMd5, ...file }: FileLine,
  sum: string | undefined,
  storage: StoredFiles,
): Promise<boolean> {
  if (sum === undefined || sum === contentMd5) return sum !== undefined;
  if (/^[0-9a-f]{32}$/.test(sum)) return false;
  const content = await storage.read(file);
  if (content === undefined) return false;
  const hash = createHash("md5");
  for await (const piece of content) hash.update(piece);
  return hash.digest("hex") === contentMd5;
}
