import { z } from "zod";
import type { Caller } from "../data/handler.ts";
import { bodyAs, mustBeSomebody, ownerId, ownerOf, type StorageContext } from "./context.ts";
import { limitInBytes, mustBeBucketName, mustBeMimeTypes } from "./names.ts";
import { emptyBucket, limitsOf } from "./objects.ts";
import { alreadyExists, invalidRequest, noSuchBucket, notEmulated, StorageProblem } from "./problem.ts";
import { type Run, service, transaction } from "./transaction.ts";

const columns = `id, name, coalesce(owner_id, owner::text, '') as owner, public, type,
  file_size_limit::float8 as file_size_limit, allowed_mime_types, created_at, updated_at`;

const settingsSchema = z.object({
  public: z.boolean().optional(),
  type: z.string().optional(),
  file_size_limit: z
    .union([z.int().min(0), z.string()])
    .nullable()
    .optional(),
  allowed_mime_types: z.array(z.string()).nullable().optional(),
  versioning_status: z.string().optional(),
});
const newSchema = settingsSchema.extend({ name: z.string(), id: z.string().optional() });

const listSchema = z.object({
  limit: z.coerce.number().int().min(1).optional(),
  offset: z.coerce.number().int().min(0).default(0),
  sortColumn: z.enum(["id", "name", "created_at", "updated_at"]).default("name"),
  sortOrder: z.enum(["asc", "desc"]).default("asc"),
  search: z.string().default(""),
});

/** Settings as columns; those that were not given are left out. */
function settingsIn(given: z.infer<typeof settingsSchema>): Record<string, unknown> {
  if (given.type !== undefined && given.type !== "STANDARD") throw notEmulated("analytics buckets");
  if (given.versioning_status === "ENABLED") throw notEmulated("versions of objects");
  const { file_size_limit: limit, allowed_mime_types: types } = given;
  if (types) mustBeMimeTypes(types);
  const all = {
    public: given.public,
    file_size_limit: limit === undefined || limit === null ? limit : limitInBytes(limit),
    allowed_mime_types: types,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

async function list(run: Run, caller: Caller, query: URLSearchParams): Promise<Response> {
  const asked = listSchema.safeParse(Object.fromEntries(query));
  if (!asked.success) throw invalidRequest(`querystring/${asked.error.issues[0]?.path.join("/")} is invalid`);
  const { limit, offset, sortColumn, sortOrder, search } = asked.data;
  return Response.json(
    // The column and the order are one of a few words of ours.
    await run(
      caller,
      `select ${columns} from storage.buckets where strpos(lower(name), lower($1)) > 0
        order by ${sortColumn} ${sortOrder}, id limit $2 offset $3`,
      [search, limit ?? null, offset],
    ),
  );
}

async function create(context: StorageContext, caller: Caller): Promise<Response> {
  const given = await bodyAs(context.request, newSchema);
  const name = mustBeBucketName(given.name);
  const id = mustBeBucketName(given.id || name);
  const settings = { public: false, ...settingsIn(given) };
  const owner = ownerOf(caller);
  const row = { id, name, owner: ownerId(owner), owner_id: owner ?? null, ...settings };
  const names = Object.keys(row);
  await transaction(context.pool, async (run) => {
    const there = await run(service, "select from storage.buckets where id = $1 or name = $2", [id, name]);
    if (there.length > 0) throw alreadyExists("BucketAlreadyExists");
    await run(
      caller,
      `insert into storage.buckets (${names.join(", ")}) values (${names.map((_, at) => `$${at + 1}`).join(", ")})`,
      Object.values(row),
    );
  });
  return Response.json({ name });
}

async function update(context: StorageContext, caller: Caller, id: string): Promise<Response> {
  const settings = settingsIn(await bodyAs(context.request, settingsSchema));
  const names = Object.keys(settings);
  if (names.length === 0) throw invalidRequest("No content provided");
  const changed = await transaction(context.pool, (run) =>
    run(
      caller,
      `update storage.buckets set updated_at = now(), ${names.map((name, at) => `${name} = $${at + 2}`).join(", ")}
        where id = $1 returning id`,
      [id, ...Object.values(settings)],
    ),
  );
  if (changed.length === 0) throw noSuchBucket();
  return Response.json({ message: "Successfully updated" });
}

async function remove(run: Run, caller: Caller, id: string): Promise<Response> {
  await limitsOf(run, id);
  if ((await run(service, "select from storage.objects where bucket_id = $1 limit 1", [id])).length > 0)
    throw new StorageProblem(409, "InvalidRequest", "The bucket you tried to delete is not empty");
  const removed = await run(caller, "delete from storage.buckets where id = $1 returning id", [id]);
  if (removed.length === 0) throw noSuchBucket();
  return Response.json({ message: "Successfully deleted" });
}

/** The bucket, as far as the caller may see it. */
async function find(run: Run, caller: Caller, id: string): Promise<object> {
  const [bucket] = await run<object>(caller, `select ${columns} from storage.buckets where id = $1`, [id]);
  if (bucket === undefined) throw noSuchBucket();
  return bucket;
}

/** `/bucket` and `/bucket/{id}`: each statement runs with the caller's rights. */
export async function bucketRoutes(context: StorageContext, path: readonly string[]): Promise<Response> {
  const caller = mustBeSomebody(context);
  const { request, pool, files, project } = context;
  const [id, action] = path;
  const route = `${request.method} ${id === undefined ? "" : "id"}${action === undefined ? "" : `/${action}`}`;
  switch (route) {
    case "GET ":
      return transaction(pool, (run) => list(run, caller, new URL(request.url).searchParams));
    case "POST ":
      return create(context, caller);
  }
  if (id === undefined) throw notEmulated(`${request.method} /bucket`);
  switch (route) {
    case "GET id":
      return Response.json(await transaction(pool, (run) => find(run, caller, id)));
    case "PUT id":
      return update(context, caller, id);
    case "DELETE id":
      return transaction(pool, (run) => remove(run, caller, id));
    case "POST id/empty": {
      const versions = await transaction(pool, async (run) => {
        await find(run, caller, id);
        return emptyBucket(run, caller, id);
      });
      await files.discard(project.ref, versions);
      return Response.json({ message: "Successfully emptied" });
    }
    default:
      throw notEmulated(`${request.method} /bucket/{id}${action === undefined ? "" : `/${action}`}`);
  }
}
