import { z } from "zod";
import { readSigned, signMany, signOne, signUpload, uploadSigned } from "./addresses.ts";
import { bucketRoutes } from "./buckets.ts";
import { bodyAs, mustBeSomebody, ownerOf, type StorageContext } from "./context.ts";
import { info, serve } from "./download.ts";
import { listObjects, listSchema } from "./list.ts";
import { mustBeBucketName, mustBeKey } from "./names.ts";
import { findObject, limitsOf, moveObject, type ObjectRow, removeObjects } from "./objects.ts";
import { hearOut } from "./patience.ts";
import { accessDenied, invalidKey, noSuchBucket, noSuchKey, notEmulated, problemOf } from "./problem.ts";
import { service, transaction } from "./transaction.ts";
import { place, upload } from "./upload.ts";

const placesSchema = z.object({
  bucketId: z.string(),
  sourceKey: z.string(),
  destinationKey: z.string(),
  destinationBucket: z.string().optional(),
  sourceVersionId: z.string().optional(),
  copyMetadata: z.boolean().default(true),
  metadata: z.object({ cacheControl: z.string().optional(), mimetype: z.string().optional() }).optional(),
});
const removeSchema = z.object({ prefixes: z.array(z.string()).min(1).max(1000) });

/** Finds an object for reading: in a public bucket for anybody by `public`, else as far as the caller may see it. */
function reader(context: StorageContext, bucketId: string, name: string, isPublic: boolean) {
  return (): Promise<ObjectRow> =>
    transaction(context.pool, async (run) => {
      const bucket = await limitsOf(run, bucketId);
      if (bucket.isPublic) return findObject(run, service, bucketId, name);
      // Strangers do not learn which private buckets there are.
      if (isPublic || typeof context.caller !== "object") throw noSuchBucket();
      return findObject(run, context.caller, bucketId, name);
    });
}

async function put(context: StorageContext, bucketId: string, name: string, upsert: boolean) {
  const caller = mustBeSomebody(context);
  return Response.json(await upload(context, { bucketId, name }, { caller, owner: ownerOf(caller), upsert }));
}

async function placesIn(context: StorageContext) {
  const given = await bodyAs(context.request, placesSchema);
  if (given.sourceVersionId !== undefined) throw notEmulated("versions of objects");
  return {
    from: { bucketId: given.bucketId, name: given.sourceKey },
    to: {
      bucketId: mustBeBucketName(given.destinationBucket ?? given.bucketId),
      name: mustBeKey(given.destinationKey),
    },
    metadata: given.copyMetadata ? {} : { ...given.metadata },
  };
}

async function move(context: StorageContext): Promise<Response> {
  const caller = mustBeSomebody(context);
  const { from, to } = await placesIn(context);
  const moved = await transaction(context.pool, (run) =>
    moveObject(run, caller, from, { ...to, owner: ownerOf(caller) }),
  );
  return Response.json({ message: "Successfully moved", Id: moved.id, Key: moved.name });
}

async function copy(context: StorageContext): Promise<Response> {
  const caller = mustBeSomebody(context);
  const { pool, files, project, request, now } = context;
  const { from, to, metadata } = await placesIn(context);
  const source = await transaction(pool, async (run) => {
    await limitsOf(run, to.bucketId);
    return findObject(run, caller, from.bucketId, from.name);
  });
  const version = source.version === null ? undefined : await files.copy(project.ref, source.version);
  if (version === undefined) throw noSuchKey();
  const object = {
    ...to,
    owner: ownerOf(caller),
    version,
    metadata: { ...source.metadata, ...metadata, lastModified: new Date(now).toISOString() },
    userMetadata: source.user_metadata,
  };
  return Response.json(await place(context, caller, object, request.headers.get("x-upsert") === "true"));
}

