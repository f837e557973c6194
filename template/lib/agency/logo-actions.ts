"use server";

import { randomBytes } from "node:crypto";
import { revalidatePath } from "next/cache";
import { refusalText } from "../fields";
import { type Member, member } from "../member";
import type { RecordState } from "../record-actions";
import { words } from "../words";
import { companyOf } from "./company";

const bucket = "branding";
const endings: Record<string, string> = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };
const mostBytes = 2_097_152;

async function adminAsked(): Promise<Member | undefined> {
  const me = await member();
  return me.blueprint === "agency" && me.role === "admin" ? me : undefined;
}

/** Notes which logo holds from now on, then removes the one before. */
async function changeLogo(me: Member, path: string | null): Promise<RecordState> {
  const { list } = await words();
  const before = (await companyOf(me.database)).logo_path;
  const { data, error } = await me.database
    .from("company_settings")
    .update({ logo_path: path })
    .eq("only_row", true)
    .select("only_row");
  if (error) return { message: refusalText(error, list) };
  if (data.length === 0) return { message: list.notAllowed };
  if (before) await me.database.storage.from(bucket).remove([before]);
  revalidatePath("/", "layout");
  return { saved: true, message: list.saved };
}

/** Puts a picture in the public store and shows it as the logo. */
export async function uploadLogo(_: RecordState, form: FormData): Promise<RecordState> {
  const [me, { list, agency: text }] = await Promise.all([adminAsked(), words()]);
  if (!me) return { message: list.notAllowed };
  const file = form.get("logo");
  const ending = file instanceof File ? endings[file.type] : undefined;
  if (!(file instanceof File) || !ending || file.size === 0 || file.size > mostBytes) {
    return { message: text.logoWrong };
  }
  // A name of its own each time: nobody is shown an old one from a cache.
  const path = `logo-${randomBytes(8).toString("hex")}.${ending}`;
  const { error } = await me.database.storage.from(bucket).upload(path, file, { contentType: file.type });
  if (error) return { message: text.storageAway };
  const state = await changeLogo(me, path);
  if (!state.saved) await me.database.storage.from(bucket).remove([path]);
  return state;
}

/** Shows no logo any more. */
export async function removeLogo(): Promise<RecordState> {
  const [me, { list }] = await Promise.all([adminAsked(), words()]);
  return me ? changeLogo(me, null) : { message: list.notAllowed };
}
