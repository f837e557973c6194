"use server";

import { redirect } from "next/navigation";
import { clientConfig, homeOf } from "./client-config";
import { signedIn } from "./member";
import { supabase } from "./supabase";
import { words } from "./words";

/** What a form shows after it was sent. */
export interface FormState {
  message?: string;
  /** What the person had typed, never a password. */
  email?: string;
}

const field = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};

/** Signs in with e-mail and password and goes to the overview. */
export async function signIn(_: FormState, form: FormData): Promise<FormState> {
  const { signIn: text } = await words();
  const email = field(form, "email").trim().slice(0, 320);
  const password = field(form, "password").slice(0, 200);
  const { error } = await (await supabase()).auth.signInWithPassword({ email, password });
  if (!error) redirect(homeOf(await clientConfig()));
  if (error.code === "email_not_confirmed") return { message: text.unconfirmed, email };
  if (error.status === 429) return { message: text.tooMany, email };
  if (error.status === 400 || error.status === 422) return { message: text.wrong, email };
  return { message: text.unreachable, email };
}

/** Ends this session and goes to the sign-in page. */
export async function signOut(): Promise<void> {
  await (await supabase()).auth.signOut({ scope: "local" });
  redirect("/sign-in");
}

/** Sets a new password. The database notes when Auth changed it, which is what ends a temporary one. */
export async function changePassword(_: FormState, form: FormData): Promise<FormState> {
  const { password: text, signIn: general } = await words();
  const user = await signedIn();
  if (!user) redirect("/sign-in");
  const password = field(form, "password");
  if ([...password].length < 8) return { message: text.tooShort };
  if (password !== field(form, "again")) return { message: text.different };

  const database = await supabase();
  const { error } = await database.auth.updateUser({ password });
  if (error?.code === "same_password") return { message: text.same };
  if (error?.code === "weak_password" || error?.status === 422) return { message: text.weak };
  if (error?.status === 429) return { message: general.tooMany };
  if (error) return { message: general.unreachable };
  redirect(homeOf(await clientConfig()));
}
