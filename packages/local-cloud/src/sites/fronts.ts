import {
  Agent,
  request as ask,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AppSpec } from "./app.ts";
import type { Apps } from "./apps.ts";
import { lightSite, type Platform, platformPage } from "./pages.ts";

/** What visitors of an address get now. */
export type Shown =
  | { is: "nothing" }
  | { is: "paused" }
  | { is: "light"; name: string; instance: string | undefined }
  | { is: "app"; spec: AppSpec };

/** Listens where sites answer. The front stays while the process behind it comes, goes and changes. */
export interface Fronts {
  /** The port of a deployment's address; its front listens from then on. */
  open(
    project: { id: string; port?: number },
    deployment: { id: string; target: string | null },
  ): Promise<number>;
  /** Closes the front of a project or of a preview deployment, and ends its process. */
  close(key: string): Promise<void>;
  /** Ends the process behind a front; the next request that is let through starts it again. */
  stopApp(key: string): Promise<void>;
  closeAll(): Promise<void>;
}

interface FrontsOptions {
  firstPort: number;
  apps: Apps;
  platform: Platform;
  /** `domain`: the custom domain that is asked for, where it is one. */
  shown(key: string, domain: string | undefined): Shown;
}

/** The custom domain in a Host header; undefined for this machine's own names, and for those that only tests use. */
function domainIn(host: string | undefined): string | undefined {
  const name = (host ?? "localhost").toLowerCase().replace(/:\d+$/, "");
  return /^(\[.*\]|[\d.]+)$|(^|\.)(localhost|test)$/.test(name) ? undefined : name;
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection"]);

/** Fronts on loopback ports from `firstPort` (0 = any free one). */
export function openFronts({ firstPort, apps, platform, shown }: FrontsOptions): Fronts {
  const fronts = new Map<string, { server: Server; port: number }>();
  const behind = new Map<string, string>();
  const agent = new Agent({ keepAlive: true });

  function forward(
    incoming: IncomingMessage,
    response: ServerResponse,
    app: { port: number; release(): void },
  ): void {
    const host = incoming.headers.host ?? "localhost";
    const outgoing = ask({
      agent,
      host: "127.0.0.1",
      port: app.port,
      method: incoming.method,
      path: incoming.url,
      headers: {
        ...incoming.headers,
        "x-forwarded-host": host,
        "x-forwarded-proto": "http",
        "x-forwarded-for": incoming.socket.remoteAddress ?? "127.0.0.1",
      },
    });
    outgoing.on("response", (answer) => {
      const headers = Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name));
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers));
      answer.pipe(response);
    });
    outgoing.on("error", () => {
      if (response.headersSent) response.destroy();
      else platformPage(response, platform, "failed");
    });
    response.on("close", () => {
      outgoing.destroy();
      app.release();
    });
    incoming.pipe(outgoing);
  }

  async function answer(key: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const what = shown(key, domainIn(incoming.headers.host));
    if (what.is === "paused" || what.is === "nothing") return platformPage(response, platform, what.is);
    if (what.is === "light") return lightSite(response, incoming.url ?? "/", what);
    const before = behind.get(key);
    behind.set(key, what.spec.deploymentId);
    try {
      const app = await apps.use(what.spec);
      // The earlier deployment answers what it has begun; then its process ends.
      if (before !== undefined && before !== what.spec.deploymentId) void apps.stop(before);
      forward(incoming, response, app);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      platformPage(response, platform, "failed", words);
    }
  }

  function listen(key: string, port: number): Promise<{ server: Server; port: number } | undefined> {
    const server = createServer((incoming, response) => void answer(key, incoming, response));
    return new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
      );
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        resolve({ server, port: typeof address === "object" && address ? address.port : port });
      });
    });
  }

  async function find(key: string, wish: number | undefined): Promise<{ server: Server; port: number }> {
    const wished = wish === undefined ? undefined : await listen(key, wish);
    if (wished) return wished;
    const taken = new Set([...fronts.values()].map((each) => each.port));
    for (let port = firstPort; port <= 65_535; port++) {
      if (taken.has(port)) continue;
      const found = await listen(key, port);
      if (found) return found;
    }
    throw new Error(`No free port from ${firstPort} for a site.`);
  }

  async function stopApp(key: string): Promise<void> {
    const deploymentId = behind.get(key);
    behind.delete(key);
    if (deploymentId !== undefined) await apps.stop(deploymentId);
  }

  async function close(key: string): Promise<void> {
    const front = fronts.get(key);
    fronts.delete(key);
    front?.server.closeAllConnections();
    if (front) await new Promise((resolve) => front.server.close(resolve));
    await stopApp(key);
  }

  // One after the other: two at once would try the same port.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    open(project, deployment) {
      const key = deployment.target === "production" ? project.id : deployment.id;
      const wish = deployment.target === "production" ? project.port : undefined;
      const opened = turn.then(async () => {
        const there = fronts.get(key);
        if (there) return there.port;
        const front = await find(key, wish);
        fronts.set(key, front);
        return front.port;
      });
      turn = opened.catch(() => {});
      return opened;
    },
    close,
    stopApp,
    async closeAll() {
      await Promise.all([...fronts.keys()].map(close));
      agent.destroy();
      await apps.close();
    },
  };
}
