import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";

type Answer = (request: Request, bindings: object) => Response | Promise<Response>;

/** Listens on the first port from `wanted` upwards that is free on `host`. 0 = any. `close` ends streams, too. */
export async function listen(
  answer: Answer,
  { host, wanted }: { host: string; wanted: number },
): Promise<{ port: number; close(): Promise<void> }> {
  for (let port = wanted; port < wanted + 50; port++) {
    // An archive that is sent in takes longer than the five minutes that Node gives a request.
    const server = createServer(
      { requestTimeout: 6 * 3_600_000 },
      getRequestListener((request, bindings) => answer(request, bindings)),
    );
    const got = await bind(server, host, port);
    if (got === undefined) continue;
    return {
      port: got,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  }
  throw new Error(`No port from ${wanted} to ${wanted + 49} is free on ${host}.`);
}

function bind(server: Server, host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
