import { createHash } from "node:crypto";
import { type CookieMethodsServer, createServerClient } from "@supabase/ssr";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { environment } from "./environment";

/** Cookies don't know ports: two instances on one host must not overwrite each other's sign-in. */
function cookieName(supabaseUrl: string): string {
  return `session-${createHash("sha256").update(supabaseUrl).digest("hex").slice(0, 12)}`;
}

/** A client that acts as whoever the cookies say; all access is by the server, the browser gets no key. */
export function supabaseWith(store: CookieMethodsServer, secure: boolean) {
  const { supabaseUrl, supabaseKey } = environment();
  return createServerClient(supabaseUrl, supabaseKey, {
    cookieOptions: { name: cookieName(supabaseUrl), httpOnly: true, sameSite: "lax", secure, path: "/" },
    cookies: store,
  });
}

export type Supabase = ReturnType<typeof supabaseWith>;

/** The client for pages and actions; one for each request. */
export const supabase = cache(async (): Promise<Supabase> => {
  const jar = await cookies();
  const secure = (await headers()).get("x-forwarded-proto") === "https";
  return supabaseWith(
    {
      getAll: () => jar.getAll(),
      setAll: (changed) => {
        try {
          for (const { name, value, options } of changed) jar.set(name, value, options);
        } catch {
          // A page may not set cookies, only an action may; proxy.ts has renewed the session before.
        }
      },
    },
    secure,
  );
});
