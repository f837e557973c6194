import { Hono } from "hono";
import type { CloudEnv } from "../kit/context.ts";
import { refuse } from "./answers.ts";
import { team, user } from "./facts.ts";

const made = Date.UTC(2026, 0, 1);

/** The token's user and their team: what a check of the token reads. */
export function accountRoutes(): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.get("/v2/user", (c) =>
    c.json({
      user: {
        ...user,
        avatar: null,
        defaultTeamId: team.id,
        createdAt: made,
        softBlock: null,
        billing: { plan: "pro" },
        resourceConfig: {},
        stagingPrefix: user.username,
        hasTrialAvailable: false,
      },
    }),
  );

  const shownTeam = {
    ...team,
    creatorId: user.id,
    createdAt: made,
    updatedAt: made,
    description: null,
    stagingPrefix: team.slug,
    avatar: null,
    billing: { plan: "pro" },
    membership: {
      uid: user.id,
      teamId: team.id,
      confirmed: true,
      confirmedAt: made,
      role: "OWNER",
      createdAt: made,
      created: made,
      teamPermissions: [],
    },
  };
  app.get("/v5/user/tokens/:token", (c) =>
    c.req.param("token") === "current"
      ? c.json({
          token: {
            ...{ id: "token_local", name: "atoll", type: "token", origin: "manual" },
            scopes: [{ type: "team", teamId: team.id, origin: "manual", createdAt: made }],
            ...{ createdAt: made, activeAt: made },
          },
        })
      : refuse(c, 404, "not_found", "Not authorized: Token not found"),
  );
  app.get("/v2/teams/:team", (c) => {
    const asked = c.req.param("team");
    return asked === team.id || asked === team.slug
      ? c.json(shownTeam)
      : refuse(c, 403, "forbidden", "You don't have permission to access the team.");
  });
  app.get("/v2/teams", (c) =>
    c.json({ teams: [shownTeam], pagination: { count: 1, next: null, prev: null } }),
  );

  return app;
}
