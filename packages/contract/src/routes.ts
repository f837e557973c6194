import { aliasRoutes } from "./routes/aliases.ts";
import { checklistRoutes } from "./routes/checklist.ts";
import { fleetRoutes } from "./routes/fleet.ts";
import { hostRoutes } from "./routes/hosts.ts";
import { houseRoutes } from "./routes/house.ts";
import { instanceRoutes } from "./routes/instances.ts";
import { publicRoutes } from "./routes/public.ts";
import { requestRoutes } from "./routes/requests.ts";
import { runRoutes } from "./routes/runs.ts";
import { vaultRoutes } from "./routes/vault.ts";

/** Every route of the hub, by its operation's name. */
export const routes = {
  ...publicRoutes,
  ...requestRoutes,
  ...instanceRoutes,
  ...hostRoutes,
  ...checklistRoutes,
  ...fleetRoutes,
  ...runRoutes,
  ...vaultRoutes,
  ...houseRoutes,
  ...aliasRoutes,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
