import { testDatabase } from "@atoll/postgres/testing";
import { expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { takeLease } from "./lease.ts";
import { prepareDatabase } from "./migrate.ts";

const minuteMs = 60_000;

test("workers whose clocks are minutes apart share the database's time", async () => {
  const url = await testDatabase();
  await prepareDatabase(url);
  const db = openDatabase(url, 10_000);
  const leaseOf = (executorId: string, wrongBy: () => number) =>
    takeLease({
      db,
      executorId,
      version: "1/test",
      beatMs: 20,
      ttlMs: 60_000,
      now: () => performance.now(),
      wallNow: () => Date.now() + wrongBy(),
      onFence: () => {},
    });
  let jumpMs = 0;
  const leases = [
    await leaseOf("ahead", () => 9 * minuteMs),
    await leaseOf("behind", () => -7 * minuteMs + jumpMs),
  ];
  const apart = () => {
    const [ahead, behind] = leases.map((lease) => lease.sharedNow());
    return Math.abs((ahead ?? 0) - (behind ?? Number.POSITIVE_INFINITY));
  };
  try {
    expect(apart()).toBeLessThan(minuteMs);
    jumpMs = -3 * minuteMs; // somebody sets the clock while it runs: the next beat says so
    await expect.poll(apart, { timeout: 10_000 }).toBeLessThan(minuteMs);
  } finally {
    for (const lease of leases) await lease.end();
    await db.pool.end();
  }
});

test("a worker on a machine that slept asks whose its work is before it goes on", async () => {
  const url = await testDatabase();
  await prepareDatabase(url);
  const db = openDatabase(url, 10_000);
  let sleptMs = 0;
  let why: string | undefined;
  const lease = await takeLease({
    db,
    executorId: "sleeper",
    version: "1/test",
    beatMs: 3_600_000, // no beat by itself: it goes on right after it woke up
    ttlMs: 15_000,
    now: () => performance.now(),
    wallNow: () => Date.now() + sleptMs,
    onFence: (given) => {
      why = given;
    },
  });
  try {
    sleptMs = minuteMs;
    await lease.stillOurs(); // nobody took over: a clock that was set harms nobody
    await db.query("update atoll.worker_lease set taken_over_at = clock_timestamp()");
    sleptMs = 2 * minuteMs;
    void lease.stillOurs();
    await expect.poll(() => why, { timeout: 10_000 }).toBe("its lease was taken over");
  } finally {
    await lease.end();
    await db.pool.end();
  }
});
