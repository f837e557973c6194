import { Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { gone } from "./answers.ts";
import { account, user } from "./facts.ts";
import { isAccount } from "./world.ts";

const made = "2026-01-01T00:00:00.000Z";

/** The token's user and their team: what a check of the token reads. */
export function accountRoutes(): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  const shown = {
    ...account,
    type: "PERSONAL",
    type_name: "Pro",
    type_slug: "pro",
    owner_ids: [user.id],
    roles_allowed: ["Owner", "Developer"],
    created_at: made,
    updated_at: made,
  };

  app.get("/user", (c) =>
    c.json({
      ...user,
      uid: user.id,
      site_count: 0,
      created_at: made,
      last_login: made,
      login_providers: ["github"],
    }),
  );
  app.get("/accounts", (c) => c.json([shown]));
  app.get("/accounts/:account", (c) => (isAccount(c.req.param("account")) ? c.json([shown]) : gone(c)));

  return app;
}
