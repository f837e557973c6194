import { isAuthRetryableFetchError, type User } from "@supabase/supabase-js";
import { redirect } from "next/navigation";
import { cache } from "react";
import { type Blueprint, clientConfig } from "./client-config";
import type { OwnPages } from "./own/pages";
import { type Supabase, supabase } from "./supabase";

/** Whoever is signed in, with their own row of `users`. */
export interface Member {
  id: string;
  email: string;
  fullName: string;
  /** Empty for somebody who signed up alone and belongs to nothing here. */
  role: string;
  /** Whose data they see, in a business. */
  organizationId: string | null;
  blueprint: Blueprint;
  /** Pages of a kind that only the file describes. */
  own?: OwnPages;
  database: Supabase;
}

interface Profile {
  organization_id?: string | null;
  full_name: string | null;
  role: string | null;
  password_changed_at: string | null;
}

/** The signed-in user as Auth knows them now, or undefined. Throws when Auth does not answer. */
export const signedIn = cache(async (): Promise<User | undefined> => {
  const { data, error } = await (await supabase()).auth.getUser();
  if (error && isAuthRetryableFetchError(error)) throw new Error("Sign-in service does not answer.");
  return data.user ?? undefined;
});

const profileOf = cache(async (userId: string): Promise<Profile | null> => {
  const { blueprint } = await clientConfig();
  const { data, error } = await (await supabase())
    .from("users")
    .select(`${blueprint === "business" ? "organization_id, " : ""}full_name, role, password_changed_at`)
    .eq("id", userId)
    .maybeSingle<Profile>();
  if (error) throw new Error(`The profile could not be read: ${error.message}`);
  return data;
});

/** True as long as the password that came by mail has not been replaced. */
export async function mustChangePassword(user: User): Promise<boolean> {
  if (user.app_metadata.must_change_password !== true) return false;
  return (await profileOf(user.id))?.password_changed_at == null;
}

/**
 * Who asks. Every page behind the sign-in and every action calls this first: nobody else gets further,
 * and neither does a temporary password.
 */
export const member = cache(async (): Promise<Member> => {
  const user = await signedIn();
  if (!user) redirect("/sign-in");
  if (await mustChangePassword(user)) redirect("/change-password");
  const [profile, { blueprint, own }] = await Promise.all([profileOf(user.id), clientConfig()]);
  const email = user.email ?? "";
  return {
    id: user.id,
    email,
    fullName: profile?.full_name || email.split("@")[0] || email,
    role: profile?.role ?? "",
    organizationId: profile?.organization_id ?? null,
    blueprint,
    ...(own && { own }),
    database: await supabase(),
  };
});
