import type { Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import type { CloudContext, CloudEnv, Emulator } from "./context.ts";

const reads = new Set(["GET", "HEAD", "OPTIONS"]);

/** An answer that was given, and until when it is given again. */
interface OldAnswer {
  response: Response;
  until: number;
}

/** Logs each request of a provider, and makes it fail or slow as ordered. */
function conditions(context: CloudContext, provider: string): MiddlewareHandler<CloudEnv> {
  // Only while somebody orders `stale`: by whom and what was asked.
  const old = new Map<string, OldAnswer>();
  return async (c, next) => {
    const begun = performance.now();
    const path = c.req.path.slice(provider.length + 1) || "/";
    const record = (status: number) =>
      context.log.add({
        at: new Date().toISOString(),
        provider,
        method: c.req.method,
        path,
        status,
        write: c.get("write") ?? !reads.has(c.req.method),
        durationMs: Math.round(performance.now() - begun),
      });
    const cut = () => {
      record(0);
      // No answer at all, not even a status line: what a lost connection looks like to the caller.
      c.env.incoming.socket.destroy();
      return new Response(null);
    };
    const fault = context.faults.strike(provider, c.req.method, path);
    // The latency is that of the whole call: what the emulator itself takes is a part of it, not added to it.
    const callMs = context.clock.real(context.settings.latencies.callMs);
    const lateAnswer = () => wait(Math.max(0, callMs - (performance.now() - begun)));
    switch (fault?.kind) {
      case "reset":
        await lateAnswer();
        return cut();
      case "500":
      case "503":
        c.res = Response.json({ message: "Internal error (ordered)" }, { status: Number(fault.kind) });
        break;
      case "429":
        c.res = Response.json(
          { message: "Too many requests (ordered)" },
          { status: 429, headers: { "retry-after": "1" } },
        );
        break;
      case "reject":
        c.res = Response.json(
          { message: "Refused (ordered)", error: { code: "refused", message: "Refused (ordered)" } },
          { status: 400 },
        );
        break;
      case "slow":
        await context.clock.sleep(fault.ms);
        await next();
        break;
      case "late":
        await next();
        await context.clock.sleep(fault.ms);
        break;
      case "stale": {
        // As lists that lag behind what was written: a read is answered as it was a moment ago.
        const asked = `${c.req.header("authorization")} ${c.req.method} ${c.req.url}`;
        const given = old.get(asked);
        if (reads.has(c.req.method) && given !== undefined && begun < given.until) {
          c.res = given.response.clone();
          break;
        }
        await next();
        old.delete(asked);
        if (reads.has(c.req.method) && c.res.ok)
          old.set(asked, { response: c.res.clone(), until: begun + context.clock.real(fault.ms) });
        break;
      }
      case "lose-answer":
        await next();
        await lateAnswer();
        return cut();
      default:
        await next();
    }
    await lateAnswer();
    record(c.res.status);
    return undefined;
  };
}

/**
 * Answers this machine's own names only. A web page somewhere whose name is made to lead to 127.0.0.1 would else be
 * let in by the browser as if it stood here, and could use what has no password (the control endpoint, the mailbox).
 */
const ownNames: MiddlewareHandler<CloudEnv> = async (c, next) => {
  const { hostname } = new URL(c.req.url);
  if (hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]") return next();
  return c.json({ message: "The local cloud answers at localhost and at 127.0.0.1 only." }, 421);
};

/** All emulators under one address, each at `/name`. */
export function cloudApp(
  context: CloudContext,
  emulators: readonly Emulator[],
  control: Hono<CloudEnv>,
): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();
  app.use("*", ownNames);
  for (const emulator of emulators) {
    app.use(`/${emulator.name}/*`, conditions(context, emulator.name));
    app.route(`/${emulator.name}`, emulator.app);
    app.all(`/${emulator.name}/*`, (c) =>
      c.json(
        {
          message: `The local cloud's ${emulator.name} does not do ${c.req.method} ${c.req.path.slice(emulator.name.length + 1)}.`,
        },
        501,
      ),
    );
  }
  app.route("/", control);
  app.onError((error, c) => {
    console.error(`${c.req.method} ${c.req.path}:`, error);
    return c.json({ message: "The local cloud itself failed; its log says why." }, 500);
  });
  return app;
}

/** Listens on the loopback interface, on `port` or, where that is busy, on the next free one (0 = any). */
export async function listen(app: Hono<CloudEnv>, port: number): Promise<{ server: Server; port: number }> {
  for (let at = port; ; at++) {
    const server = createAdaptorServer({ fetch: app.fetch }) as Server; // HTTP/1 without further options
    const taken = await new Promise<boolean>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        error.code === "EADDRINUSE" ? resolve(true) : reject(error),
      );
      server.listen(at, "127.0.0.1", () => resolve(false));
    });
    if (taken && at < port + 100) continue;
    const address = server.address();
    if (address === null || typeof address === "string")
      throw new Error(`No free port from ${port} to ${at}.`);
    return { server, port: address.port };
  }
}
