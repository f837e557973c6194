// A worker in a process of its own whose projects come from a warm pool. It dies by its own hand at the moments listed
// in the table `deaths`: those of the engine, and those within the taking over of a project.
import { startEngine } from "@atoll/engine/engine";
import type { LocalCloud } from "@atoll/hub/settings";
import pg from "pg";
import { failingBlueprint, testKey } from "./hub.ts";
import { onlyData, openTestPool } from "./pool.ts";

const {
  ATOLL_TEST_HUB: hub = "",
  ATOLL_TEST_CLOUD: cloud = "",
  ATOLL_TEST_DEATHS: deathsUrl = "",
} = process.env;
const sql = new pg.Pool({ connectionString: deathsUrl, max: 2 });

async function mayDie(point: string, step = ""): Promise<void> {
  const found = await sql.query(
    "delete from deaths where point = $1 and (step = $2 or step = '') returning point",
    [point, step],
  );
  if (found.rowCount !== 0) process.kill(process.pid, "SIGKILL");
}

// What is between two calls has no name in the engine: it is seen where the calls go out.
const send = globalThis.fetch;
const isProject = (path: string) => /\/v1\/projects\/[a-z]{20}$/.test(path);
globalThis.fetch = async (input, init) => {
  const path = new URL(input instanceof Request ? input.url : input).pathname;
  const isMade = init?.method === "POST" && path.endsWith("/v1/projects");
  if (isMade) await mayDie("before-making");
  const answer = await send(input, init);
  if (isMade) await mayDie("made");
  if (init?.method === "DELETE" && isProject(path)) await mayDie("deleted");
  if (init?.method === "PATCH" && /\/v1\/projects\/[a-z]{20}\/database\/password$/.test(path))
    await mayDie("password-set");
  if (init?.method === "PATCH" && isProject(path)) await mayDie("renamed");
  return answer;
};

// The cloud as the test wrote it.
const pool = await openTestPool(hub, JSON.parse(cloud) as LocalCloud, {
  wrap: (claims) => ({
    ...claims,
    async claim(wanted) {
      const ref = await claims.claim(wanted);
      if (ref !== undefined) await mayDie("claimed");
      return ref;
    },
  }),
});
const failing = async (instance: string) =>
  (await sql.query("select 1 from failing where id = $1", [instance])).rowCount !== 0;
const engine = await startEngine({
  databaseUrl: hub,
  blueprints: [
    failingBlueprint(onlyData(pool.business), (step, instance) => step === "schema" && failing(instance)),
  ],
  key: testKey,
  environment: "local",
  lease: { beatMs: 250, ttlMs: 1_500 },
  timeScale: 50,
  pause: (point, { step }) => mayDie(point, step),
});

let stopping = false;
async function fill(): Promise<void> {
  while (!stopping) {
    await pool.desk.round();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
if (process.env.ATOLL_TEST_FILLS) void fill();

process.on("SIGTERM", () => {
  stopping = true;
  void engine.close().then(() => process.exit(0));
});
console.log(JSON.stringify({ event: "ready" }));
