import { type LookupAddress, lookup as lookUp } from "node:dns";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { isInside } from "../answers/private-address.ts";

/** Node asks this for names only, never for plain addresses. */
const lookupUnless =
  (isRefused: (address: string) => boolean, refused: () => Error): LookupFunction =>
  (host, options, done) => {
    lookUp(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return done(error, "");
      if (found.some(({ address }) => isRefused(address))) return done(refused(), "");
      const [first] = found;
      if (options.all) return done(null, found);
      return first ? done(null, first.address, first.family) : done(new Error("no address"), "");
    });
  };

/**
 * Looks a name up and refuses addresses of an inner network, at the moment of the connection itself: a name that leads
 * elsewhere a second later gains nothing. Plain addresses are not looked up: they have to be checked before.
 */
export const outsideOnly = (refused: () => Error): LookupFunction => lookupUnless(isInside, refused);

const inside = () => new Error("The address leads to an inner network.");
const withoutBody = new Set([204, 205, 304]);

/**
 * Gets addresses as `fetch` with `redirect: "manual"` does, and fails where one leads to an address that is refused. Of
 * the answer's headers only `content-type` and `location` are told.
 */
export const fetchUnless =
  (isRefused: (address: string) => boolean): typeof fetch =>
  async (input, { headers, signal } = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (isRefused(url.hostname)) throw inside();
    const get = url.protocol === "https:" ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const asked = get(
        url,
        {
          agent: false,
          lookup: lookupUnless(isRefused, inside),
          headers: Object.fromEntries(new Headers(headers)),
          ...(signal && { signal }),
        },
        (answer) => {
          const told = new Headers();
          try {
            for (const name of ["content-type", "location"] as const) {
              const value = answer.headers[name];
              if (value !== undefined) told.set(name, value);
            }
            const status = answer.statusCode ?? 0;
            const body = withoutBody.has(status) ? null : Readable.toWeb(answer);
            // Node's own stream is the one that its Response takes; its types know two of them.
            resolve(new Response(body as ReadableStream<Uint8Array> | null, { status, headers: told }));
            if (body === null) answer.resume();
          } catch (error) {
            answer.destroy(); // a status or a header that no answer may have
            reject(error);
          }
        },
      );
      asked.on("error", reject);
      asked.end();
    });
  };

/** Gets what is outside; fails where an address leads to this machine or an inner network. */
export const outsideFetch = fetchUnless(isInside);

/** How sites are called whose host's own API is there: inner ones only where that is an inner one, too. */
export const siteFetch = (apiUrl: string): { fetch?: typeof fetch } =>
  isInside(URL.parse(apiUrl)?.hostname ?? "") ? {} : { fetch: outsideFetch };
