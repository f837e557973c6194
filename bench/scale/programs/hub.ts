// The hub's server without a worker, in a process of its own, with a key for its API.
import { openRuntime } from "@atoll/hub/runtime";
import { createKey } from "@atoll/hub/services/people";
import { startHub } from "@atoll/hub/start";
import { openStore } from "@atoll/hub/store/store";
import pg from "pg";
import { ready } from "../../kit/servers/ready.ts";
import { tellUsage } from "./usage.ts";

const env: NodeJS.ProcessEnv = { LOG_LEVEL: "error", ...process.env, PORT: "0" };
const runtime = await openRuntime({ env, worker: false });
const hub = await startHub({ runtime, env });
const pool = new pg.Pool({ connectionString: runtime.databaseUrl, max: 1 });
const { key } = await openStore(pool)
  .transaction()
  .execute((tx) => createKey(tx, { name: "bench", role: "owner", by: "bench", expiresAt: null }));
await pool.end();
tellUsage();
ready({ url: hub.url, key }, async () => {
  await hub.close();
  await runtime.close();
});
