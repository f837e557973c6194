import { connect, createServer, type Socket } from "node:net";

/** A line to a database that can be cut, as a network can. */
export interface Line {
  /** The database's address over this line. */
  url: string;
  /** Ends every connection and takes no new one. */
  cut(): void;
  /** Holds on to every connection without passing anything on, as when a cable is pulled. */
  freeze(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a line to the database at `databaseUrl`. */
export async function openLine(databaseUrl: string): Promise<Line> {
  const url = new URL(databaseUrl);
  const { hostname, port } = url;
  let is: "whole" | "cut" | "frozen" = "whole";
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (is === "cut") return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("data", (bytes) => is !== "frozen" && other.write(bytes));
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address === "string" || address === null) throw new Error("The line has no port.");
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut() {
      is = "cut";
      drop();
    },
    freeze() {
      is = "frozen";
    },
    mend() {
      // What was held on to is of no use to anybody any more; whoever waits finds out for himself.
      is = "whole";
    },
    async close() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
