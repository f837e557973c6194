import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import type { Http } from "@atoll/provider-kit/http";
import type { SupabaseApi } from "./api.ts";
import { type AuthAdmin, authAdmin } from "./auth-admin.ts";

interface UserBody {
  email?: string;
  email_confirmed_at?: string | null;
  banned_until?: string | null;
  recovery_sent_at?: string | null;
  last_sign_in_at?: string | null;
  app_metadata?: { role?: unknown };
}

/** Whether somebody can sign in: `tried` = a one-time link was made and redeemed, or was to be. */
export interface SignInFinding {
  ok: boolean;
  tried: boolean;
  what: string;
  /** What to do, where it is not ok. */
  next?: string;
  /** When Auth made our link, as it writes times: hand it to the next try, which would take it for the user's own. */
  linkAt?: string;
}

// Auth keeps one link for each user: ours would end one that they asked for and have not opened yet.
const linkLivesMs = 24 * 3_600_000;

const dayOf = (time: string) => time.slice(0, 16).replace("T", " ");

/** Why Auth would not let this user in; undefined when it would. */
function hindrance(user: UserBody, nowMs: number): Omit<SignInFinding, "tried"> | undefined {
  const { email_confirmed_at: confirmed, banned_until: banned, app_metadata: app } = user;
  if (!confirmed)
    return {
      ok: false,
      what: "The first admin's address is not confirmed, so no password is taken.",
      next: "Confirm the address in Supabase (Authentication, Users), then check again.",
    };
  if (banned && Date.parse(banned) > nowMs)
    return {
      ok: false,
      what: `The first admin is blocked until ${dayOf(banned)}.`,
      next: "Unblock the user in Supabase (Authentication, Users), then check again.",
    };
  if (typeof app?.role !== "string" || app.role === "")
    return {
      ok: false,
      what: "The first admin has no role: the application shows them nothing.",
      next: "Repair the instance: it sets the role again.",
    };
  return undefined;
}

// Auth answers with nanoseconds what it keeps in microseconds.
const sameMs = 5;

const hasLinkUnderWay = (
  { recovery_sent_at: sent, last_sign_in_at: signedIn }: UserBody,
  nowMs: number,
  ownAt: string | undefined,
) =>
  typeof sent === "string" &&
  !(ownAt !== undefined && Math.abs(Date.parse(sent) - Date.parse(ownAt)) <= sameMs) &&
  nowMs - Date.parse(sent) < linkLivesMs &&
  (typeof signedIn !== "string" || Date.parse(signedIn) < Date.parse(sent));

/** Ends this session only, the user's others stay; tried again as every safe call is. Gives why it could not be ended. */
async function end(auth: Http, session: Secret): Promise<Fault | undefined> {
  try {
    await auth.post("/logout", {
      query: { scope: "local" },
      headers: { authorization: `Bearer ${session.expose()}` },
      safe: true,
    });
    return undefined;
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}

/**
 * Tries whether a user (`REF/USERID`) can sign in, without their password: a one-time link of the admin side is
 * redeemed and the session ended. Sends no mail and leaves the password and other sessions as they are; Auth notes
 * the time of a sign-in. `ownLinkAt` is the `linkAt` of the try before.
 */
export function trySignIn(
  api: SupabaseApi,
  /** Opens the admin side: by the account's token, or by a key that the client gave. */
  admin: AuthAdmin = authAdmin(api),
  now: () => number = Date.now,
) {
  return async (user: string, ownLinkAt?: string): Promise<SignInFinding> => {
    const slash = user.indexOf("/");
    const [ref, id] = [user.slice(0, slash), user.slice(slash + 1)];
    const body = await admin.at(ref, (auth) =>
      auth.getOrGone<UserBody>("/admin/users/{id}", { params: { id } }),
    );
    if (body?.email === undefined)
      return {
        ok: false,
        tried: false,
        what: "The first admin's account is gone.",
        next: "Repair the instance: it makes the account again, with the password of the welcome mail.",
      };
    const found = hindrance(body, now());
    if (found) return { ...found, tried: false };
    if (hasLinkUnderWay(body, now(), ownLinkAt))
      return {
        ok: true,
        tried: false,
        what: "The first admin is confirmed and not blocked. No sign-in was tried: they have asked for a link that a trial would end.",
        next: "Check again when they have opened it, or a day after they asked.",
      };
    let linkAt: string | undefined;
    let unended: Fault | undefined;
    try {
      await admin.at(ref, async (auth) => {
        const link = await auth.post<{ hashed_token: string; recovery_sent_at?: string | null }>(
          "/admin/generate_link",
          { body: { type: "magiclink", email: body.email }, safe: true },
        );
        linkAt = link.recovery_sent_at ?? undefined;
        const session = await auth.post<{ access_token: string }>("/verify", {
          body: { type: "magiclink", token_hash: new Secret("one-time link", link.hashed_token) },
        });
        unended = await end(auth, new Secret("session of a trial", session.access_token));
      });
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return {
        ok: false,
        tried: true,
        what: `The first admin was not let in: ${fault.what}`,
        next: "See to Auth in Supabase (Authentication, Logs), then check again.",
        ...(linkAt !== undefined && { linkAt }),
      };
    }
    if (unended)
      return {
        ok: false,
        tried: true,
        what: `The first admin was let in, but the session of this trial could not be ended: ${unended.what}`,
        next: "Delete the user's newest row in auth.sessions (Supabase's SQL editor), then check again.",
        ...(linkAt !== undefined && { linkAt }),
      };
    return {
      ok: true,
      tried: true,
      ...(linkAt !== undefined && { linkAt }),
      what: "The first admin can sign in: a session was opened by a one-time link and ended at once.",
    };
  };
}
