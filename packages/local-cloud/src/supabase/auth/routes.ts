import { Hono } from "hono";
import { adminRoutes } from "./admin.ts";
import { type AuthEnv, bodyAs } from "./env.ts";
import { takeToken } from "./links.ts";
import { mailRoutes } from "./mail-routes.ts";
import { AuthProblem, notEmulated } from "./problem.ts";
import { ownUserSchema, passwordSchema, refreshSchema, verifySchema } from "./schemas.ts";
import { refresh, signIn, userOf } from "./session.ts";
import { hashed, passwordFits, shownUser, updateUser, userByEmail, userById } from "./users.ts";

/** Which links a `verify` of this type takes. */
const linksOf: Record<string, string[]> = {
  signup: ["signup", "invite"],
  invite: ["invite"],
  magiclink: ["magiclink", "signup"],
  recovery: ["recovery"],
  email: ["magiclink", "signup", "invite", "recovery"],
  email_change: ["email_change_current", "email_change_new"],
};

/** A project's Auth, as far as supabase-js and the adapters use it. */
export function authRoutes(): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>();

  app.get("/health", (c) =>
    c.json({
      version: "local-cloud",
      name: "GoTrue",
      description: "GoTrue is a user registration and authentication API",
    }),
  );

  app.get("/settings", (c) => {
    const { auth } = c.get("project");
    return c.json({
      external: {
        email: auth.external_email_enabled,
        phone: false,
        anonymous_users: false,
      },
      disable_signup: auth.disable_signup,
      mailer_autoconfirm: auth.mailer_autoconfirm,
      phone_autoconfirm: false,
      sms_provider: "",
      saml_enabled: false,
    });
  });

  app.post("/token", async (c) => {
    // A sign-in changes nothing that belongs to whoever runs the project.
    c.set("write", false);
    const project = c.get("project");
    switch (c.req.query("grant_type")) {
      case "password": {
        const { email, password } = await bodyAs(c, passwordSchema);
        const user = await userByEmail(c.get("db"), email);
        if (user === undefined || !(await passwordFits(user, password)))
          throw new AuthProblem(400, "invalid_credentials", "Invalid login credentials");
        if (user.email_confirmed_at === null)
          throw new AuthProblem(400, "email_not_confirmed", "Email not confirmed");
        return c.json(await signIn(c.get("db"), project, user, c.get("base")));
      }
      case "refresh_token": {
        const { refresh_token } = await bodyAs(c, refreshSchema);
        return c.json(await refresh(c.get("db"), project, refresh_token, c.get("base")));
      }
      default:
        throw new AuthProblem(400, "invalid_credentials", "unsupported_grant_type");
    }
  });

  const bearer = (header: string | undefined) => {
    const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
    if (token === undefined)
      throw new AuthProblem(401, "no_authorization", "This endpoint requires a valid Bearer token");
    return token;
  };

  app.get("/user", async (c) => {
    const { user } = await userOf(c.get("db"), c.get("project"), bearer(c.req.header("authorization")));
    return c.json(shownUser(user));
  });

  app.put("/user", async (c) => {
    const project = c.get("project");
    const db = c.get("db");
    const { user, sessionId } = await userOf(db, project, bearer(c.req.header("authorization")));
    const given = await bodyAs(c, ownUserSchema);
    if (given.email !== undefined && given.email.toLowerCase() !== user.email)
      throw notEmulated("a change of the address by the user");
    if (given.phone !== undefined) throw notEmulated("phone numbers of users");
    if (given.password !== undefined && (await passwordFits(user, given.password))) {
      throw new AuthProblem(422, "same_password", "New password should be different from the old password.");
    }
    const passwordHash =
      given.password === undefined ? undefined : await hashed(given.password, project.auth);
    const changed = await updateUser(db, user.id, {
      encrypted_password: passwordHash,
      raw_user_meta_data:
        given.data === undefined ? undefined : { ...user.raw_user_meta_data, ...given.data },
    });
    // A new password ends every other session.
    if (passwordHash !== undefined)
      await db.query("delete from auth.sessions where user_id = $1 and id::text <> $2", [user.id, sessionId]);
    return c.json(shownUser(changed));
  });

  app.post("/logout", async (c) => {
    const { user, sessionId } = await userOf(
      c.get("db"),
      c.get("project"),
      bearer(c.req.header("authorization")),
    );
    const scope = c.req.query("scope") ?? "global";
    const where = scope === "local" ? "id::text = $2" : scope === "others" ? "id::text <> $2" : "$2 = $2";
    await c
      .get("db")
      .query(`delete from auth.sessions where user_id = $1 and ${where}`, [user.id, sessionId]);
    return c.body(null, 204);
  });

  async function verified(
    c: { get(name: "db"): AuthEnv["Variables"]["db"]; get(name: "project"): AuthEnv["Variables"]["project"] },
    given: Parameters<typeof takeToken>[1],
    type: string,
  ) {
    const db = c.get("db");
    const taken = await takeToken(db, given, linksOf[type] ?? [], c.get("project").auth.mailer_otp_exp);
    const user = await userById(db, taken.userId);
    if (user === undefined) throw new AuthProblem(403, "otp_expired", "Email link is invalid or has expired");
    const confirmed =
      user.email_confirmed_at === null
        ? await updateUser(db, user.id, { email_confirmed_at: new Date() })
        : user;
    return { user: confirmed, redirectTo: taken.redirectTo };
  }

  app.post("/verify", async (c) => {
    const given = await bodyAs(c, verifySchema);
    const project = c.get("project");
    const user = given.email === undefined ? undefined : await userByEmail(c.get("db"), given.email);
    if (given.token_hash === undefined && (user === undefined || given.token === undefined))
      throw new AuthProblem(403, "otp_expired", "Token has expired or is invalid");
    const token =
      given.token_hash === undefined
        ? { userId: user?.id ?? "", otp: given.token ?? "" }
        : { tokenHash: given.token_hash };
    const done = await verified(c, token, given.type);
    return c.json(await signIn(c.get("db"), project, done.user, c.get("base")));
  });

  app.get("/verify", async (c) => {
    const project = c.get("project");
    const { token = "", type = "" } = c.req.query();
    try {
      const { user, redirectTo } = await verified(c, { tokenHash: token }, type);
      const session = await signIn(c.get("db"), project, user, c.get("base"));
      const fragment = new URLSearchParams({
        access_token: session.access_token,
        expires_at: String(session.expires_at),
        expires_in: String(session.expires_in),
        refresh_token: session.refresh_token,
        token_type: session.token_type,
        type,
      });
      return c.redirect(`${redirectTo || project.auth.site_url}#${fragment}`, 303);
    } catch (error) {
      if (!(error instanceof AuthProblem)) throw error;
      const fragment = new URLSearchParams({
        error: "access_denied",
        error_code: error.code,
        error_description: error.message,
      });
      return c.redirect(`${project.auth.site_url}#${fragment}`, 303);
    }
  });

  app.get("/.well-known/jwks.json", (c) => c.json({ keys: [] })); // HS256 has no public key

  app.route("/", mailRoutes());
  app.route("/admin", adminRoutes());
  app.all("*", (c) => {
    throw notEmulated(`${c.req.method} ${c.req.path}`);
  });

  app.onError((error, c) => {
    if (!(error instanceof AuthProblem)) throw error;
    const version = c.req.header("x-supabase-api-version");
    if (version !== undefined) c.header("x-supabase-api-version", version);
    return c.json(error.body(version), error.status);
  });
  return app;
}
