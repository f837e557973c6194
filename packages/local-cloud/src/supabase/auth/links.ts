import { createHash, randomBytes, randomInt } from "node:crypto";
import type pg from "pg";
import { AuthProblem } from "./problem.ts";
import type { UserRow } from "./users.ts";

export type LinkType =
  | "signup"
  | "invite"
  | "magiclink"
  | "recovery"
  | "email_change_current"
  | "email_change_new";

/** What `generate_link` adds to the user. */
export interface Link {
  action_link: string;
  email_otp: string;
  hashed_token: string;
  verification_type: string;
  redirect_to: string;
}

/** Redirects may only lead to the site or to what the allow list names; anything else becomes the site. */
function redirectFor(asked: string | undefined, siteUrl: string, allowList: string): string {
  if (asked === undefined) return siteUrl;
  const allowed = [siteUrl, ...allowList.split(",").map((each) => each.trim())].filter((each) => each !== "");
  const fits = allowed.some((pattern) => {
    const source = pattern.split("*").map((each) => each.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return (
      new RegExp(`^${source.join(".*")}$`).test(asked) ||
      (pattern === siteUrl && asked.startsWith(`${siteUrl.replace(/\/$/, "")}/`))
    );
  });
  return fits ? asked : siteUrl;
}

/** GoTrue keeps one token for both: a newer link of either kind ends an older one. */
const replaces = (type: LinkType): LinkType[] =>
  type === "magiclink" || type === "recovery" ? ["magiclink", "recovery"] : [type];

/** Makes a one-time link for a user. A newer one of the same kind replaces the older. */
export async function makeLink(
  db: pg.Pool,
  user: UserRow,
  type: LinkType,
  options: { base: string; siteUrl: string; allowList: string; redirectTo?: string },
): Promise<Link> {
  const token = randomBytes(28).toString("hex");
  const hashed = createHash("sha224").update(token).digest("hex");
  const otp = String(randomInt(1_000_000)).padStart(6, "0");
  const redirect = redirectFor(options.redirectTo, options.siteUrl, options.allowList);
  await db.query("delete from auth.one_time_tokens where user_id = $1 and token_type = any($2)", [
    user.id,
    replaces(type),
  ]);
  await db.query(
    "insert into auth.one_time_tokens (token_hash, user_id, token_type, otp, redirect_to) values ($1, $2, $3, $4, $5)",
    [hashed, user.id, type, otp, redirect],
  );
  const query = new URLSearchParams({ token: hashed, type, redirect_to: redirect });
  return {
    action_link: `${options.base}/verify?${query}`,
    email_otp: otp,
    hashed_token: hashed,
    verification_type: type,
    redirect_to: redirect,
  };
}

/** Takes a one-time token back: who it is for and where to go, or the fault that it is spent or too old. */
export async function takeToken(
  db: pg.Pool,
  given: { tokenHash: string } | { userId: string; otp: string },
  types: readonly string[],
  expiresInSeconds: number,
): Promise<{ userId: string; type: string; redirectTo: string }> {
  const [where, value] =
    "tokenHash" in given
      ? ["token_hash = $1 and $2 = ''", [given.tokenHash, ""]]
      : ["user_id::text = $1 and otp = $2", [given.userId, given.otp]];
  const { rows } = await db.query<{ user_id: string; token_type: string; redirect_to: string | null }>(
    `delete from auth.one_time_tokens where ${where} and token_type = any($3) and created_at > now() - make_interval(secs => $4)
     returning user_id, token_type, redirect_to`,
    [...value, types, expiresInSeconds],
  );
  const [found] = rows;
  if (found === undefined) throw new AuthProblem(403, "otp_expired", "Email link is invalid or has expired");
  return { userId: found.user_id, type: found.token_type, redirectTo: found.redirect_to ?? "" };
}
