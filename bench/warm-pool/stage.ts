import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { startEngine } from "@atoll/engine/engine";
import { prepareDatabase } from "@atoll/engine/migrate";
import type { RunRecord } from "@atoll/engine/records";
import { connect } from "@atoll/hub/accounts";
import { openDatabase } from "@atoll/hub/database";
import { poolClaims } from "@atoll/hub/pool/claims";
import { openPool } from "@atoll/hub/pool/open";
import { providerSettings } from "@atoll/hub/settings";
import { openLater } from "@atoll/hub/store/later";
import { atEnd } from "../kit/ending.ts";
import { answersOf, type BenchHome } from "../kit/home.ts";

const region = "eu-central-1";

/** A worker whose projects come from a warm pool. */
interface Stage {
  business: AnyBlueprint;
  /** Fills the pool with so many, and waits until they are ready; gives the milliseconds that it took. */
  fill(count: number): Promise<number>;
  /** Provisions one instance, or brings one up to date; `wallMs` = from handing it in until its end is known. */
  run(kind: "provision" | "update", slug: string): Promise<{ run: RunRecord; wallMs: number }>;
  /** How many the pool has ready. */
  ready(): Promise<number>;
}

/** Starts the worker in this process, on an embedded Postgres of its own. */
export async function openStage(home: BenchHome, timeScale: number): Promise<Stage> {
  const { env, cloud } = home;
  const database = await openDatabase(env, env.ATOLL_HOME ?? "");
  await prepareDatabase(database.url);
  const later = openLater(database.url);
  const settings = await providerSettings(env, async () => cloud);
  const { organization } = settings.supabase;
  const pool = poolClaims(later.store, { environment: "local", organization });
  const accounts = connect(settings, { pool });
  const [business] = accounts.blueprints;
  if (business === undefined) throw new Error("There is no blueprint to measure.");
  const engine = await startEngine({
    databaseUrl: database.url,
    blueprints: [business],
    key: randomBytes(32),
    environment: "local",
    timeScale,
  });
  atEnd(async () => {
    await engine.close();
    await later.close();
    await database.close();
  });
  const desk = openPool({
    databaseUrl: database.url,
    store: later.store,
    environments: [{ name: "local", settings, accounts }],
    limits: { isLow: () => false },
    timeScale,
  });
  const ready = async () => (await desk.show()).items.filter(({ state }) => state === "ready").length;
  return {
    business,
    ready,
    async fill(count) {
      const begun = performance.now();
      await desk.resize({ region, count }, "bench");
      while ((await ready()) < count) {
        await desk.round();
        await sleep(500);
      }
      const tookMs = performance.now() - begun;
      await desk.resize({ region, count: 0 }, "bench");
      return tookMs;
    },
    async run(kind, slug) {
      if (kind === "provision")
        await engine.register({
          slug,
          blueprint: business.name,
          answers: business.questions.parse({ ...answersOf(slug), region }),
        });
      const begun = performance.now();
      const run = await engine.wait(await engine.submit(kind, slug, { by: "bench" }));
      const wallMs = performance.now() - begun;
      if (run.state === "succeeded") return { run, wallMs };
      throw new Error(`The ${kind} of ${slug} ended ${run.state}: ${run.fault?.what ?? "without a word"}`);
    },
  };
}
