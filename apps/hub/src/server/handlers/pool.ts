import type { poolRoutes } from "@atoll/contract/routes/pool";
import type { Handlers } from "../context.ts";

/** Projects that are kept ready. */
export const poolHandlers: Handlers<keyof typeof poolRoutes> = {
  showPool: (_, { hub }) => hub.runtime.pool.show(),
  resizePool: ({ body }, { hub, actor }) => hub.runtime.pool.resize(body, actor),
  drainPool: ({ body }, { hub, actor }) => hub.runtime.pool.drain(body, actor),
};
