import { z } from "@hono/zod-openapi";
import { route } from "../define.ts";
import { team } from "../schemas/team.ts";

/** The team of an instance. It is changed by runs of kind `team` (`startRun`). */
export const teamRoutes = {
  showInstanceTeam: route({
    method: "get",
    path: "/api/instances/:slug/team",
    access: "viewer",
    tag: "Team of an instance",
    summary: "Members and invitations, asked of the instance itself",
    params: z.object({ slug: z.string().max(60) }),
    answer: team,
  }),
} as const;
