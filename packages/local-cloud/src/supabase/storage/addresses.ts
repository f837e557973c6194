import { z } from "zod";
import { bodyAs, mustBeSomebody, ownerOf, type StorageContext } from "./context.ts";
import { serve } from "./download.ts";
import { mustBeKey } from "./names.ts";
import { findObject, limitsOf, type NewObject, putObject } from "./objects.ts";
import { notEmulated } from "./problem.ts";
import { mustOpen, sign } from "./tokens.ts";
import { service, transaction } from "./transaction.ts";
import { upload } from "./upload.ts";

/** A hundred years: more is a mistake in the unit. */
const maxSeconds = 100 * 365 * 24 * 3600;
const seconds = z.int().min(1).max(maxSeconds);
const oneSchema = z.object({ expiresIn: seconds, transform: z.object({}).loose().optional() });
const manySchema = z.object({ expiresIn: seconds, paths: z.array(z.string()).min(1).max(1000) });

const uploadSeconds = 2 * 3600;

/** `POST /object/sign/{bucket}/{name}`: an address that opens an object which the caller may read. */
export async function signOne(context: StorageContext, bucketId: string, name: string): Promise<Response> {
  const caller = mustBeSomebody(context);
  const { expiresIn, transform } = await bodyAs(context.request, oneSchema);
  if (transform !== undefined && Object.keys(transform).length > 0)
    throw notEmulated("image transformations");
  await transaction(context.pool, (run) => findObject(run, caller, bucketId, name));
  const url = `${bucketId}/${name}`;
  const token = await sign(context.project, { scope: "download", url }, expiresIn, context.now);
  return Response.json({ signedURL: `/object/sign/${url}?token=${token}` });
}

/** `POST /object/sign/{bucket}`: the same for several; each with its own error. */
export async function signMany(context: StorageContext, bucketId: string): Promise<Response> {
  const caller = mustBeSomebody(context);
  const { expiresIn, paths } = await bodyAs(context.request, manySchema);
  const found = await transaction(context.pool, (run) =>
    run<{ name: string }>(
      caller,
      "select name from storage.objects where bucket_id = $1 and name = any($2)",
      [bucketId, paths],
    ),
  );
  const readable = new Set(found.map((each) => each.name));
  const signed = paths.map(async (path) => {
    if (!readable.has(path)) {
      const error = "Either the object does not exist or you do not have access to it";
      return { error, path, signedURL: null };
    }
    const url = `${bucketId}/${path}`;
    const token = await sign(context.project, { scope: "download", url }, expiresIn, context.now);
    return { error: null, path, signedURL: `/object/sign/${url}?token=${token}` };
  });
  return Response.json(await Promise.all(signed));
}

const tokenIn = (request: Request) => new URL(request.url).searchParams.get("token") ?? "";

/** `GET /object/sign/{bucket}/{name}?token=`: whoever has the address reads the object, until it expires. */
export async function readSigned(context: StorageContext, bucketId: string, name: string): Promise<Response> {
  const wanted = { scope: "download", url: `${bucketId}/${name}` } as const;
  const { expiresAt } = await mustOpen(context.project, tokenIn(context.request), wanted, context.now);
  const find = () => transaction(context.pool, (run) => findObject(run, service, bucketId, name));
  return serve(context, find, expiresAt);
}

/** `POST /object/upload/sign/{bucket}/{name}`: an address to which one file may be uploaded, as the caller might. */
export async function signUpload(context: StorageContext, bucketId: string, name: string): Promise<Response> {
  const caller = mustBeSomebody(context);
  const owner = ownerOf(caller);
  const upsert = context.request.headers.get("x-upsert") === "true";
  const object: NewObject = {
    bucketId,
    name: mustBeKey(name),
    owner,
    version: crypto.randomUUID(),
    metadata: {},
    userMetadata: null,
  };
  await transaction(
    context.pool,
    async (run) => {
      await limitsOf(run, bucketId);
      await putObject(run, caller, object, upsert);
    },
    "rollback",
  );
  const url = `${bucketId}/${name}`;
  const signed = { scope: "upload", url, upsert, ...(owner === undefined ? {} : { owner }) } as const;
  const token = await sign(context.project, signed, uploadSeconds, context.now);
  return Response.json({ url: `/object/upload/sign/${url}?token=${token}`, token });
}

/** `PUT /object/upload/sign/{bucket}/{name}?token=`: the upload itself, of whoever has the address. */
export async function uploadSigned(
  context: StorageContext,
  bucketId: string,
  name: string,
): Promise<Response> {
  const wanted = { scope: "upload", url: `${bucketId}/${name}` } as const;
  const { owner, upsert } = await mustOpen(context.project, tokenIn(context.request), wanted, context.now);
  const { Key } = await upload(context, { bucketId, name }, { caller: service, owner, upsert });
  return Response.json({ Key });
}
