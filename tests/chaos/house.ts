import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { type Journal, openJournal } from "@atoll/engine/journal";
import { migrateFurther } from "@atoll/engine/migrate";
import type { Accounts } from "@atoll/hub/accounts";
import { hubMigrations } from "@atoll/hub/check-audit";
import type { OperationDesk } from "@atoll/hub/operations/desk";
import { operationsOf } from "@atoll/hub/operations/operations";
import { databasesOf } from "@atoll/hub/schema/environment";
import { type OpenSchemas, openSchemas } from "@atoll/hub/schema/open";
import { openRehearsals } from "@atoll/hub/schema/rehearsals";
import { openScratch } from "@atoll/hub/schema/scratch";
import { openStore, type Store } from "@atoll/hub/store/store";
import { createDatabase } from "@atoll/postgres/database";
import { type PostgresServer, startPostgres } from "@atoll/postgres/postgres";
import pg from "pg";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { type Crew, openCrew } from "./crew.ts";
import { chaosAccounts, newestKind, releaseFile } from "./kind.ts";
import { type Guard, key, pace, type Write } from "./orders.ts";
import { workers } from "./schedule.ts";

/** What of the house is opened anew when the hub's Postgres comes back. */
interface Office {
  journal: Journal;
  pool: pg.Pool;
  store: Store;
  schemas: OpenSchemas;
}

/** A local cloud, a Postgres of its own and workers, kept over many schedules. */
export interface House {
  cloud: TestCloud;
  accounts: Accounts;
  blueprint: AnyBlueprint;
  crew: Crew;
  postgresDeaths(): number;
  /** Does it, again where the hub's Postgres was away; faults and lasting errors are thrown. */
  patiently<T>(work: (office: Office) => Promise<T>): Promise<T>;
  killPostgres(downMs: number): Promise<void>;
  /** Resolves when Postgres is up. */
  postgresUp(): Promise<void>;
  /** Has the newer schema come out for the clients whose slugs begin so. */
  release(slug: string): void;
  /** Everything that workers wrote to providers since `forgetWrites`. */
  writes(): Write[];
  forgetWrites(): void;
  stop(): Promise<void>;
}

const patienceMs = 30_000;

interface HouseOptions {
  /** A guard that workers do without. */
  without?: Guard | undefined;
  /** Default: the short one of chaos. */
  lease?: typeof pace.lease;
}

/** Opens everything. */
export async function openHouse({ without, lease = pace.lease }: HouseOptions = {}): Promise<House> {
  const home = mkdtempSync(path.join(tmpdir(), "atoll-chaos-"));
  chmodSync(home, 0o711);
  const dataDir = path.join(home, "hub");
  // Killed with -9 it loses nothing of what the system has in hand: only a machine that dies would.
  const settings = { fsync: "off" };
  let server: PostgresServer = await startPostgres({ dataDir, settings });
  const { port } = server;
  await createDatabase(server.url("postgres"), "atoll");
  const hub = server.url("atoll");
  const cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--smtp-port", "0"]);
  const { accounts, blueprint } = await chaosAccounts(cloud, home);
  await (await openJournal({ databaseUrl: hub, blueprints: [blueprint], key, environment: "local" })).close();
  await migrateFurther(hub, hubMigrations);
  let office = open();
  let deaths = 0;
  let restart = Promise.resolve();

  async function open(): Promise<Office> {
    const pool = new pg.Pool({ connectionString: hub, max: 6, connectionTimeoutMillis: 5_000 });
    pool.on("error", () => {});
    const store = openStore(pool);
    const desk = Promise.withResolvers<OperationDesk>();
    const scratch = openScratch(hub);
    const journal = await openJournal({
      databaseUrl: hub,
      blueprints: [blueprint],
      operations: operationsOf(desk.promise),
      key,
      environment: "local",
    });
    const databases = databasesOf({ name: "local", accounts, journal, cloud }, async () => store);
    desk.resolve({ store, accounts, databases, scratch } as OperationDesk); // it only asks for operations
    const schemas = openSchemas({
      store: async () => store,
      kinds: [newestKind(blueprint)],
      rehearsals: openRehearsals(async () => store, scratch),
      databases: () => databases,
      journal: () => journal,
      environments: ["local"],
    });
    return { journal, pool, store, schemas };
  }

  async function reopen(old: Promise<Office>): Promise<void> {
    if (office !== old) return; // somebody else did
    office = open();
    office.catch(() => {}); // told to whoever asks next
    const gone = await old.catch(() => undefined);
    void gone?.journal.close().catch(() => {});
    void gone?.pool.end().catch(() => {});
  }

  const begin = () => ({ begin: { hub, cloud: facts(cloud), home, without, ...pace, lease } });
  const crew = await openCrew(begin, workers);
  await crew.allReady();
  const notes = () => readdirSync(home).filter((each) => each.startsWith("writes-"));

  return {
    cloud,
    accounts,
    blueprint,
    crew,
    postgresDeaths: () => deaths,
    async patiently(work) {
      const giveUpAt = performance.now() + patienceMs;
      for (;;) {
        const at = office;
        try {
          return await work(await at);
        } catch (error) {
          if (error instanceof Fault || performance.now() > giveUpAt) throw error;
          await restart;
          await reopen(at);
          await sleep(50);
        }
      }
    },
    async killPostgres(downMs) {
      await restart;
      deaths += 1;
      restart = (async () => {
        process.kill(server.pid, "SIGKILL");
        await sleep(downMs);
        server = await startPostgres({ dataDir, port, settings });
      })();
      await restart;
    },
    postgresUp: () => restart,
    release: (slug) => writeFileSync(releaseFile(home, slug), ""),
    writes: () =>
      notes().flatMap((name) =>
        readFileSync(path.join(home, name), "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Write),
      ), // as worker.ts wrote them
    forgetWrites: () => {
      for (const name of notes()) writeFileSync(path.join(home, name), "");
    },
    async stop() {
      await crew.stop();
      await restart;
      const last = await office.catch(() => undefined);
      await last?.journal.close().catch(() => {});
      await last?.pool.end().catch(() => {});
      await server.stop();
      await cloud.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const facts = ({ url, tokens, projectDatabase }: TestCloud) => ({ url, tokens, projectDatabase });

/** What a client of chaos answers; `times` = how often it was changed. */
export const answersOf = (blueprint: AnyBlueprint, slug: string, times = 0) =>
  blueprint.questions.parse({
    name: `Client ${slug} ${times}`,
    slug,
    adminEmail: `owner@${slug}.example`,
    locale: "en",
  });
