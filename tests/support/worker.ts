// A worker in a process of its own, on a local cloud, for tests that kill it. It dies by its own hand at the
// moments listed in the table `deaths`: each death happens once, whoever gets there. Instances in the table
// `failing` fail at their very last step.
import { startEngine } from "@atoll/engine/engine";
import type { OperationDesk } from "@atoll/hub/operations/desk";
import { operationsOf } from "@atoll/hub/operations/operations";
import { openStore } from "@atoll/hub/store/store";
import pg from "pg";
import { businessOn, failingBlueprint, testKey } from "./hub.ts";

const {
  ATOLL_TEST_HUB: hub = "",
  ATOLL_TEST_CLOUD: cloud = "",
  ATOLL_TEST_DEATHS: deathsUrl = "",
} = process.env;
const sql = new pg.Pool({ connectionString: deathsUrl, max: 2 });

const failing = async (instance: string) =>
  (await sql.query("select 1 from failing where id = $1", [instance])).rowCount !== 0;

// Pausing, archiving and the like read the hub's own tables and nothing else.
const desk = { store: openStore(new pg.Pool({ connectionString: hub, max: 2 })) } as OperationDesk;

const engine = await startEngine({
  databaseUrl: hub,
  blueprints: [
    failingBlueprint(
      await businessOn(JSON.parse(cloud) as Parameters<typeof businessOn>[0]), // written by the test
      (step, instance) => step === "welcome" && failing(instance),
    ),
  ],
  operations: operationsOf(Promise.resolve(desk)),
  key: testKey,
  environment: "local",
  lease: { beatMs: 250, ttlMs: 1_500 },
  log: (line) => console.log(JSON.stringify(line)),
  async pause(point, { runId, step }) {
    const found = await sql.query(
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
