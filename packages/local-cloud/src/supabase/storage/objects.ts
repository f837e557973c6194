import { randomUUID } from "node:crypto";
import type { Caller } from "../data/handler.ts";
import { ownerId } from "./context.ts";
import { alreadyExists, noSuchBucket, noSuchKey } from "./problem.ts";
import { type Run, service } from "./transaction.ts";

/** What Storage notes of a file's content in column `metadata`. */
interface FileMetadata {
  eTag: string;
  size: number;
  mimetype: string;
  cacheControl: string;
  lastModified: string;
  contentLength: number;
  httpStatusCode: number;
}

/** A row of storage.objects. Its owner can have written anything: no field is sure to be there. */
export interface ObjectRow {
  id: string;
  name: string;
  bucket_id: string;
  owner: string | null;
  owner_id: string | null;
  version: string | null;
  metadata: Partial<FileMetadata> | null;
  user_metadata: Record<string, unknown> | null;
  created_at: Date;
  updated_at: Date;
  last_accessed_at: Date;
}

/** What an object is to be. */
export interface NewObject {
  bucketId: string;
  name: string;
  owner: string | undefined;
  version: string;
  metadata: Partial<FileMetadata>;
  userMetadata: Record<string, unknown> | null;
}

const columns =
  "id, name, bucket_id, owner, owner_id, version, metadata, user_metadata, created_at, updated_at, last_accessed_at";

/** The limits of a bucket, whoever asks. */
export async function limitsOf(
  run: Run,
  bucketId: string,
): Promise<{ isPublic: boolean; maxBytes: number | null; allowed: string[] | null }> {
  const [bucket] = await run<{ public: boolean | null; bytes: number | null; types: string[] | null }>(
    service,
    "select public, file_size_limit::float8 as bytes, allowed_mime_types as types from storage.buckets where id = $1",
    [bucketId],
  );
  if (bucket === undefined) throw noSuchBucket();
  return { isPublic: bucket.public === true, maxBytes: bucket.bytes, allowed: bucket.types };
}

/** The object, as far as the caller may see it. */
export async function findObject(
  run: Run,
  caller: Caller,
  bucketId: string,
  name: string,
): Promise<ObjectRow> {
  const [found] = await run<ObjectRow>(
    caller,
    `select ${columns} from storage.objects where bucket_id = $1 and name = $2`,
    [bucketId, name],
  );
  if (found === undefined) throw noSuchKey();
  return found;
}

/**
 * Writes an object's row with the caller's rights. `replaced` is the version that nobody refers to any more once
 * the transaction has been committed. Without `upsert` nothing is read back: a role may add what it may not see.
 */
export async function putObject(
  run: Run,
  caller: Caller,
  given: NewObject,
  upsert: boolean,
): Promise<{ id: string; replaced: string | null }> {
  const { bucketId, name, owner, version, metadata, userMetadata } = given;
  // Two who put the same name at once would otherwise both find nothing to replace.
  await run(service, "select pg_advisory_xact_lock(hashtextextended($1, 0))", [`${bucketId}/${name}`]);
  const [old] = await run<{ version: string | null }>(
    service,
    "select version from storage.objects where bucket_id = $1 and name = $2 for update",
    [bucketId, name],
  );
  if (old !== undefined && !upsert) throw alreadyExists("KeyAlreadyExists");
  const id = randomUUID();
  const insert = `insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`;
  const values = [
    id,
    bucketId,
    name,
    ownerId(owner),
    owner ?? null,
    version,
    JSON.stringify(metadata),
    userMetadata === null ? null : JSON.stringify(userMetadata),
  ];
  if (!upsert) {
    await run(caller, insert, values);
    return { id, replaced: null };
  }
  const [row] = await run<{ id: string }>(
    caller,
    `${insert} on conflict (bucket_id, name) do update set version = excluded.version, metadata = excluded.metadata,
       user_metadata = excluded.user_metadata, owner = coalesce(excluded.owner, objects.owner),
       owner_id = coalesce(excluded.owner_id, objects.owner_id)
     returning id`,
    values,
  );
  return { id: row?.id ?? id, replaced: old?.version ?? null };
}

/** Gives an object another name or bucket; its content stays where it is. */
export async function moveObject(
  run: Run,
  caller: Caller,
  from: { bucketId: string; name: string },
  to: { bucketId: string; name: string; owner: string | undefined },
): Promise<ObjectRow> {
  await findObject(run, caller, from.bucketId, from.name);
  const [moved] = await run<ObjectRow>(
    caller,
    `update storage.objects set bucket_id = $3, name = $4, owner = coalesce($5, owner), owner_id = coalesce($6, owner_id)
      where bucket_id = $1 and name = $2 returning ${columns}`,
    [from.bucketId, from.name, to.bucketId, to.name, ownerId(to.owner), to.owner ?? null],
  );
  // Seen, but not the caller's to change.
  if (moved === undefined) throw noSuchKey();
  return moved;
}

/** Removes those of the objects that the caller may remove, and gives them back. */
export function removeObjects(
  run: Run,
  caller: Caller,
  bucketId: string,
  names: readonly string[],
): Promise<ObjectRow[]> {
  return run<ObjectRow>(
    caller,
    `delete from storage.objects where bucket_id = $1 and name = any($2) returning ${columns}`,
    [bucketId, names],
  );
}

/** Removes all of a bucket's objects that the caller may remove; their versions. */
export async function emptyBucket(run: Run, caller: Caller, bucketId: string): Promise<(string | null)[]> {
  const rows = await run<{ version: string | null }>(
    caller,
    "delete from storage.objects where bucket_id = $1 returning version",
    [bucketId],
  );
  return rows.map((each) => each.version);
}
