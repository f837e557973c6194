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

/** One front end for all instances: which one is served is a matter of the address that was asked. */
export function frontEnd(resolverUrl: string, options?: Parameters<typeof resolverAt>[1]): Server {
  const resolve = resolverAt(resolverUrl, options);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://front-end");
    // `?instance=` is handed on; the resolver hears it in development only.
    const found = await resolve({
      host: request.headers.host ?? "",
      instance: url.searchParams.get("instance") ?? undefined,
    });
    if (found.is === "live") {
      const html = publicPage(found.instance, await contentOf(found.instance));
      response.writeHead(200, headers).end(html);
      return;
    }
    const { status, html } = otherPage(found);
    response.writeHead(status, headers).end(html);
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
