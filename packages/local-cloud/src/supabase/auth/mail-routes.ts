import { randomBytes, randomUUID } from "node:crypto";
import { Hono } from "hono";
import { type AuthEnv, bodyAs, mustBeAdmin } from "./env.ts";
import { mailLink } from "./mail.ts";
import { AuthProblem } from "./problem.ts";
import { inviteSchema, otpSchema, recoverSchema, resendSchema, signupSchema } from "./schemas.ts";
import { signIn } from "./session.ts";
import { hashed, insertUser, shownUser, updateUser, userByEmail } from "./users.ts";

const unguessable = () => randomBytes(32).toString("hex");

function mustTakeMail(auth: { external_email_enabled: boolean }): void {
  if (!auth.external_email_enabled)
    throw new AuthProblem(422, "email_provider_disabled", "Email logins are disabled");
}

/** Routes that send a mail with a one-time link: signup, invite, recover, otp, resend. */
export function mailRoutes(): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>();

  app.post("/signup", async (c) => {
    const project = c.get("project");
    const { auth } = project;
    if (auth.disable_signup)
      throw new AuthProblem(422, "signup_disabled", "Signups not allowed for this instance");
    mustTakeMail(auth);
    const { email, password, data = {} } = await bodyAs(c, signupSchema);
    const passwordHash = await hashed(password, auth);
    const known = await userByEmail(c.get("db"), email);
    if (known !== undefined && known.email_confirmed_at !== null) {
      if (auth.mailer_autoconfirm)
        throw new AuthProblem(422, "user_already_exists", "User already registered");
      // Who is registered is not told to whoever asks: they see a user that does not exist.
      const now = new Date().toISOString();
      return c.json({
        id: randomUUID(),
        aud: "authenticated",
        role: "",
        email,
        phone: "",
        confirmation_sent_at: now,
        app_metadata: { provider: "email", providers: ["email"] },
        user_metadata: data,
        identities: [],
        created_at: now,
        updated_at: now,
        is_anonymous: false,
      });
    }
    const confirmed = auth.mailer_autoconfirm;
    const user =
      known ?? (await insertUser(c.get("db"), { email, passwordHash, confirmed, userMetadata: data }));
    if (confirmed) return c.json(await signIn(c.get("db"), project, user, c.get("base")));
    await mailLink(c, user, "signup");
    return c.json(shownUser(user));
  });

  app.post("/invite", async (c) => {
    mustBeAdmin(c);
    const { email, data } = await bodyAs(c, inviteSchema);
    const known = await userByEmail(c.get("db"), email);
    if (known !== undefined && known.email_confirmed_at !== null)
      throw new AuthProblem(
        422,
        "email_exists",
        "A user with this email address has already been registered",
      );
    const user =
      known ??
      (await insertUser(c.get("db"), {
        email,
        confirmed: false,
        passwordHash: await hashed(unguessable()),
        ...(data === undefined ? {} : { userMetadata: data }),
      }));
    await mailLink(c, user, "invite");
    return c.json(shownUser(await updateUser(c.get("db"), user.id, { invited_at: new Date() })));
  });

  app.post("/recover", async (c) => {
    const { email } = await bodyAs(c, recoverSchema);
    const user = await userByEmail(c.get("db"), email);
    if (user !== undefined) await mailLink(c, user, "recovery");
    return c.json({});
  });

  app.on("POST", ["/otp", "/magiclink"], async (c) => {
    const { auth } = c.get("project");
    mustTakeMail(auth);
    const { email, create_user: mayCreate = true, data } = await bodyAs(c, otpSchema);
    const known = await userByEmail(c.get("db"), email);
    if (known === undefined && (!mayCreate || auth.disable_signup))
      throw new AuthProblem(422, "otp_disabled", "Signups not allowed for otp");
    const user =
      known ??
      (await insertUser(c.get("db"), {
        email,
        confirmed: auth.mailer_autoconfirm,
        passwordHash: await hashed(unguessable()),
        ...(data === undefined ? {} : { userMetadata: data }),
      }));
    await mailLink(c, user, user.email_confirmed_at === null ? "signup" : "magiclink");
    return c.json({});
  });

  app.post("/resend", async (c) => {
    const { email } = await bodyAs(c, resendSchema);
    const user = await userByEmail(c.get("db"), email);
    if (user !== undefined && user.email_confirmed_at === null) await mailLink(c, user, "signup");
    return c.json({});
  });

  return app;
}
