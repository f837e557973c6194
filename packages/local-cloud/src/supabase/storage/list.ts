import { z } from "zod";
import type { Caller } from "../data/handler.ts";
import type { Run } from "./transaction.ts";

/** What `list()` asks for. */
export const listSchema = z.object({
  prefix: z.string(),
  limit: z.int().min(1).default(100),
  offset: z.int().min(0).default(0),
  search: z.string().default(""),
  sortBy: z
    .object({
      column: z.enum(["name", "updated_at", "created_at", "last_accessed_at"]).default("name"),
      order: z.enum(["asc", "desc"]).default("asc"),
    })
    .default({ column: "name", order: "asc" }),
});

/** An entry of a folder; one that is a folder itself has a name only. */
interface Entry {
  name: string;
  id: string | null;
  updated_at: Date | null;
  created_at: Date | null;
  last_accessed_at: Date | null;
  metadata: unknown;
}

const maxEntries = 1500;

/**
 * The entries of one folder that the caller may see. As there, `search` is the beginning of a name, upper and lower
 * case are the same, and ordered by a date the folders come first.
 */
export function listObjects(
  run: Run,
  caller: Caller,
  bucketId: string,
  asked: z.infer<typeof listSchema>,
): Promise<Entry[]> {
  const { prefix, search, sortBy, limit, offset } = asked;
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  // Both are one of a few words of ours.
  const { column, order } = sortBy;
  const byName = `lower(key) collate "C" ${order}, key collate "C" ${order}`;
  return run<Entry>(
    caller,
    `with found as (
       select *, strpos(substr(name, length($2) + length($3) + 1), '/') as slash
         from storage.objects where bucket_id = $1 and starts_with(lower(name), lower($2 || $3))
     ), entries as (
       select substr(name, length($2) + 1) as name, substr(name, length($2) + 1) as key,
              id, updated_at, created_at, last_accessed_at, metadata
         from found where slash = 0
       union all
       select trim(trailing '/' from key), key, null, null, null, null, null
         from (select distinct substr(left(name, length($2) + length($3) + slash), length($2) + 1) as key
                 from found where slash > 0) as folders
     )
     select name, id, updated_at, created_at, last_accessed_at, metadata from entries where name <> ''
      order by ${column === "name" ? byName : `(id is not null), ${column} ${order}, ${byName}`}
      limit $4 offset $5`,
    [bucketId, folder, search, Math.min(limit, maxEntries), offset],
  );
}