async function removeMany(context: StorageContext, bucketId: string): Promise<Response> {
  const caller = mustBeSomebody(context);
  const { prefixes } = await bodyAs(context.request, removeSchema);
  const removed = await transaction(context.pool, (run) => removeObjects(run, caller, bucketId, prefixes));
  await context.files.discard(
    context.project.ref,
    removed.map((each) => each.version),
  );
  return Response.json(removed);
}

async function removeOne(context: StorageContext, bucketId: string, name: string): Promise<Response> {
  const caller = mustBeSomebody(context);
  const removed = await transaction(context.pool, async (run) => {
    await findObject(run, service, bucketId, name);
    return removeObjects(run, caller, bucketId, [name]);
  });
  if (removed.length === 0) throw accessDenied("Access denied");
  await context.files.discard(
    context.project.ref,
    removed.map((each) => each.version),
  );
  return Response.json({ message: "Successfully deleted" });
}

async function list(context: StorageContext, bucketId: string): Promise<Response> {
  const caller = mustBeSomebody(context);
  const asked = await bodyAs(context.request, listSchema);
  return Response.json(await transaction(context.pool, (run) => listObjects(run, caller, bucketId, asked)));
}

async function read(context: StorageContext, path: readonly string[]): Promise<Response> {
  const [first, ...rest] = path;
  if (first === "sign") return readSigned(context, rest[0] ?? "", rest.slice(1).join("/"));
  const wantsInfo = first === "info";
  const named = wantsInfo ? rest : path;
  const isPublic = named[0] === "public";
  const [bucketId = "", ...parts] = isPublic || named[0] === "authenticated" ? named.slice(1) : named;
  const find = reader(context, bucketId, mustBeKey(parts.join("/")), isPublic);
  return wantsInfo ? info(await find()) : serve(context, find);
}

async function objectRoutes(context: StorageContext, path: readonly string[]): Promise<Response> {
  const { request } = context;
  const [first = "", second = "", ...others] = path;
  const name = path.slice(1).join("/");
  switch (request.method) {
    case "GET":
    case "HEAD":
      return read(context, path);
    case "POST":
      if (first === "list" && others.length === 0) return list(context, second);
      if (first === "list-v2") throw notEmulated("lists with a cursor");
      if (first === "move" && second === "") return move(context);
      if (first === "copy" && second === "") return copy(context);
      if (first === "sign" && others.length === 0) return signMany(context, second);
      if (first === "sign") return signOne(context, second, mustBeKey(others.join("/")));
      if (first === "upload" && second === "sign")
        return signUpload(context, others[0] ?? "", others.slice(1).join("/"));
      return put(context, first, name, request.headers.get("x-upsert") === "true");
    case "PUT":
      if (first === "upload" && second === "sign")
        return uploadSigned(context, others[0] ?? "", others.slice(1).join("/"));
      return put(context, first, name, true);
    case "DELETE":
      return path.length === 1 ? removeMany(context, first) : removeOne(context, first, name);
    default:
      throw notEmulated(`${request.method} /object`);
  }
}

const leftOut: Record<string, string> = {
  render: "image transformations",
  s3: "the S3 protocol",
  upload: "resumable uploads",
  cdn: "purging of caches",
};

/** Path segments, decoded; `%2F` in one is a slash of the name. */
function segmentsOf(path: string): string[] {
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    throw invalidKey(path);
  }
}

/** Answers a request to a project's Storage. `path` is what stands after `/storage/v1`, as it was sent. */
export async function handleStorage(context: StorageContext, path: string): Promise<Response> {
  const { method } = context.request;
  try {
    const [kind = "", ...rest] = segmentsOf(path);
    if (kind === "bucket") return await bucketRoutes(context, rest.at(-1) === "" ? rest.slice(0, -1) : rest);
    if (kind === "object") return await objectRoutes(context, rest);
    throw notEmulated(leftOut[kind] ?? `${method} /${kind}`);
  } catch (error) {
    const problem = problemOf(error);
    await hearOut(context.request);
    return problem.response(method);
  }
}
