import { readFileSync } from "node:fs";
import { serveStatic } from "@hono/node-server/serve-static";
import pino, { type Logger } from "pino";
import { openHub } from "./hub.ts";
import { letters as ownLetters } from "./mails/letters.ts";
import type { Runtime } from "./runtime.ts";
import { listen } from "./serve.ts";
import { hubApp } from "./server/app.ts";
import type { Letters } from "./services/letters.ts";
import { sampleRequest } from "./services/sample.ts";

interface StartOptions {
  runtime: Runtime;
  /** Default: the hub's own mails. */
  letters?: Letters;
  env: NodeJS.ProcessEnv;
  /** Folder of the console's build; undefined = API only. */
  consoleFolder?: string;
  log?: Logger;
}

/** A hub that listens. */
export interface RunningHub {
  url: string;
  firstOwnerLink(): Promise<string | undefined>;
  close(): Promise<void>;
}

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/**
 * Starts the hub's server. `HOST` and `PORT` say where it listens (127.0.0.1, 4400 or the next free one),
 * `ATOLL_PUBLIC_URL` where people reach it.
 */
export async function startHub({
  runtime,
  letters = ownLetters,
  env,
  consoleFolder,
  log,
}: StartOptions): Promise<RunningHub> {
  const logger = log ?? pino({ level: env.LOG_LEVEL ?? "warn" }, pino.destination(2));
  const host = env.HOST ?? "127.0.0.1";
  // The address has to be known before the hub is opened: links and cookies go by it.
  let answer: (request: Request, env: object) => Response | Promise<Response> = () =>
    Response.json(
      { title: "The hub is starting.", status: 503, next: "Try again in a moment." },
      { status: 503 },
    );
  const listening = await listen((request, bindings) => answer(request, bindings), {
    host,
    wanted: Number(env.PORT ?? 4400),
  });
  const url = (env.ATOLL_PUBLIC_URL ?? `http://localhost:${listening.port}`).replace(/\/+$/, "");
  try {
    const open = await openHub({
      runtime,
      letters,
      baseUrl: url,
      version,
      env,
      onError: (error) => logger.error({ error: textOf(error) }, "background work failed"),
    });
    const app = hubApp({
      hub: open.hub,
      onCall: (line) => logger.info(line),
      onError: (error, requestId) => logger.error({ requestId, error: textOf(error) }, "a call failed"),
    });
    if (consoleFolder !== undefined) {
      const precompressed = true;
      // A built file's name holds its hash: it never changes. Everything else is asked for anew.
      app.use("/assets/*", async (c, next) => {
        await next();
        if (c.res.ok) c.header("cache-control", "public, max-age=31536000, immutable");
      });
      app.use("*", serveStatic({ root: consoleFolder, precompressed }));
      // The console's own addresses: the page reads them itself.
      app.get("*", serveStatic({ root: consoleFolder, path: "index.html", precompressed }));
    }
    await sampleRequest(open.hub.store, runtime);
    answer = (request, bindings) => app.fetch(request, bindings);
    return {
      url,
      firstOwnerLink: open.firstOwnerLink,
      async close() {
        await listening.close();
        await open.close();
      },
    };
  } catch (error) {
    await listening.close();
    throw error;
  }
}

/** An error's kind and place, without the values that its message may hold. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return `${error.name} ${(error.stack ?? "").split("\n").slice(1, 6).join(" ").trim()}`;
}
