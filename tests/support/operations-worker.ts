// A worker in a process of its own that does operations, beside a hub of the same home folder and database. It dies by
// its own hand at the moments listed in the table `deaths`: each death happens once, whoever gets there.
import { startEngine } from "@atoll/engine/engine";
import { connect } from "@atoll/hub/accounts";
import { archiveStorage } from "@atoll/hub/backups/storage";
import { exportSettings } from "@atoll/hub/exports/settings";
import { homeFolder, secretKeys } from "@atoll/hub/home";
import type { OperationDesk } from "@atoll/hub/operations/desk";
import { operationsOf } from "@atoll/hub/operations/operations";
import { databasesOf } from "@atoll/hub/schema/environment";
import { openScratch } from "@atoll/hub/schema/scratch";
import { type LocalCloud, providerSettings } from "@atoll/hub/settings";
import { openLater } from "@atoll/hub/store/later";
import pg from "pg";

const {
  ATOLL_TEST_HUB: hub = "",
  ATOLL_TEST_CLOUD: cloud = "",
  ATOLL_TEST_DEATHS: deathsUrl = "",
} = process.env;
const sql = new pg.Pool({ connectionString: deathsUrl, max: 2 });
const place = JSON.parse(cloud) as LocalCloud; // written by the test

const accounts = connect(await providerSettings({}, async () => place));
const later = openLater(hub);
const desk = Promise.withResolvers<OperationDesk>();
const home = homeFolder(process.env);
const { key, olderKeys } = secretKeys(process.env, home);
const engine = await startEngine({
  databaseUrl: hub,
  blueprints: accounts.blueprints,
  key,
  olderKeys,
  environment: "local",
  operations: operationsOf(desk.promise),
  lease: { beatMs: 250, ttlMs: 1_500 },
  async pause(point, { runId, step }) {
    const found = await sql.query(
      "delete from deaths where run_id = $1 and point = $2 and (step = $3 or step = '') returning point",
      [runId, point, step],
    );
    if (found.rowCount !== 0) process.kill(process.pid, "SIGKILL");
  },
});
const databases = databasesOf({ name: "local", accounts, journal: engine, cloud: place }, later.store);
desk.resolve({
  store: await later.store(),
  accounts,
  databases,
  archives: archiveStorage(process.env, home, { key, olderKeys }),
  exporting: exportSettings(process.env),
  scratch: openScratch(hub),
});
console.log(JSON.stringify({ event: "ready" }));
