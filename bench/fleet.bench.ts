// Bringing many databases up: our rollout with ledger, restore points, verification and a durable journal, against
// dbmate and psql, and a floor: a bare script with one connection and one transaction a database, no ledger, no check.
// All on one Postgres, in one run. `--quick` takes 40 and 80 databases; `--whole` has the peers do the larger size, too.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inPool } from "@atoll/hub/schema/pool";
import { openFleet, startFleetWorker } from "@atoll/hub/schema/testing/fleet";
import {
  bareDatabases,
  enterInstances,
  giveLedgers,
  makeDatabases,
  slugOf,
} from "@atoll/hub/schema/testing/yard";
import { createDatabase, dropDatabase } from "@atoll/postgres/database";
import { startPostgres } from "@atoll/postgres/postgres";
import { resolveBinary } from "dbmate";
import pg from "pg";
import { atEnd } from "./kit/ending.ts";
import { fleetMigrations } from "./kit/fleet-migrations.ts";
import { median } from "./kit/home.ts";

const atOnce = 4;
const quick = process.argv.includes("--quick");
const [small, large] = quick ? [40, 80] : [200, 1_000];
const pairs = 3;
const kind = { name: "bench", migrations: fleetMigrations };

type Contender = (slugs: readonly string[]) => Promise<void>;

/** Runs a program to its end; its words only matter when it fails. */
async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code !== 0) throw new Error(`${path.basename(command)} ended with ${code}: ${said.slice(0, 500)}`);
}

/** Files as the peers read them. */
function peerFiles(folder: string): { dbmate: string; psql: string } {
  const dbmate = path.join(folder, "dbmate");
  mkdirSync(dbmate);
  for (const { version, name, sql } of fleetMigrations)
    writeFileSync(
      path.join(dbmate, `${String(version).padStart(14, "0")}_${name}.sql`),
      `-- migrate:up\n${sql}\n-- migrate:down\n`,
    );
  const psql = path.join(folder, "all.sql");
  writeFileSync(psql, fleetMigrations.map(({ sql }) => sql).join("\n"));
  return { dbmate, psql };
}

/** The most memory that this process had while something went on, in bytes. */
function watchMemory() {
  let peak = process.memoryUsage().rss;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100);
  return {
    end() {
      clearInterval(timer);
      return peak;
    },
  };
}

