import { aliasRoutes } from "./routes/aliases.ts";
import { backupRoutes } from "./routes/backups.ts";
import { checklistRoutes } from "./routes/checklist.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { domainRoutes } from "./routes/domains.ts";
import { driftRoutes } from "./routes/drift.ts";
import { exportRoutes } from "./routes/exports.ts";
import { fleetRoutes } from "./routes/fleet.ts";
import { hostRoutes } from "./routes/hosts.ts";
import { houseRoutes } from "./routes/house.ts";
import { instanceRoutes } from "./routes/instances.ts";
import { monitorRoutes } from "./routes/monitor.ts";
import { poolRoutes } from "./routes/pool.ts";
import { publicRoutes } from "./routes/public.ts";
import { requestRoutes } from "./routes/requests.ts";
import { runRoutes } from "./routes/runs.ts";
import { sweepRoutes } from "./routes/sweep.ts";
import { teamRoutes } from "./routes/team.ts";
import { templateRoutes } from "./routes/template.ts";
import { usageRoutes } from "./routes/usage.ts";
import { vaultRoutes } from "./routes/vault.ts";

/** Every route of the hub, by its operation's name. */
export const routes = {
  ...publicRoutes,
  ...requestRoutes,
  ...instanceRoutes,
  ...hostRoutes,
  ...domainRoutes,
  ...deploymentRoutes,
  ...templateRoutes,
  ...backupRoutes,
  ...checklistRoutes,
  ...driftRoutes,
  ...fleetRoutes,
  ...runRoutes,
  ...monitorRoutes,
  ...teamRoutes,
  ...exportRoutes,
  ...sweepRoutes,
  ...usageRoutes,
  ...vaultRoutes,
  ...poolRoutes,
  ...houseRoutes,
  ...aliasRoutes,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;
