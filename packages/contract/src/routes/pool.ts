import { route } from "../define.ts";
import { pool, poolDrain, poolSize } from "../schemas/pool.ts";

const tag = "Warm pool";

/** Projects that are kept ready. */
export const poolRoutes = {
  showPool: route({
    method: "get",
    path: "/api/pool",
    access: "viewer",
    tag,
    summary: "Projects that are kept ready, where they are wanted, and what they cost",
    answer: pool,
  }),
  resizePool: route({
    method: "put",
    path: "/api/pool/size",
    access: "owner",
    tag,
    summary: "Keep so many ready in a region; what is more than that stays until it is claimed or drained",
    body: poolSize,
    answer: pool,
  }),
  drainPool: route({
    method: "post",
    path: "/api/pool/drain",
    access: "owner",
    tag,
    summary: "Want none there any more, and remove those that nobody claimed",
    body: poolDrain,
    answer: pool,
  }),
} as const;
