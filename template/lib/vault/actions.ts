"use server";

import { revalidatePath } from "next/cache";
import { refusalText } from "../fields";
import { type Member, member } from "../member";
import type { RecordState } from "../record-actions";
import { words } from "../words";
import { forgetPublicVault } from "./public";
import { type VaultType, vaultKey, vaultTypes, vaultValueFrom } from "./value";
import { vaultOf } from "./vault";

async function adminAsked(): Promise<Member | undefined> {
  const me = await member();
  return me.role === "admin" ? me : undefined;
}

const field = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value.replaceAll("\0", "").replaceAll("\r\n", "\n") : "";
};

interface Entry {
  key: string;
  type: VaultType;
  secret: boolean;
}

/** Writes one value. What was typed for a secret goes nowhere but to the database, not back to the form either. */
async function write(me: Member, { key, type, secret }: Entry, typed: string): Promise<RecordState> {
  const { list, vault: text } = await words();
  const read = vaultValueFrom(type, typed, secret);
  if (!read) return { message: text.badValue };
  const { error } = await me.database.rpc("vault_set", {
    p_key: key,
    p_value: read.value,
    p_is_secret: secret,
    p_value_type: type,
  });
  if (error) return { message: error.code === "22023" ? text.badValue : refusalText(error, list) };
  forgetPublicVault();
  revalidatePath("/", "layout");
  return { saved: true, message: list.saved };
}

/** Adds a key. */
export async function addVaultKey(_: RecordState, form: FormData): Promise<RecordState> {
  const [me, { list, vault: text }] = await Promise.all([adminAsked(), words()]);
  if (!me) return { message: list.notAllowed };
  const key = field(form, "key").trim();
  const type = vaultTypes.find((each) => each === field(form, "type"));
  const secret = field(form, "secret") === "true";
  const values = { key, type: type ?? "", secret: String(secret), value: secret ? "" : field(form, "value") };
  if (!vaultKey.test(key)) return { message: text.badKey, values };
  if (!type || field(form, "value").trim() === "") return { message: text.badValue, values };
  if ((await vaultOf(me))?.some((each) => each.key === key)) return { message: list.taken, values };
  const state = await write(me, { key, type, secret }, field(form, "value"));
  return state.saved ? state : { ...state, values };
}

/** Gives a key another value; its type, and whether it is secret, stay. */
export async function changeVaultKey(key: string, _: RecordState, form: FormData): Promise<RecordState> {
  const [me, { list, vault: text }] = await Promise.all([adminAsked(), words()]);
  const entry = me && (await vaultOf(me))?.find((each) => each.key === key);
  if (!me || !entry) return { message: list.notAllowed };
  const typed = field(form, "value");
  if (entry.is_secret && typed.trim() === "") return { message: text.badValue };
  const { value_type: type, is_secret: secret } = entry;
  return write(me, { key, type, secret }, typed);
}

/** Removes a key. */
export async function removeVaultKey(key: string): Promise<RecordState> {
  const [me, { list }] = await Promise.all([adminAsked(), words()]);
  if (!me) return { message: list.notAllowed };
  const { error } = await me.database.rpc("vault_remove", { p_key: key });
  if (error) return { message: refusalText(error, list) };
  forgetPublicVault();
  revalidatePath("/", "layout");
  return { saved: true, message: list.saved };
}
