import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { type AuthEnv, bodyAs, mustBeAdmin } from "./env.ts";
import { makeLink } from "./links.ts";
import { AuthProblem } from "./problem.ts";
import { adminUserSchema, linkSchema } from "./schemas.ts";
import {
  hashed,
  insertUser,
  listUsers,
  shownUser,
  type UserRow,
  updateUser,
  userByEmail,
  userById,
} from "./users.ts";

/** "24h", "1h30m" or "none", as Go writes spans. */
function bannedUntil(span: string | undefined): Date | null | undefined {
  if (span === undefined) return undefined;
  if (span === "none") return null;
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000 };
  const parts = [...span.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)];
  if (parts.length === 0) throw new AuthProblem(400, "validation_failed", "Invalid format for ban duration");
  return new Date(
    Date.now() + parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? 0), 0),
  );
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `/admin/...`: opened by the service role only. */
export function adminRoutes(): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>();

  app.use(async (c, next) => {
    mustBeAdmin(c);
    await next();
  });

  app.post("/users", async (c) => {
    const given = await bodyAs(c, adminUserSchema);
    const { auth } = c.get("project");
    if (given.email === undefined && given.phone === undefined)
      throw new AuthProblem(
        400,
        "validation_failed",
        "Cannot create a user without either an email or phone",
      );
    if (given.password !== undefined && given.password_hash !== undefined)
      throw new AuthProblem(
        400,
        "validation_failed",
        "Only a password or a password hash should be provided",
      );
    const password = given.password ?? randomBytes(32).toString("hex");
    const passwordHash = given.password_hash ?? (await hashed(password, auth));
    const user = await insertUser(c.get("db"), {
      confirmed: given.email_confirm === true,
      phoneConfirmed: given.phone_confirm === true,
      passwordHash,
      ...(given.id === undefined ? {} : { id: given.id }),
      ...(given.email === undefined ? {} : { email: given.email }),
      ...(given.phone === undefined ? {} : { phone: given.phone }),
      ...(given.role === undefined ? {} : { role: given.role }),
      ...(given.app_metadata === undefined ? {} : { appMetadata: given.app_metadata }),
      ...(given.user_metadata === undefined ? {} : { userMetadata: given.user_metadata }),
    });
    const until = bannedUntil(given.ban_duration);
    return c.json(
      shownUser(until === undefined ? user : await updateUser(c.get("db"), user.id, { banned_until: until })),
    );
  });

  app.get("/users", async (c) => {
    const page = Math.max(1, Number(c.req.query("page") || 1));
    const perPage = Math.max(1, Number(c.req.query("per_page") || 50));
    const { users, total } = await listUsers(c.get("db"), page, perPage, c.req.query("filter") ?? "");
    const pages = Math.max(1, Math.ceil(total / perPage));
    const link = (to: number, rel: string) => `</admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`;
    c.header("x-total-count", String(total));
    c.header("link", [...(page < pages ? [link(page + 1, "next")] : []), link(pages, "last")].join(", "));
    return c.json({ users: users.map(shownUser), aud: "authenticated" });
  });

  async function userAt(c: {
    req: { param(name: "id"): string };
    get(name: "db"): AuthEnv["Variables"]["db"];
  }): Promise<UserRow> {
    const id = c.req.param("id");
    if (!uuid.test(id)) throw new AuthProblem(404, "validation_failed", "user_id must be an UUID");
    const user = await userById(c.get("db"), id);
    if (user === undefined) throw new AuthProblem(404, "user_not_found", "User not found");
    return user;
  }

  app.get("/users/:id", async (c) => c.json(shownUser(await userAt(c))));

  app.put("/users/:id", async (c) => {
    const user = await userAt(c);
    const given = await bodyAs(c, adminUserSchema);
    const { auth } = c.get("project");
    const merged = (old: Record<string, unknown>, change: Record<string, unknown> | undefined) =>
      change === undefined
        ? undefined
        : Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== null));
    const passwordHash =
      given.password_hash ?? (given.password === undefined ? undefined : await hashed(given.password, auth));
    const changed = await updateUser(c.get("db"), user.id, {
      email: given.email?.toLowerCase(),
      phone: given.phone,
      encrypted_password: passwordHash,
      email_confirmed_at: given.email_confirm ? new Date() : undefined,
      phone_confirmed_at: given.phone_confirm ? new Date() : undefined,
      role: given.role,
      banned_until: bannedUntil(given.ban_duration),
      raw_app_meta_data: merged(user.raw_app_meta_data, given.app_metadata),
      raw_user_meta_data: merged(user.raw_user_meta_data, given.user_metadata),
    });
    return c.json(shownUser(changed));
  });

  app.delete("/users/:id", async (c) => {
    const user = await userAt(c);
    const soft = await c.req
      .json<{ should_soft_delete?: boolean }>()
      .then((body) => body.should_soft_delete === true)
      .catch(() => false);
    if (soft) await updateUser(c.get("db"), user.id, { deleted_at: new Date() });
    else await c.get("db").query("delete from auth.users where id = $1", [user.id]);
    return c.json({});
  });

  app.post("/generate_link", async (c) => {
    const given = await bodyAs(c, linkSchema);
    const db = c.get("db");
    const { auth } = c.get("project");
    const known = await userByEmail(db, given.email);
    const type = given.type === "magiclink" && known === undefined ? "signup" : given.type;
    if (type === "recovery" && known === undefined)
      throw new AuthProblem(404, "user_not_found", "User with this email not found");
    if ((type === "invite" || type === "signup") && known?.email_confirmed_at) {
      throw new AuthProblem(
        422,
        "email_exists",
        "A user with this email address has already been registered",
      );
    }
    let user = known;
    if (user === undefined) {
      const password =
        type === "signup" && given.type === "signup" ? given.password : randomBytes(32).toString("hex");
      if (password === undefined)
        throw new AuthProblem(400, "validation_failed", "Signup requires a valid password");
      user = await insertUser(db, {
        email: given.email,
        confirmed: false,
        passwordHash: await hashed(password, auth),
        ...(given.data === undefined ? {} : { userMetadata: given.data }),
      });
    }
    if (type === "invite") user = await updateUser(db, user.id, { invited_at: new Date() });
    if (type === "magiclink" || type === "recovery")
      user = await updateUser(db, user.id, { recovery_sent_at: new Date() });
    const redirectTo = given.redirect_to ?? c.req.query("redirect_to");
    const link = await makeLink(db, user, type, {
      base: c.get("base"),
      siteUrl: auth.site_url,
      allowList: auth.uri_allow_list,
      ...(redirectTo === undefined ? {} : { redirectTo }),
    });
    return c.json({ ...shownUser(user), ...link });
  });

  return app;
}
