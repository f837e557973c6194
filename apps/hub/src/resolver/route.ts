import type { HttpBindings } from "@hono/node-server";
import type { Context, Env, Hono } from "hono";
import type { ReadyAnswer } from "./answer.ts";
import type { Resolver } from "./resolver.ts";

const preflight = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD",
  "access-control-allow-headers": "if-none-match",
  "access-control-max-age": "86400",
};

/** True when a client has this version: one of those that it lists, or any. */
function has(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag) return true;
  return ifNoneMatch.split(",").some((each) => {
    const one = each.trim().replace(/^W\//, "");
    return one === etag || one === "*";
  });
}

/** Where Node's own request is at hand, its parsed headers cost nothing; Hono's are made for each call. */
const ifNoneMatchOf = (c: Context): string | undefined =>
  c.env?.incoming === undefined
    ? c.req.header("if-none-match")
    : (c.env as HttpBindings).incoming.headers["if-none-match"]; // what `listen` hands in

function sent(c: Context, { body, init, etag, notModified }: ReadyAnswer): Response {
  if (etag !== undefined && notModified !== undefined) {
    const ifNoneMatch = ifNoneMatchOf(c);
    if (ifNoneMatch !== undefined && has(ifNoneMatch, etag)) return new Response(null, notModified);
  }
  return new Response(body, init);
}

/**
 * Puts `GET /resolve` on an application. Before any middleware: an answer is made beforehand, and needs no sign-in, no
 * cookie and no check of inputs beyond its host.
 */
export function mountResolver<E extends Env>(app: Hono<E>, resolver: Resolver): void {
  const { byName, proxies } = resolver.settings;

  /** The host that a proxy of ours was asked for, else the one that we were. */
  function hostOf(c: Context): string {
    const told = proxies === 0 ? undefined : c.req.header("x-forwarded-host");
    if (told === undefined) return c.req.header("host") ?? new URL(c.req.url).host;
    // Proxies put their own at the end; what stands before it anybody may have written.
    const list = told.split(",");
    return list[Math.max(0, list.length - proxies)]?.trim() ?? "";
  }

  app.get("/resolve", (c): Response | Promise<Response> => {
    const name = byName ? c.req.query("instance") : undefined;
    const found =
      name === undefined ? resolver.byHost(c.req.query("host") ?? hostOf(c)) : resolver.byName(name);
    return found instanceof Promise ? found.then((answer) => sent(c, answer)) : sent(c, found);
  });
  app.options("/resolve", () => new Response(null, { status: 204, headers: preflight }));
  // Each by its name: with "all" there would be two handlers for a GET, and Hono takes a longer way through two.
  app.on(["POST", "PUT", "PATCH", "DELETE"], "/resolve", () =>
    Response.json(
      { type: "about:blank", status: 405, title: "This address is only read.", next: "Use GET." },
      { status: 405, headers: { "content-type": "application/problem+json", allow: "GET, HEAD, OPTIONS" } },
    ),
  );
}
