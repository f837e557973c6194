import { randomBytes, randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import type pg from "pg";
import type { Project } from "../project.ts";
import { AuthProblem } from "./problem.ts";
import { shownUser, type UserRow, updateUser, userById } from "./users.ts";

/** What `/token` answers. */
interface Tokens {
  access_token: string;
  token_type: "bearer";
  expires_in: number;
  expires_at: number;
  refresh_token: string;
  user: object;
}

const key = (project: Project) => new TextEncoder().encode(project.jwtSecret);

async function accessToken(
  project: Project,
  user: UserRow,
  sessionId: string,
  issuer: string,
): Promise<{ token: string; expiresAt: number }> {
  const now = Math.floor(Date.now() / 1000);
  const expiresAt = now + project.auth.jwt_exp;
  const token = await new SignJWT({
    aud: user.aud,
    email: user.email ?? "",
    phone: user.phone ?? "",
    app_metadata: user.raw_app_meta_data,
    user_metadata: user.raw_user_meta_data,
    role: user.role,
    aal: "aal1",
    amr: [{ method: "password", timestamp: now }],
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(issuer)
    .setSubject(user.id)
    .setIssuedAt(now)
    .setExpirationTime(expiresAt)
    .sign(key(project));
  return { token, expiresAt };
}

async function refreshToken(
  db: pg.Pool,
  userId: string,
  sessionId: string,
  parent: string | null,
): Promise<string> {
  const token = randomBytes(12).toString("base64url");
  await db.query(
    "insert into auth.refresh_tokens (token, user_id, session_id, parent) values ($1, $2, $3, $4)",
    [token, userId, sessionId, parent],
  );
  return token;
}

async function tokens(
  db: pg.Pool,
  project: Project,
  user: UserRow,
  sessionId: string,
  issuer: string,
  parent: string | null,
): Promise<Tokens> {
  const { token, expiresAt } = await accessToken(project, user, sessionId, issuer);
  return {
    access_token: token,
    token_type: "bearer",
    expires_in: project.auth.jwt_exp,
    expires_at: expiresAt,
    refresh_token: await refreshToken(db, user.id, sessionId, parent),
    user: shownUser(user),
  };
}

/** Signs a user in: a new session with its first pair of tokens. */
export async function signIn(db: pg.Pool, project: Project, user: UserRow, issuer: string): Promise<Tokens> {
  if (user.banned_until !== null && user.banned_until > new Date())
    throw new AuthProblem(400, "user_banned", "User is banned");
  const sessionId = randomUUID();
  await db.query("insert into auth.sessions (id, user_id) values ($1, $2)", [sessionId, user.id]);
  const current = await updateUser(db, user.id, { last_sign_in_at: new Date() });
  return tokens(db, project, current, sessionId, issuer, null);
}

/** Exchanges a refresh token for a new pair. An old one that comes again ends the whole session. */
export async function refresh(db: pg.Pool, project: Project, token: string, issuer: string): Promise<Tokens> {
  const { rows } = await db.query<{ user_id: string; session_id: string; revoked_at: Date | null }>(
    "select user_id, session_id, revoked_at from auth.refresh_tokens where token = $1",
    [token],
  );
  const [found] = rows;
  if (found === undefined)
    throw new AuthProblem(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
  const reusable = project.auth.security_refresh_token_reuse_interval * 1000;
  if (found.revoked_at !== null && Date.now() - found.revoked_at.getTime() > reusable) {
    await db.query("delete from auth.sessions where id = $1", [found.session_id]);
    throw new AuthProblem(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
  }
  const user = await userById(db, found.user_id);
  if (user === undefined)
    throw new AuthProblem(403, "user_not_found", "User from sub claim in JWT does not exist");
  await db.query("update auth.refresh_tokens set revoked_at = coalesce(revoked_at, now()) where token = $1", [
    token,
  ]);
  return tokens(db, project, user, found.session_id, issuer, token);
}

/** Claims of a token that this project signed, or undefined. */
export async function claimsOf(
  project: Project,
  token: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await jwtVerify(token, key(project), { algorithms: ["HS256"] });
    return payload;
  } catch {
    return undefined;
  }
}

/** The user whose token it is, as long as the session lives. */
export async function userOf(
  db: pg.Pool,
  project: Project,
  token: string,
): Promise<{ user: UserRow; sessionId: string }> {
  const claims = await claimsOf(project, token);
  if (claims === undefined)
    throw new AuthProblem(403, "bad_jwt", "invalid JWT: unable to parse or verify signature");
  if (typeof claims.sub !== "string")
    throw new AuthProblem(403, "bad_jwt", "invalid claim: missing sub claim");
  const user = await userById(db, claims.sub);
  if (user === undefined)
    throw new AuthProblem(403, "user_not_found", "User from sub claim in JWT does not exist");
  const sessionId = String(claims.session_id ?? "");
  const { rowCount } = await db.query("select 1 from auth.sessions where id::text = $1", [sessionId]);
  if (rowCount === 0)
    throw new AuthProblem(403, "session_not_found", "Session from session_id claim in JWT does not exist");
  return { user, sessionId };
}
