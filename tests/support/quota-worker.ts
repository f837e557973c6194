// A worker in a process of its own that shares the providers' limits with others through the hub's database.
import { startEngine } from "@atoll/engine/engine";
import { connect } from "@atoll/hub/accounts";
import { forRun, openQuotas } from "@atoll/hub/quotas/open";
import { type LocalCloud, providerSettings } from "@atoll/hub/settings";
import { testKey } from "./hub.ts";

const {
  ATOLL_TEST_HUB: databaseUrl = "",
  ATOLL_TEST_CLOUD: cloud = "",
  ATOLL_TEST_TIME_SCALE: scale = "1",
} = process.env;
const timeScale = Number(scale);

const quotas = openQuotas({ databaseUrl, timeScale, prepared: async () => {} });
const settings = await providerSettings({}, async () => JSON.parse(cloud) as LocalCloud); // written by the test
// Without a governor it shows what happens then.
const governed = process.env.ATOLL_TEST_UNGOVERNED === undefined;
const { blueprints } = connect(settings, governed ? { governor: quotas.of("local") } : {});

await startEngine({
  databaseUrl,
  blueprints,
  key: testKey,
  environment: "local",
  timeScale,
  onBehalf: forRun,
  log: (line) => console.log(JSON.stringify(line)),
});
console.log(JSON.stringify({ event: "ready" }));
