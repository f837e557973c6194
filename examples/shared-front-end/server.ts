import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { contentOf } from "./content.ts";
import { otherPage, publicPage } from "./page.ts";
import { resolverAt } from "./resolve.ts";

const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

/**
 * One front end for all instances: which one is served is a matter of the address that was asked. `byName` hands
 * `?instance=` on, for development: elsewhere anybody could fill what is kept with names that there are not.
 */
export function frontEnd(
  resolverUrl: string,
  { byName = false, ...options }: Parameters<typeof resolverAt>[1] & { byName?: boolean } = {},
): Server {
  const resolve = resolverAt(resolverUrl, options);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? "/", "http://front-end");
    if (url === null) {
      // "//" and the like: nothing was asked for.
      response
        .writeHead(400, { ...headers, "content-type": "text/plain; charset=utf-8" })
        .end("Bad request\n");
      return;
    }
    const found = await resolve({
      host: request.headers.host ?? "",
      instance: byName ? (url.searchParams.get("instance") ?? undefined) : undefined,
    });
    if (found.is === "live") {
      const html = publicPage(found.instance, await contentOf(found.instance));
      response.writeHead(200, headers).end(html);
      return;
    }
    const { status, html } = otherPage(found);
    const again = { paused: "60", unsure: "1", archived: undefined, unknown: undefined }[found.is];
    response.writeHead(status, { ...headers, ...(again && { "retry-after": again }) }).end(html);
  }

  return createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : "unknown error");
      const { status, html } = otherPage({ is: "unsure" });
      if (!response.headersSent) response.writeHead(status, headers);
      response.end(html);
    });
  });
}
