import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import type { StorageContext } from "./context.ts";
import type { ObjectRow } from "./objects.ts";
import { noSuchKey, StorageProblem } from "./problem.ts";

/** First and last byte of what is wanted, or undefined for all. */
function rangeIn(header: string | null, sizeBytes: number): { start: number; end: number } | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (found === null) return undefined;
  const [, first = "", last = ""] = found;
  const start = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if ((first === "" && last === "") || start > end)
    throw new StorageProblem(400, "InvalidRange", "invalid range provided", "invalid_range");
  return { start, end };
}

/** What can stand in a header: clients and the project's owner write anything into an object's metadata. */
const headerText = (value: unknown, otherwise: string) =>
  typeof value === "string" && /^[\x20-\x7e]+$/.test(value) ? value : otherwise;

/** The content behind a row. Between the two somebody may have replaced it: then the row is read again. */
async function opened(
  context: StorageContext,
  find: () => Promise<ObjectRow>,
): Promise<{ row: ObjectRow; file: FileHandle }> {
  for (let previous: string | undefined; ; ) {
    const row = await find();
    const file = await context.files.open(context.project.ref, row.version);
    if (file !== undefined) return { row, file };
    if (row.version === null || row.version === previous) throw noSuchKey();
    previous = row.version;
  }
}

/** Sends an object's content, or with `HEAD` what would come with it. */
export async function serve(
  context: StorageContext,
  find: () => Promise<ObjectRow>,
  expiresAt?: Date,
): Promise<Response> {
  const { request } = context;
  const { row, file } = await opened(context, find);
  try {
    const { size } = await file.stat();
    const mimetype = headerText(row.metadata?.mimetype, "application/octet-stream");
    const eTag = headerText(row.metadata?.eTag, "");
    const cacheControl = headerText(row.metadata?.cacheControl, "no-cache");
    const headers = new Headers({
      "accept-ranges": "bytes",
      // A page of somebody's would run under the address of the project.
      "content-type": mimetype.includes("text/html") ? "text/plain" : mimetype,
      etag: eTag,
      "last-modified": row.updated_at.toUTCString(),
      "x-robots-tag": "none",
      ...(expiresAt === undefined ? { "cache-control": cacheControl } : { expires: expiresAt.toUTCString() }),
    });
    const download = new URL(request.url).searchParams.get("download");
    if (download === "") headers.set("content-disposition", "attachment;");
    else if (download !== null) {
      const name = encodeURIComponent(download);
      headers.set("content-disposition", `attachment; filename=${name}; filename*=UTF-8''${name}`);
    }
    if (request.headers.get("if-none-match") === eTag) {
      await file.close();
      return new Response(null, { status: 304, headers });
    }
    const range = rangeIn(request.headers.get("range"), size);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    headers.set("content-length", String(end - start + 1));
    if (range !== undefined) headers.set("content-range", `bytes ${start}-${end}/${size}`);
    const status = range === undefined ? 200 : 206;
    if (request.method === "HEAD" || size === 0) {
      await file.close();
      return new Response(null, { status, headers });
    }
    const content = Readable.toWeb(file.createReadStream({ start, end }));
    return new Response(content as ReadableStream<Uint8Array>, { status, headers }); // one class, named apart
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
}

/** An object without its content, as `info()` gives it. */
export function info(row: ObjectRow): Response {
  const { size = null, mimetype = null, cacheControl = null, eTag = null } = row.metadata ?? {};
  return Response.json({
    id: row.id,
    name: row.name,
    version: row.version,
    bucket_id: row.bucket_id,
    size,
    content_type: mimetype,
    cache_control: cacheControl,
    etag: eTag,
    metadata: row.user_metadata,
    last_modified: row.updated_at,
    created_at: row.created_at,
  });
}
