import type { ReadableStream } from "node:stream/web";
import pg from "pg";
import type { Caller } from "../data/handler.ts";
import type { StorageContext } from "./context.ts";
import { maxFileBytes, mustBeAllowed, mustBeKey } from "./names.ts";
import { limitsOf, type NewObject, putObject } from "./objects.ts";
import { patienceBytes } from "./patience.ts";
import { invalidRequest, StorageProblem, tooLarge } from "./problem.ts";
import { transaction } from "./transaction.ts";

/** A file as a request brings it. */
interface Upload {
  content: ReadableStream<Uint8Array> | null;
  mimetype: string;
  cacheControl: string;
  userMetadata: Record<string, unknown> | null;
}

const maxUserMetadataBytes = 1024 * 1024;
/** What a form has around its file. */
const formOverheadBytes = 2 * 1024 * 1024;

/** What the client notes of its own; as there, what is no JSON object counts as nothing. */
function userMetadataIn(text: string | undefined): Record<string, unknown> | null {
  if (text === undefined) return null;
  if (Buffer.byteLength(text) > maxUserMetadataBytes) throw tooLarge("user_metadata");
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** A form is read whole, so it is cut off where it cannot be right any more. */
async function formOf(request: Request, maxBytes: number): Promise<FormData> {
  const most = maxBytes + formOverheadBytes;
  let read = 0;
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      read += chunk.length;
      if (read <= most) controller.enqueue(chunk);
      else if (read > most + patienceBytes) controller.error(tooLarge());
    },
    flush(controller) {
      if (read > most) controller.error(tooLarge());
    },
  });
  const headers = { "content-type": request.headers.get("content-type") ?? "" };
  try {
    return await new Response(request.body?.pipeThrough(cut) ?? null, { headers }).formData();
  } catch {
    if (read > most) throw tooLarge();
    throw invalidRequest("No content provided");
  }
}

async function uploadIn(request: Request, maxBytes: number): Promise<Upload> {
  const type = request.headers.get("content-type");
  if (type?.startsWith("multipart/form-data")) {
    const form = await formOf(request, maxBytes);
    const fields = [...form.values()];
    const file = fields.find((each) => each instanceof File);
    if (file === undefined) throw invalidRequest("No content provided");
    if (file.size > maxBytes) throw tooLarge();
    const field = (name: string) => {
      const value = form.get(name);
      return typeof value === "string" ? value : undefined;
    };
    const seconds = field("cacheControl");
    return {
      content: file.stream() as ReadableStream<Uint8Array>, // the same class; Node and the DOM name it apart
      mimetype: field("contentType") ?? (file.type || "application/octet-stream"),
      cacheControl: seconds === undefined ? "no-cache" : `max-age=${seconds}`,
      userMetadata: userMetadataIn(field("metadata") ?? field("userMetadata")),
    };
  }
  const given = request.headers.get("x-metadata");
  return {
    content: request.body as ReadableStream<Uint8Array> | null, // as above
    mimetype: type ?? "application/octet-stream",
    cacheControl: request.headers.get("cache-control") ?? "no-cache",
    userMetadata: userMetadataIn(given === null ? undefined : Buffer.from(given, "base64").toString()),
  };
}

/** Nobody is there any more to read the answer, but the emulator did not fail. */
function brokenOff(error: Error & { code?: string }): never {
  if (error.code !== "ECONNRESET" && error.code !== "ABORT_ERR") throw error;
  throw new StorageProblem(400, "Aborted", "Request aborted");
}

/** False where the database broke off, and may have kept the row. */
const surelyRefused = (error: unknown) =>
  error instanceof StorageProblem || (error instanceof pg.DatabaseError && error.severity === "ERROR");

/**
 * Writes the row of an object whose content is on disk, with the caller's rights. When that is refused the content
 * goes again; what it replaces goes once the row is there.
 */
export async function place(
  { project, pool, files }: StorageContext,
  caller: Caller,
  object: NewObject,
  upsert: boolean,
): Promise<{ Id: string; Key: string }> {
  const { id, replaced } = await transaction(pool, (run) => putObject(run, caller, object, upsert)).catch(
    async (error: unknown) => {
      if (surelyRefused(error)) await files.discard(project.ref, [object.version]);
      throw error;
    },
  );
  await files.discard(project.ref, [replaced]);
  return { Id: id, Key: `${object.bucketId}/${object.name}` };
}

/** Takes the file that a request brings: its content is on disk before its row is written. */
export async function upload(
  context: StorageContext,
  at: { bucketId: string; name: string },
  as: { caller: Caller; owner: string | undefined; upsert: boolean },
): Promise<{ Id: string; Key: string }> {
  const { project, pool, files, request } = context;
  const { bucketId, name } = at;
  const { maxBytes, allowed } = await transaction(pool, (run) => limitsOf(run, bucketId));
  mustBeKey(name);
  // What the dashboard puts into a new folder, whatever the bucket takes.
  const isPlaceholder = name.endsWith(".emptyFolderPlaceholder");
  const limit = isPlaceholder ? 0 : Math.min(maxBytes ?? maxFileBytes, maxFileBytes);
  const { content, mimetype, cacheControl, userMetadata } = await uploadIn(request, limit);
  if (allowed !== null && allowed.length > 0 && !isPlaceholder) mustBeAllowed(mimetype, allowed);
  const { version, sizeBytes, eTag } = await files.write(project.ref, content, limit).catch(brokenOff);
  const metadata = {
    eTag,
    size: sizeBytes,
    mimetype,
    cacheControl,
    lastModified: new Date(context.now).toISOString(),
    contentLength: sizeBytes,
    httpStatusCode: 200,
  };
  const object = { bucketId, name, owner: as.owner, version, metadata, userMetadata };
  return place(context, as.caller, object, as.upsert);
}
