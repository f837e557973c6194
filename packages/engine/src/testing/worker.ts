// A worker in a process of its own, for tests that kill it. It dies by its own hand at the points that are
// listed in the table `deaths` of the fake provider's database: each death happens once, whoever gets there.
import pg from "pg";
import { startEngine } from "../engine.ts";
import { fakeBlueprint } from "./fake-blueprint.ts";
import { FakeCloud } from "./fake-cloud.ts";

const {
  ATOLL_TEST_HUB: hub = "",
  ATOLL_TEST_CLOUD: cloudUrl = "",
  ATOLL_TEST_TTL_MS: ttl = "800",
} = process.env;

const cloud = new FakeCloud(cloudUrl);
const deaths = new pg.Pool({ connectionString: cloudUrl, max: 2 });

const engine = await startEngine({
  databaseUrl: hub,
  blueprints: [fakeBlueprint(cloud)],
  key: new Uint8Array(32).fill(7),
  lease: { beatMs: 150, ttlMs: Number(ttl) },
  log: (line) => console.log(JSON.stringify(line)),
  async pause(point, { runId, step }) {
    const found = await deaths.query(
      "delete from deaths where run_id = $1 and point = $2 and (step = $3 or step = '') returning point",
      [runId, point, step],
    );
    if (found.rowCount !== 0) process.kill(process.pid, "SIGKILL");
  },
});

process.on("SIGTERM", () => {
  void engine.close().then(() => process.exit(0));
});
console.log(JSON.stringify({ event: "ready" }));
