import type { Resolved } from "@atoll/contract/schemas/resolve";
import { etagOf } from "../server/etag.ts";
import type { ResolvedRow } from "./rows.ts";

/** An answer as it goes out, made once: body, and the options of its `Response`. */
export interface ReadyAnswer {
  state: "live" | "paused" | "archived" | "unknown" | "unsure" | "malformed";
  etag: string | undefined;
  body: string;
  init: { status: number; headers: Record<string, string> };
  /** For whoever has it already. */
  notModified: { status: 304; headers: Record<string, string> } | undefined;
}

// Public configuration: any page may read it, with no cookie of anybody's.
const open = { "access-control-allow-origin": "*", "access-control-expose-headers": "etag" };

// Kept by anybody, and asked for again each time: an archive is seen at once, and asking costs a 304.
const asked = "public, no-cache";

/** What a row says to visitors. */
export function answerOf(row: ResolvedRow): ReadyAnswer {
  if (row.state !== "live") return stopped(row, row.state);
  const resolved: Resolved = {
    subdomain: row.subdomain,
    name: row.name,
    type: row.type,
    blueprint: row.blueprint,
    supabaseUrl: row.supabase_url ?? "", // the table holds active rows to having both
    supabaseAnonKey: row.supabase_anon_key ?? "",
    url: row.url,
    locale: row.locale,
    mapCenter: row.map_center,
    modules: row.modules,
    status: "live",
  };
  const etag = etagOf(resolved);
  const body = JSON.stringify(resolved);
  const headers = { ...open, "cache-control": asked, etag };
  return {
    state: "live",
    etag,
    body,
    init: {
      status: 200,
      headers: { ...headers, "content-type": "application/json", "content-length": lengthOf(body) },
    },
    notModified: { status: 304, headers },
  };
}

/** It is there, and serves nobody: 503 with when to come back, or 410. */
function stopped({ subdomain, name, locale }: ResolvedRow, state: "paused" | "archived"): ReadyAnswer {
  const paused = state === "paused";
  return problem(
    state,
    paused ? 503 : 410,
    {
      title: paused ? "This instance is paused." : "This instance was archived.",
      next: paused ? "Come back later." : "Ask whoever ran it.",
      instance: { subdomain, name, locale, status: state },
    },
    paused ? { "retry-after": "60" } : {},
  );
}

const lengthOf = (body: string) => String(Buffer.byteLength(body));

function problem(
  state: ReadyAnswer["state"],
  status: number,
  said: object,
  headers: Record<string, string> = {},
): ReadyAnswer {
  const body = JSON.stringify({ type: "about:blank", status, ...said });
  return {
    state,
    etag: undefined,
    body,
    init: {
      status,
      headers: {
        ...open,
        "content-type": "application/problem+json",
        "content-length": lengthOf(body),
        "cache-control": "no-store",
        ...headers,
      },
    },
    notModified: undefined,
  };
}

/** The same for what never was, what was removed, and what is switched off. */
export const unknownAnswer: ReadyAnswer = problem("unknown", 404, {
  title: "Nothing answers at this address.",
  next: "Check how it is written.",
});

/** Nothing is known for certain: the hub's database does not answer. */
export const unsureAnswer: ReadyAnswer = problem(
  "unsure",
  503,
  { title: "The registry cannot be reached.", next: "Try again in a moment." },
  { "retry-after": "1" },
);

/** Two hosts in one request: whichever is taken, somebody else may have taken the other one. */
export const malformedAnswer: ReadyAnswer = problem("malformed", 400, {
  title: "The request names more than one host.",
  next: "Send one Host header.",
});
