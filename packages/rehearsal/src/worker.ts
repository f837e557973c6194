import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import { openOrders } from "./orders.ts";
import { troubled } from "./troubled.ts";

interface WorkerOptions {
  databaseUrl: string;
  blueprint: AnyBlueprint;
  environment: string;
  key: Uint8Array;
  /** Where its orders lie. */
  folder: string;
}

/** Does runs in this process until SIGTERM, and kills itself with -9 at the moments that were ordered. */
export async function runWorker({ folder, blueprint, ...options }: WorkerOptions): Promise<void> {
  const orders = openOrders(folder);
  const engine = await startEngine({
    ...options,
    blueprints: [troubled(blueprint, { fails: (step, instance) => orders.isFailing(instance, step) })],
    lease: { beatMs: 250, ttlMs: 1_500 },
    async pause(point, { runId, step }) {
      if (orders.takeDeath(runId, { point, step })) process.kill(process.pid, "SIGKILL");
    },
  });
  process.on("SIGTERM", () => void engine.close().then(() => process.exit(0)));
  console.log(JSON.stringify({ event: "ready" }));
}
