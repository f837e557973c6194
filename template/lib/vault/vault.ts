import type { Member } from "../member";
import type { VaultType } from "./value";

/** One key of the vault. A secret's value never leaves the database. */
export interface VaultEntry {
  key: string;
  value_type: VaultType;
  is_secret: boolean;
  value: unknown;
  updated_at: string;
  updated_by: string;
}

/** One change of the vault. */
export interface VaultChange {
  id: number;
  key: string;
  act: "added" | "changed" | "removed";
  is_secret: boolean;
  old_value: unknown;
  new_value: unknown;
  changed_by: string;
  created_at: string;
}

/** All keys, or undefined where this database has no such vault. */
export async function vaultOf(me: Member): Promise<VaultEntry[] | undefined> {
  const { data, error } = await me.database.rpc("vault_list");
  if (error?.code === "PGRST202" || error?.code === "42501") return undefined;
  if (error) throw new Error(`The vault could not be read: ${error.message}`);
  return data as VaultEntry[]; // the typings know no functions of this database
}

/** The last hundred changes. */
export async function vaultChanges(me: Member): Promise<VaultChange[]> {
  const { data, error } = await me.database
    .from("instance_config_log")
    .select("id, key, act, is_secret, old_value, new_value, changed_by, created_at")
    .order("id", { ascending: false })
    .limit(100)
    .returns<VaultChange[]>();
  if (error) throw new Error(`The vault's changes could not be read: ${error.message}`);
  return data;
}

/** Names of the people who have an account here, by their id. */
export async function accountNames(me: Member): Promise<ReadonlyMap<string, string>> {
  const { data, error } = await me.database
    .from("users")
    .select("id, full_name, email")
    .limit(1000)
    .returns<{ id: string; full_name: string | null; email: string | null }[]>();
  if (error) throw new Error(`users could not be read: ${error.message}`);
  return new Map(data.map(({ id, full_name, email }) => [id, full_name || email || id]));
}
