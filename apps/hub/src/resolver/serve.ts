import { Hono } from "hono";
import { listen } from "../serve.ts";
import { openResolver } from "./resolver.ts";
import { mountResolver } from "./route.ts";
import { resolverSettings } from "./settings.ts";

/** A resolver that listens by itself, without hub, worker or provider. */
export interface RunningResolver {
  url: string;
  close(): Promise<void>;
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
  const resolver = openResolver({
    databaseUrl,
    settings: resolverSettings(env),
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
