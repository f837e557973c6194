// A hundred approvals at once, with the providers' limits enforced: nobody fails, next to nobody is refused, and all
// together take hardly longer than the limits allow. Time is compressed, for limits and waits alike.
import { openJournal } from "@atoll/engine/journal";
import { migrateFurther, prepareDatabase } from "@atoll/engine/migrate";
import { hubMigrations } from "@atoll/hub/check-audit";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { answersOf, businessOn, testKey } from "../support/hub.ts";
import { keepWorkers } from "../support/workers.ts";
import { floorOf } from "./floor.ts";

const count = Number(process.env.ATOLL_TEST_APPROVALS ?? 100);
const timeScale = Number(process.env.ATOLL_TEST_TIME_SCALE ?? 20);

let cloud: TestCloud;
let databaseUrl: string;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--time-scale", String(timeScale)]);
  databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  await migrateFurther(databaseUrl, hubMigrations);
}, 120_000);
afterAll(() => cloud?.stop());

test(
  "a hundred approvals at once take no longer than the limits say",
  async () => {
    const business = await businessOn(cloud);
    const journal = await openJournal({
      databaseUrl,
      blueprints: [business],
      key: testKey,
      environment: "local",
    });
    const workers = await keepWorkers(
      {
        hub: databaseUrl,
        cloud,
        deaths: "",
        program: new URL("../support/quota-worker.ts", import.meta.url),
        env: {
          ATOLL_TEST_TIME_SCALE: String(timeScale),
          ATOLL_TEST_UNGOVERNED: process.env.ATOLL_TEST_UNGOVERNED,
        },
      },
      2,
    );
    try {
      const slugs = Array.from({ length: count }, (_, n) => `client-${n}`);
      for (const slug of slugs)
        await journal.register({
          slug,
          blueprint: business.name,
          answers: business.questions.parse(answersOf(slug)),
          environment: "local",
        });
      const begun = performance.now();
      const runs = await Promise.all(slugs.map((slug) => journal.submit("provision", slug, { by: "test" })));
      const ended = await Promise.all(runs.map((run) => journal.wait(run)));
      const tookMs = (performance.now() - begun) * timeScale;
      const calls = await cloud.log();
      const refused = calls.filter(
        ({ status, provider }) => status === 429 || (status === 403 && provider === "github"),
      );
      const floor = floorOf(calls);
      console.log(
        JSON.stringify({
          approvals: count,
          timeScale,
          calls: calls.length,
          refused: refused.length,
          tookS: Math.round(tookMs / 1_000),
          floorS: Math.round(floor.ms / 1_000),
          of: floor.of.slice(0, 6),
          ratio: Number((tookMs / floor.ms).toFixed(3)),
          states: Object.groupBy(ended, ({ state }) => state).succeeded?.length,
          refusedAt: refused
            .slice(0, 10)
            .map(({ provider, method, path }) => `${provider} ${method} ${path}`),
          fault: ended.find(({ fault }) => fault)?.fault,
        }),
      );
      expect(ended.filter(({ state }) => state !== "succeeded")).toEqual([]);
      expect(refused.length).toBeLessThan(10);
      expect(tookMs).toBeLessThan(floor.ms * 1.1);
    } finally {
      await workers.stop();
      await journal.close();
    }
  },
  20 * 60_000,
);
