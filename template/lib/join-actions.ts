"use server";

import { redirect } from "next/navigation";
import { clientConfig, homeOf } from "./client-config";
import { mustChangePassword } from "./member";
import { supabase } from "./supabase";
import { words } from "./words";

/** What the page of an invitation shows after its button was pressed. */
export interface JoinState {
  message?: string;
}

const types = ["invite", "magiclink", "recovery"] as const;

/** Redeems the one-time link of a mail: signs in, and has those who came with an invitation choose a password. */
export async function join(_: JoinState, form: FormData): Promise<JoinState> {
  const { team, signIn } = await words();
  const hash = form.get("token_hash");
  const type = types.find((each) => each === form.get("type"));
  if (typeof hash !== "string" || !/^[\w-]{20,200}$/.test(hash) || type === undefined)
    return { message: team.missing };
  const { data, error } = await (await supabase()).auth.verifyOtp({ token_hash: hash, type });
  if (error?.status === 429) return { message: signIn.tooMany };
  if (error && (error.status === undefined || error.status === 0 || error.status >= 500))
    return { message: signIn.unreachable };
  if (error || !data.user) return { message: team.spent };
  if (type === "recovery" || (await mustChangePassword(data.user))) redirect("/change-password");
  redirect(homeOf(await clientConfig()));
}
