// What the governor costs a call, by the way it takes: of one thing's own limits, of a limit that is far, of one that
// is near. Prints figures and asserts none.
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { hubMigrations } from "@atoll/hub/check-audit";
import { openGovernor } from "@atoll/hub/quotas/governor";
import { postgresLedger } from "@atoll/hub/quotas/postgres-ledger";
import { testDatabase } from "@atoll/postgres/testing";
import type { PublishedLimits } from "@atoll/provider-kit/charges";
import { expect, test } from "vitest";

const calls = 1_000;
const limitsOf = (limit: number, scope?: string): PublishedLimits => ({
  charges: () => ({
    ...(scope !== undefined && { scope }),
    charges: [{ bucket: "calls", of: "calls", limit, windowMs: 3_600_000 }],
  }),
  refusalStops: "account",
});

test("what a call pays for its turn", async () => {
  const databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
  const ledger = postgresLedger({ databaseUrl, process: "p", prepared: async () => {} });
  const governor = openGovernor({ ledger, process: "p", environment: "test" });
  const oneByOne = async (provider: string, limits: PublishedLimits) => {
    const begun = performance.now();
    for (let n = 0; n < calls; n++)
      (await governor.admit(provider, { method: "GET", path: "/" }, limits))({ status: 200, limited: false });
    return Number(((performance.now() - begun) / calls).toFixed(3));
  };
  await oneByOne("Warm", limitsOf(1_000_000));
  const figures = {
    calls,
    unlimitedMs: await oneByOne("None", { charges: () => ({ charges: [] }), refusalStops: "account" }),
    ownLimitMs: await oneByOne("Own", limitsOf(1_000_000, "thing")),
    farLimitMs: await oneByOne("Far", limitsOf(1_000_000)),
    // Too near for permits to be kept: each call asks.
    nearLimitMs: await oneByOne("Near", limitsOf(calls)),
  };
  console.log(JSON.stringify(figures));
  expect(figures.calls).toBe(calls);
  governor.close();
  await ledger.close();
}, 120_000);
