import { StorageApiError } from "@supabase/supabase-js";
import type { Supabase } from "../supabase";

/** Whether a file's content is in the store; undefined when the store does not say. */
export async function hasContent(database: Supabase, path: string): Promise<boolean | undefined> {
  const { data, error } = await database.storage.from("files").info(path);
  if (data) return true;
  if (!(error instanceof StorageApiError)) return undefined;
  return error.status === 400 || error.status === 404 ? false : undefined;
}
