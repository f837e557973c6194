"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { asked } from "../asked";
import { refusalText, uuid } from "../fields";
import type { RecordState } from "../record-actions";
import { words } from "../words";
import { hasContent } from "./content";
import { fileNameFrom, maxFileBytes, mimeTypeFrom } from "./file-name";

/** What is known of a file before it is sent. */
export interface FileToSend {
  project: string;
  name: string;
  type: string;
  sizeBytes: number;
  shared: boolean;
}

/** Where the browser puts the content, once and only there. */
interface Begun {
  id: string;
  url: string;
}

const bucket = "files";

/**
 * Notes a file and gives the address for its content. The content goes from the browser straight to the store:
 * hosts limit what passes through a server.
 */
export async function beginUpload(file: FileToSend): Promise<Begun | { message: string }> {
  const [what, { list, agency: text }] = await Promise.all([asked("files", "files"), words()]);
  if (!what) return { message: list.notAllowed };
  const { me } = what;
  const name = fileNameFrom(String(file.name));
  if (name === "") return { message: text.emptyName };
  if (!uuid.test(file.project)) return { message: list.badChoice };
  if (!Number.isSafeInteger(file.sizeBytes) || file.sizeBytes < 0 || file.sizeBytes > maxFileBytes) {
    return { message: text.chooseFile };
  }
  const { data, error } = await me.database
    .from("files")
    .insert({
      project_id: file.project,
      name,
      mime_type: mimeTypeFrom(String(file.type)),
      size_bytes: file.sizeBytes,
      // What a client sends is always seen by the client.
      shared_with_client: me.role === "client" || file.shared === true,
    })
    .select("id, storage_path")
    .single<{ id: string; storage_path: string }>();
  if (error) return { message: refusalText(error, list) };
  const signed = await me.database.storage.from(bucket).createSignedUploadUrl(data.storage_path);
  if (signed.error) {
    await me.database.from("files").delete().eq("id", data.id);
    return { message: text.storageAway };
  }
  return { id: data.id, url: signed.data.signedUrl };
}

/** Looks whether the content has arrived; a file without content is not kept. */
export async function finishUpload(id: string): Promise<RecordState> {
  const [what, { list, agency: text }] = await Promise.all([asked("files", "files"), words()]);
  if (!what || !uuid.test(id)) return { message: list.notAllowed };
  const { database } = what.me;
  const { data: file } = await database
    .from("files")
    .select("storage_path")
    .eq("id", id)
    .maybeSingle<{ storage_path: string }>();
  if (!file) return { message: list.notAllowed };
  const there = await hasContent(database, file.storage_path);
  // A client may not remove files: theirs stays in the list and says that its content is not there.
  if (there === false) await database.from("files").delete().eq("id", id);
  revalidatePath("/", "layout");
  return there ? { saved: true, message: list.saved } : { message: text.uploadFailed };
}

/** Removes a file: first its content, which its row gives the right to, then the row. */
export async function removeFile(id: string): Promise<RecordState> {
  const [what, { list, agency: text }] = await Promise.all([asked("files", "files"), words()]);
  if (!what || what.me.role === "client" || !uuid.test(id)) return { message: list.notAllowed };
  const { database } = what.me;
  const { data: file } = await database
    .from("files")
    .select("id, storage_path, uploaded_by")
    .eq("id", id)
    .maybeSingle<{ storage_path: string; uploaded_by: string | null }>();
  if (!file || !what.section.change?.(what.me, file)) return { message: list.notAllowed };
  const { error: kept } = await database.storage.from(bucket).remove([file.storage_path]);
  if (kept) return { message: text.storageAway };
  const { data, error } = await database.from("files").delete().eq("id", id).select("id");
  if (error) return { message: refusalText(error, list) };
  if (data.length === 0) return { message: list.notAllowed };
  revalidatePath("/", "layout");
  redirect("/files/files");
}
