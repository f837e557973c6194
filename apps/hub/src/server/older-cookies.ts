import { createHmac, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { type AuthSecrets, cookiePrefix, sessionSeconds } from "../auth.ts";

/** A cookie's value and signature as the sign-in service writes them: `VALUE.BASE64`, with % escapes. */
function signed(value: string, secret: string): string {
  const signature = createHmac("sha256", secret).update(value).digest("base64");
  return encodeURIComponent(`${value}.${signature}`);
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The cookie signed by the present secret, where an older one signed it; undefined = it is left as it is. */
function renewed(text: string, [present, ...older]: readonly string[]): string | undefined {
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    return undefined;
  }
  const value = plain.slice(0, Math.max(0, plain.lastIndexOf(".")));
  const given = encodeURIComponent(plain);
  if (value === "" || present === undefined || isSame(given, signed(value, present))) return undefined;
  return older.some((secret) => isSame(given, signed(value, secret))) ? signed(value, present) : undefined;
}

/**
 * Lets cookies in that an older key of the hub's signed: they are read as if the present one had, and the session's own
 * is given back so. A rotation of the key signs nobody out.
 */
export function olderCookies({ keys }: AuthSecrets, isSecure: boolean): MiddlewareHandler {
  const secrets = [...keys.values()];
  const prefix = `${isSecure ? "__Secure-" : ""}${cookiePrefix}.`;
  return async (c, next) => {
    const cookies = c.req.header("cookie");
    if (secrets.length === 1 || cookies === undefined || !cookies.includes(prefix)) return next();
    const told: string[] = [];
    const lasts = !cookies.includes(`${prefix}dont_remember=`);
    const rewritten = cookies.split(";").map((pair) => {
      const [, name = "", text = ""] = /^\s*([^=]+)=(.*?)\s*$/.exec(pair) ?? [];
      const value = name.startsWith(prefix) ? renewed(text, secrets) : undefined;
      if (value === undefined) return pair.trim();
      if (name === `${prefix}session_token`) {
        const age = lasts ? `; Max-Age=${sessionSeconds}` : "";
        told.push(`${name}=${value}${age}; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`);
      }
      return `${name}=${value}`;
    });
    const headers = new Headers(c.req.raw.headers);
    headers.set("cookie", rewritten.join("; "));
    c.req.raw = new Request(c.req.raw, { headers });
    await next();
    // What the answer itself says of the session, such as its end, counts.
    const says = c.res.headers.getSetCookie().some((each) => each.startsWith(`${prefix}session_token=`));
    if (!says) for (const each of told) c.header("set-cookie", each, { append: true });
  };
}
