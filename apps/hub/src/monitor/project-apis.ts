import { textUpTo } from "@atoll/provider-kit/bounded-text";
import type { Found } from "./verdict.ts";

/** Where a project's own APIs answer, with the key that every browser has. */
export interface ProjectApis {
  url: string;
  publishableKey: string;
  timeoutMs: number;
  /** Calls them; the default is the global one. */
  fetch?: typeof fetch;
}

/** A row and a code are short: what sends without end is not read without end. */
const bodyBytes = 65_536;

/** PostgREST answers for itself with these codes when it has no database behind it. */
const withoutDatabase = new Set(["PGRST000", "PGRST001", "PGRST002", "PGRST003"]);

async function ask(url: string, { publishableKey, timeoutMs, fetch: given = fetch }: ProjectApis) {
  const began = performance.now();
  try {
    const answer = await given(url, {
      headers: { apikey: publishableKey },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await textUpTo(answer, bodyBytes);
    return { status: answer.status, text, latencyMs: Math.round(performance.now() - began) };
  } catch (error) {
    const late = error instanceof Error && error.name === "TimeoutError";
    return {
      status: 0,
      text: "",
      why: late ? `no answer within ${timeoutMs} ms.` : "the connection failed.",
    };
  }
}

function codeIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && "code" in body ? String(body.code) : "";
  } catch {
    return "";
  }
}

/**
 * Asks the data API for a row, not for its root: the answer then comes from the database. A refusal by Postgres itself
 * (visitors have no rights on that table) proves as well that both are there.
 */
export async function lookAtApi(apis: ProjectApis): Promise<Found> {
  const { status, text, latencyMs, why } = await ask(
    `${apis.url}/rest/v1/instance_config?select=key&limit=1`,
    apis,
  );
  const code = codeIn(text);
  const away = withoutDatabase.has(code);
  if (status !== 0 && status < 500 && !away && (status < 300 || code !== ""))
    return { ok: true, ...(latencyMs !== undefined && { latencyMs }) };
  return {
    ok: false,
    problem: away ? `it has no database behind it (${code}).` : (why ?? `it answers ${status}.`),
    ...(away && { hint: "database" as const }),
  };
}

/** Asks auth whether it is well. */
export async function lookAtAuth(apis: ProjectApis): Promise<Found> {
  const { status, latencyMs, why } = await ask(`${apis.url}/auth/v1/health`, apis);
  if (status >= 200 && status < 300) return { ok: true, ...(latencyMs !== undefined && { latencyMs }) };
  return { ok: false, problem: why ?? `it answers ${status}.` };
}