/**
 * Measures each contender on databases of its own, made before and dropped after.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-bench-fleet-"));
  const server = await startPostgres({
    dataDir: path.join(folder, "server"),
    settings: { shared_buffers: "256MB" },
  });
  atEnd(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const serverUrl = server.url("postgres");
  const urlTo = (name: string) => server.url(name);
  const files = peerFiles(folder);
  let yards = 0;

  /** Writes out what making the databases left: a checkpoint that falls due later would slow down whoever is at it. */
  async function settle(): Promise<void> {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query("checkpoint");
    await client.end();
  }

  /** Gives a contender fresh databases, and says how long it took in milliseconds. */
  async function timed(
    count: number,
    work: Contender,
    ledgers = false,
  ): Promise<{ ms: number; prefix: string }> {
    const prefix = `yard${yards++}`;
    await makeDatabases({ serverUrl, count, prefix });
    if (ledgers) await giveLedgers({ serverUrl, count, prefix });
    const slugs = Array.from({ length: count }, (_, n) => slugOf(prefix, n));
    await settle();
    const began = performance.now();
    await work(slugs);
    return { ms: performance.now() - began, prefix };
  }

  async function dropAll(prefix: string, count: number): Promise<void> {
    for (const name of [...Array.from({ length: count }, (_, n) => slugOf(prefix, n)), `${prefix}-template`])
      await dropDatabase(serverUrl, name);
  }

  async function contend(count: number, work: Contender): Promise<number> {
    const { ms, prefix } = await timed(count, work);
    await dropAll(prefix, count);
    return ms;
  }

  const floor: Contender = (slugs) =>
    inPool(slugs, atOnce, async (slug) => {
      const client = new pg.Client({ connectionString: urlTo(slug) });
      await client.connect();
      await client.query("begin");
      for (const { sql } of fleetMigrations) await client.query(sql);
      await client.query("commit");
      await client.end();
    });
  const byDbmate =
    (lanes: number): Contender =>
    (slugs) =>
      inPool(slugs, lanes, (slug) =>
        run(resolveBinary(), [
          "--url",
          `${urlTo(slug)}?sslmode=disable`,
          "--migrations-dir",
          files.dbmate,
          "--no-dump-schema",
          "migrate",
        ]),
      );
  const byPsql =
    (lanes: number): Contender =>
    (slugs) =>
      inPool(slugs, lanes, (slug) =>
        run("psql", ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", urlTo(slug), "-f", files.psql]),
      );

  /** Our rollout over fresh databases, as an operator starts it; then one look at all of them. */
  async function ours(count: number) {
    const hub = `hub${yards}`;
    await createDatabase(serverUrl, hub);
    const hubUrl = urlTo(hub);
    let questions = 0;
    const bare = bareDatabases(serverUrl);
    const databases = {
      ...bare,
      open: async (slug: string) => {
        const session = await bare.open(slug);
        return {
          ...session,
          query: (sql: string) => {
            questions += 1;
            return session.query(sql);
          },
        };
      },
    };
    const fleet = await openFleet({ hubUrl, kind, databases });
    const worker = await startFleetWorker({ hubUrl, kind, databases });
    let peak = 0;
    let prefix = "";
    let rehearsalMs = 0;
    const { ms } = await (async () => {
      const yard = `yard${yards++}`;
      prefix = yard;
      await makeDatabases({ serverUrl, count, prefix });
      await giveLedgers({ serverUrl, count, prefix });
      await enterInstances({ hubUrl, kind, count, prefix });
      const rehearsing = performance.now();
      await fleet.schemas.rehearse(kind.name, {});
      rehearsalMs = performance.now() - rehearsing;
      await settle();
      const memory = watchMemory();
      const began = performance.now();
      const { id } = await fleet.schemas.start(
        { blueprint: kind.name, concurrency: atOnce, perServer: atOnce },
        "bench",
      );
      for (;;) {
        const { state, counts } = await fleet.schemas.rollout(id);
        if (state === "finished") break;
        if (state !== "queued" && state !== "running")
          throw new Error(`The rollout is ${state}: ${JSON.stringify(counts)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const took = performance.now() - began;
      peak = memory.end();
      return { ms: took };
    })();
    questions = 0;
    const looking = performance.now();
    const items = await fleet.schemas.check({});
    const checkMs = performance.now() - looking;
    const wrong = items.filter(
      ({ version, drift }) => version !== fleetMigrations.length || drift.length > 0,
    );
    if (items.length !== count || wrong.length > 0)
      throw new Error(`${wrong.length} databases are not as they should be.`);
    const perDatabase = questions / count;
    await worker.close();
    await fleet.close();
    await dropAll(prefix, count);
    await dropDatabase(serverUrl, hub);
    return { ms, peakMiB: peak / 2 ** 20, rehearsalMs, checkMs, questions: perDatabase };
  }

  const floors: number[] = [];
  const oursSmall: Awaited<ReturnType<typeof ours>>[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    floors.push(await contend(small, floor));
    oursSmall.push(await ours(small));
  }
  const peers = {
    dbmate: await contend(small, byDbmate(1)),
    dbmate4: await contend(small, byDbmate(atOnce)),
    psql: await contend(small, byPsql(1)),
    psql4: await contend(small, byPsql(atOnce)),
  };
  const floorLarge = await contend(large, floor);
  const oursLarge = await ours(large);
  const whole = process.argv.includes("--whole")
    ? { dbmate4: await contend(large, byDbmate(atOnce)), psql4: await contend(large, byPsql(atOnce)) }
    : undefined;

  const ratios = floors.map((ms, n) => (oursSmall[n]?.ms ?? Number.NaN) / ms);
  const oursMs = median(oursSmall.map(({ ms }) => ms));
  const figures = {
    migrations: fleetMigrations.length,
    atOnce,
    small,
    large,
    floorMs: median(floors),
    oursMs,
    ratios,
    peers,
    floorLargeMs: floorLarge,
    oursLarge,
    whole,
  };
  const memory = oursLarge.peakMiB / Math.max(...oursSmall.map(({ peakMiB }) => peakMiB));
  return {
    ratio: Math.max(median(ratios), oursLarge.ms / floorLarge),
    target: 1.25,
    also: [
      { what: `against dbmate, ${atOnce} at a time`, ratio: oursMs / peers.dbmate4, target: 1 },
      { what: `against psql, ${atOnce} at a time`, ratio: oursMs / peers.psql4, target: 1 },
      {
        what: `a database of ${large} against one of ${small}`,
        ratio: oursLarge.ms / large / (oursMs / small),
        target: 1.15,
      },
      { what: `memory with ${large} against ${small}`, ratio: memory, target: 1.25 },
      { what: "questions to a database for one look", ratio: oursLarge.questions, target: 1 },
    ],
    figures,
    text: textOf(figures),
  };
}

function textOf(f: {
  small: number;
  large: number;
  floorMs: number;
  oursMs: number;
  ratios: number[];
  peers: Record<string, number>;
  floorLargeMs: number;
  oursLarge: { ms: number; peakMiB: number; rehearsalMs: number; checkMs: number };
}): string {
  const line = (name: string, ms: number, count: number) =>
    `${name.padEnd(34)} ${(ms / 1_000).toFixed(1).padStart(7)} s ${(ms / count).toFixed(1).padStart(7)} ms a database`;
  return [
    `${f.small} databases, 12 migrations, 21 tables with row-level security:`,
    line("floor, 4 at a time", f.floorMs, f.small),
    line("atoll, 4 at a time, verified", f.oursMs, f.small),
    ...Object.entries(f.peers).map(([name, ms]) => line(name.replace("4", ", 4 at a time"), ms, f.small)),
    `pairs of atoll and floor: ${f.ratios.map((each) => each.toFixed(2)).join(", ")}`,
    `${f.large} databases:`,
    line("floor, 4 at a time", f.floorLargeMs, f.large),
    line("atoll, 4 at a time, verified", f.oursLarge.ms, f.large),
    `one look at all ${f.large}: ${(f.oursLarge.checkMs / 1_000).toFixed(1)} s; rehearsal ${(f.oursLarge.rehearsalMs / 1_000).toFixed(1)} s, once; peak memory ${f.oursLarge.peakMiB.toFixed(0)} MiB`,
  ].join("\n");
}
