import { Fault } from "@atoll/core/fault";
import { Hono } from "hono";
import pg from "pg";
import { listen } from "../serve.ts";
import { openResolver } from "./resolver.ts";
import { mountResolver } from "./route.ts";
import { type ResolverSettings, resolverSettings } from "./settings.ts";

/** A resolver that listens by itself, without hub, worker or provider. */
export interface RunningResolver {
  url: string;
  close(): Promise<void>;
}

/** Refuses to mix environments below one domain where nobody said whose it is. */
async function mustKnowWhose(client: pg.Client, { domain, environment }: ResolverSettings): Promise<void> {
  if (domain === undefined || environment !== undefined) return;
  const { rows } = await client.query<{ environment: string }>(
    "select distinct environment from atoll.instance_registry where instance_id is not null and is_active order by 1",
  );
  if (rows.length < 2) return;
  throw new Fault("rejected", {
    what: `Instances of ${rows.map((each) => each.environment).join(", ")} are in the registry, and nobody said whose names stand below ${domain}.`,
    next: "Set ATOLL_ENVIRONMENTS as the hub has it, or ATOLL_RESOLVE_ENVIRONMENT to one of them.",
    field: "ATOLL_RESOLVE_ENVIRONMENT",
  });
}

/** Refuses a database that no hub has worked on. One that does not answer just now may do so later. */
async function mustHaveRegistry(databaseUrl: string, settings: ResolverSettings): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  const there = await client
    .connect()
    .then(() => client.query("select to_regclass('atoll.instance_registry') is not null as here"))
    .then(
      ({ rows }) => rows[0]?.here === true,
      () => true,
    );
  if (there) {
    try {
      await mustKnowWhose(client, settings);
    } catch (error) {
      if (error instanceof Fault) throw error; // what the database cannot say now, nobody knows
    } finally {
      await client.end().catch(() => {});
    }
    return;
  }
  await client.end().catch(() => {});
  throw new Fault("rejected", {
    what: "This database has no registry: no hub has worked on it, or an older one.",
    next: "Start the hub on it once, or set DATABASE_URL to the hub's database.",
    field: "DATABASE_URL",
  });
}

/** Starts a resolver on a hub's database; `HOST` and `port` say where it listens (0 = any free port). */
export async function serveResolver({
  databaseUrl,
  env,
  port,
  onError,
}: {
  databaseUrl: string;
  env: NodeJS.ProcessEnv;
  port: number;
  onError?: (error: unknown) => void;
}): Promise<RunningResolver> {
  const settings = resolverSettings(env);
  await mustHaveRegistry(databaseUrl, settings);
  const resolver = openResolver({
    databaseUrl,
    settings,
    ...(onError && { onError }),
  });
  try {
    const app = new Hono();
    mountResolver(app, resolver);
    app.get("/health", (c) => c.json({ ok: true }));
    // Not ready = asks the registry for each answer: right, and slower.
    app.get("/ready", (c) => {
      const { heard, instances } = resolver.state();
      return c.json({ ok: heard, instances }, heard ? 200 : 503);
    });
    const listening = await listen((request, bindings) => app.fetch(request, bindings), {
      host: env.HOST ?? "127.0.0.1",
      wanted: port,
    });
    return {
      url: `http://localhost:${listening.port}`,
      async close() {
        await listening.close();
        await resolver.close();
      },
    };
  } catch (error) {
    await resolver.close();
    throw error;
  }
}
