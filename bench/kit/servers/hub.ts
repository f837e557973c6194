// The hub as `npm start` starts it, in a process of its own: server, and with BENCH_WORKER a worker, with BENCH_CONSOLE (its folder) the console as well.
import { openRuntime } from "@atoll/hub/runtime";
import { createKey } from "@atoll/hub/services/people";
import { startHub } from "@atoll/hub/start";
import { openStore } from "@atoll/hub/store/store";
import pg from "pg";
import { ready } from "./ready.ts";

const env: NodeJS.ProcessEnv = { ...process.env, PORT: "0", LOG_LEVEL: "error" };
const runtime = await openRuntime({ env, worker: env.BENCH_WORKER === "yes" });
const consoleFolder = env.BENCH_CONSOLE;
const hub = await startHub({ runtime, env, ...(consoleFolder !== undefined && { consoleFolder }) });

const pool = new pg.Pool({ connectionString: runtime.databaseUrl, max: 1 });
const { key } = await openStore(pool)
  .transaction()
  .execute((tx) => createKey(tx, { name: "bench", role: "owner", by: "bench", expiresAt: null }));
await pool.end();

ready({ url: hub.url, key }, async () => {
  await hub.close();
  await runtime.close();
});
