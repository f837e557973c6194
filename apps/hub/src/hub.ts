import { Fault } from "@atoll/core/fault";
import { migrateFurther } from "@atoll/engine/migrate";
import pg from "pg";
import { authSecrets, openAuth } from "./auth.ts";
import { hubMigrations } from "./check-audit.ts";
import { driftEveryMs } from "./drift/every.ts";
import { watchDrift } from "./drift/watch.ts";
import { holdKeys, keepHolding } from "./keys/held.ts";
import { proxiesOf } from "./proxies.ts";
import { openResolver } from "./resolver/resolver.ts";
import { resolverSettings } from "./resolver/settings.ts";
import type { Runtime } from "./runtime.ts";
import type { Hub } from "./server/context.ts";
import { forgetOld } from "./server/idempotency.ts";
import { openAttempts } from "./services/attempts.ts";
import { driveRequests } from "./services/drive.ts";
import { healthAfterRuns } from "./services/health.ts";
import type { Letters } from "./services/letters.ts";
import { sendDue } from "./services/outbox.ts";
import { firstOwnerToken } from "./services/people.ts";
import { watchSchemas } from "./services/schema-watch.ts";
import { openStore } from "./store/store.ts";
import { openTokens } from "./tokens.ts";

interface HubOptions {
  runtime: Runtime;
  letters: Letters;
  baseUrl: string;
  version: string;
  env: NodeJS.ProcessEnv;
  /** How often waiting requests and mails are looked at. */
  tickMs?: number;
  onError?: (error: unknown) => void;
}

/** A hub that works: handlers' world, and the background work that moves requests and mails on. */
export interface OpenHub {
  hub: Hub;
  /** A one-time link for the first owner; undefined when there is an owner. */
  firstOwnerLink(): Promise<string | undefined>;
  close(): Promise<void>;
}

function oidcOf(env: NodeJS.ProcessEnv) {
  const {
    OIDC_DISCOVERY_URL: discoveryUrl,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
  } = env;
  return discoveryUrl && clientId && clientSecret
    ? { id: env.OIDC_NAME ?? "oidc", discoveryUrl, clientId, clientSecret }
    : undefined;
}

/** How often each schema is looked at: `ATOLL_SCHEMA_EVERY_HOURS`, 6 where nobody says. */
function schemaEveryMs(env: NodeJS.ProcessEnv): number {
  const hours = Number(env.ATOLL_SCHEMA_EVERY_HOURS || 6);
  if (Number.isFinite(hours) && hours > 0) return hours * 3_600_000;
  throw new Fault("rejected", {
    what: `ATOLL_SCHEMA_EVERY_HOURS is "${env.ATOLL_SCHEMA_EVERY_HOURS}".`,
    next: "Set it to a number of hours above 0, such as 6.",
    field: "ATOLL_SCHEMA_EVERY_HOURS",
  });
}

/** Brings the hub's tables up to date and starts its background work. */
export async function openHub(options: HubOptions): Promise<OpenHub> {
  const { runtime, letters, baseUrl, version, env, tickMs = 1_000, onError = () => {} } = options;
  const { databaseUrl } = runtime;
  await migrateFurther(databaseUrl, hubMigrations);
  const resolving = resolverSettings(env);
  const tokens = openTokens(runtime.keys);
  const oidc = oidcOf(env);
  const people = await openAuth({
    databaseUrl,
    baseUrl,
    secrets: authSecrets(runtime.keys),
    ...(oidc && { oidc }),
  });
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    application_name: "atoll hub",
    connectionTimeoutMillis: 30_000, // also of the wait for one of the ten: an error rather than silence
  });
  pool.on("error", () => {});
  const store = openStore(pool);
  await holdKeys(store, runtime.keys);
  const holding = keepHolding(async () => store, runtime.keys);
  const resolver = openResolver({ databaseUrl, settings: resolving, onError });
  const worker = background(
    async () => {
      await driveRequests({ store, runtime, tokens, letters, baseUrl });
      await sendDue(store, runtime.transport);
    },
    tickMs,
    onError,
  );
  // By itself: looking at a slow provider must not hold up what somebody waits for.
  const looker = background(healthAfterRuns({ store, runtime }), 5 * tickMs, onError);
  const watcher = background(
    watchSchemas({ store, runtime, letters, baseUrl, everyMs: schemaEveryMs(env) }),
    10 * tickMs,
    onError,
  );
  const { monitor } = runtime;
  const monitoring = background(() => monitor.round({ letters, baseUrl }), tickMs, onError);
  const keeper = background(() => monitor.keep({ letters, baseUrl }), tickMs, onError);
  // By itself: what is wrong with the history must not keep messages from being sent.
  const deliverer = background(
    async () => {
      await monitor.webhooks.deliver();
    },
    tickMs,
    onError,
  );
  const drifter = background(
    watchDrift({ store, runtime, letters, baseUrl, everyMs: driftEveryMs(env) }),
    10 * tickMs,
    onError,
  );
  const measurer = background(() => runtime.usage.round(), 10 * tickMs, onError);
  const filler = background(() => runtime.pool.round(), 10 * tickMs, onError);
  const domains = background(() => runtime.domains.round({ letters, baseUrl }), tickMs, onError);
  const { backups } = runtime;
  const saver = background(() => backups.round({ letters, baseUrl }), 10 * tickMs, onError);
  // By itself: reading a large archive again must not hold up what is due.
  const checker = background(() => backups.keep(), 30 * tickMs, onError);
  const cleaner = background(() => forgetOld(store), 3_600_000, onError);
  const sweeper = background(() => runtime.exports.sweep(), 600 * tickMs, onError);
  const tidier = background(() => runtime.sweeps.round(), 10 * tickMs, onError);
  const hub: Hub = {
    runtime,
    store,
    people: people.pool,
    auth: people.auth,
    tokens,
    letters,
    baseUrl,
    version,
    signInWith: ["password", ...(oidc ? [oidc.id] : [])],
    wake: worker.wake,
    attempts: openAttempts(30),
    proxies: proxiesOf(env),
    resolver,
  };
  return {
    hub,
    async firstOwnerLink() {
      const token = await firstOwnerToken(store);
      return token === undefined ? undefined : `${baseUrl}/welcome?token=${encodeURIComponent(token)}`;
    },
    async close() {
      await Promise.all([
        worker.stop(),
        looker.stop(),
        watcher.stop(),
        drifter.stop(),
        measurer.stop(),
        cleaner.stop(),
        saver.stop(),
        checker.stop(),
        domains.stop(),
        filler.stop(),
        sweeper.stop(),
        tidier.stop(),
        monitoring.stop(),
        keeper.stop(),
        deliverer.stop(),
      ]);
      holding.stop();
      await resolver.close();
      await people.close();
      await pool.end();
    },
  };
}

/** Does the work again and again, one at a time; an error is told and the next tick tries again. */
function background(work: () => Promise<void>, tickMs: number, onError: (error: unknown) => void) {
  let stopped = false;
  let again = false;
  let ring = () => {};
  const loop = (async () => {
    while (!stopped) {
      again = false;
      await work().catch((error: unknown) => {
        for (const each of error instanceof AggregateError ? error.errors.slice(0, 20) : [error])
          onError(each);
      });
      if (stopped || again) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, tickMs);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    wake() {
      again = true;
      ring();
    },
    async stop() {
      stopped = true;
      ring();
      await loop;
    },
  };
}
