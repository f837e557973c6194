import type { Team } from "@atoll/core/blueprint";

/** The team of an application whose accounts stand in `public.users` and are invited to the template's `/join`. */
export const teamOf = (...roles: Team["roles"]): Team => ({
  roles,
  table: { schema: "public", name: "users", role: "role" },
  joinPath: "/join",
});
