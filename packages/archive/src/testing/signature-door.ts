// s3rver takes any signature of version 4. This door stands before it and lets in only what is signed right, computed
// from what came over the wire and not by the library that signs.
import { createHash, createHmac } from "node:crypto";
import { createServer, request as forward, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

interface Signed {
  method: string;
  path: string;
  query: string;
  headers: IncomingHttpHeaders;
  /** Names of the headers that are signed. */
  names: readonly string[];
  scope: string;
}

const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Signature of version 4, as 64 hex digits: AWS, "Authenticating Requests: Using the Authorization Header". */
export function signatureOf(
  { method, path, query, headers, names, scope }: Signed,
  secretAccessKey: string,
): string {
  const canonicalQuery =
    query === ""
      ? ""
      : query
          .split("&")
          .map((each) => (each.includes("=") ? each : `${each}=`))
          .sort()
          .join("&");
  const sorted = [...names].sort();
  const canonical = [
    method,
    path,
    canonicalQuery,
    ...sorted.map((name) => `${name}:${String(headers[name] ?? "").trim()}`),
    "",
    sorted.join(";"),
    headers["x-amz-content-sha256"],
  ].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((from, word) => hmac(from, word), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString("hex");
}

/** Starts the door on a free port of loopback, before a server on another. */
export async function signatureDoor(options: { port: number; accessKeyId: string; secretAccessKey: string }) {
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const [, keyId, scope = "", names = "", given] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        request.headers.authorization ?? "",
      ) ?? [];
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const { method = "" } = request;
    // One connection a call: the server behind does not end while one is open.
    const headers = { ...request.headers };
    const right = signatureOf(
      { method, path, query, headers, names: names.split(";"), scope },
      options.secretAccessKey,
    );
    const whole = sha256(body) === headers["x-amz-content-sha256"];
    if (keyId !== options.accessKeyId || given !== right || !whole || !names.split(";").includes("host")) {
      response.writeHead(403, { "content-type": "application/xml" });
      response.end(
        `<Error><Code>${whole ? "SignatureDoesNotMatch" : "XAmzContentSHA256Mismatch"}</Code></Error>`,
      );
      return;
    }
    const passed = forward(
      {
        host: "127.0.0.1",
        port: options.port,
        method,
        path: request.url,
        headers: { ...headers, connection: "close" },
        agent: false,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
    passed.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
