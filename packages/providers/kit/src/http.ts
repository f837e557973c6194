import { Held } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { addressOf, checkBaseUrl, type PathParams, type Query } from "./address.ts";
import type { PublishedLimits } from "./charges.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Explanation, Refusal } from "./explain.ts";
import type { Governor } from "./governor.ts";
import { HttpFault } from "./http-fault.ts";
import { limitIn, type ObservedLimit } from "./limits.ts";
import { backoffMs, isLimited, type RateLimit } from "./policy.ts";
import { exposeJson, redactor } from "./redact.ts";
import { type CallFacts, lossFault, redirectFault, refusalFault, unreadableFault } from "./refuse.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What is told about each try. Holds no secret and, where paths are written as templates, no id. */
export interface ObservedCall {
  provider: string;
  method: string;
  /** The path as the adapter wrote it: "/v1/projects/{ref}". */
  path: string;
  /** 0 when no answer arrived. */
  status: number;
  durationMs: number;
  /** What the answer said of the rate limit, where it said something. */
  limit?: ObservedLimit;
}

/** How a provider is reached. */
export interface HttpOptions {
  /** As people know it: "Supabase". */
  provider: string;
  baseUrl: string;
  token?: Secret;
  /** Puts the token where this provider wants it. Default: `Authorization: Bearer`. */
  authorize?(headers: Headers, token: Secret): void;
  /** Sent with every call. */
  headers?: Record<string, string>;
  rateLimit?: RateLimit;
  /** What a refusal means, where the status does not say it all. */
  explain?(refusal: Refusal): Explanation;
  fetch?: typeof fetch;
  clock?: Clock;
  /** Between 0 and 1: spreads the waits. */
  random?: () => number;
  /** For one try, body included. Default 30 seconds. */
  timeoutMs?: number;
  /** Further tries after the first. Default 3. */
  maxRetries?: number;
  /** Longest sum of waits inside one call; longer ones become a fault that parks the step. Default 5 seconds. */
  patienceMs?: number;
  onCall?(call: ObservedCall): void;
  /** Shares the account's limits among all who call: each try waits for it. */
  governor?: Governor | undefined;
  /** What the provider has published of its limits; without it no call is governed. */
  limits?: PublishedLimits;
}

/** One call, beside method and path. */
interface CallOptions<T = unknown> {
  /** Values of the `{name}` parts of the path; `{+name}` keeps slashes. */
  params?: PathParams;
  query?: Query;
  /** Sent as JSON. `Secret` handles are exposed here and nowhere else. */
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: { data: Uint8Array<ArrayBuffer> | string; type: string };
  headers?: Record<string, string>;
  /** Makes a POST repeatable, where the provider honours the `Idempotency-Key` header. */
  idempotencyKey?: string;
  /** A POST or PATCH that may be done twice without harm. */
  safe?: boolean;
  timeoutMs?: number;
  /** Asked when the provider says that the thing exists: what is found is the answer. */
  exists?(): Promise<T | undefined>;
}

/** A good answer. */
interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** A provider's API. Every method throws `HttpFault` for what is not a good answer. */
export interface Http {
  get<T>(path: string, options?: CallOptions<T>): Promise<T>;
  /** Like `get`; undefined when the thing is not there. */
  getOrGone<T>(path: string, options?: CallOptions<T>): Promise<T | undefined>;
  post<T = unknown>(path: string, options?: CallOptions<T>): Promise<T>;
  put<T = unknown>(path: string, options?: CallOptions<T>): Promise<T>;
  patch<T = unknown>(path: string, options?: CallOptions<T>): Promise<T>;
  /** Already gone is success. */
  delete<T = unknown>(path: string, options?: CallOptions<T>): Promise<T | undefined>;
  /** For whoever needs the answer's headers. */
  request<T>(method: Method, path: string, options?: CallOptions<T>): Promise<Answer<T>>;
}

const redirectsAtMost = 3;
const unexplained: Explanation = {};

/** A client for one provider: one place for auth, retries, rate limits, redaction and faults. */
export function createHttp(options: HttpOptions): Http {
  const { provider, token, clock = systemClock, random = Math.random } = options;
  const { maxRetries = 3, patienceMs = 5_000 } = options;
  const baseUrl = checkBaseUrl(provider, options.baseUrl);
  const authorize =
    options.authorize ??
    ((headers: Headers, secret: Secret) => headers.set("authorization", `Bearer ${secret.expose()}`));

  function headersFor(call: CallOptions): Headers {
    const headers = new Headers({ accept: "application/json", ...options.headers, ...call.headers });
    if (call.raw) headers.set("content-type", call.raw.type);
    else if (call.body !== undefined) headers.set("content-type", "application/json");
    if (call.idempotencyKey !== undefined) headers.set("idempotency-key", call.idempotencyKey);
    if (token) authorize(headers, token);
    return headers;
  }

  async function send(url: URL, init: RequestInit, timeoutMs: number) {
    // Looked up at each call, so that whoever replaces the global one is heard.
    const fetching = options.fetch ?? fetch;
    const response = await fetching(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Follows redirects within the provider's own host, where they keep the method. */
  async function sendFollowing(facts: CallFacts, url: URL, init: RequestInit, timeoutMs: number) {
    for (let at = url, followed = 0; ; followed++) {
      const received = await send(at, init, timeoutMs);
      if (received.status < 300 || received.status >= 400 || received.status === 304) return received;
      const to = URL.parse(received.headers.get("location") ?? "", at);
      const keepsMethod = init.method === "GET" || received.status === 307 || received.status === 308;
      if (!to || to.origin !== baseUrl.origin || !keepsMethod || followed === redirectsAtMost)
        throw redirectFault(facts, received.status);
      at = to;
    }
  }

  /** One try: a good answer, or a fault that says what happens next. */
  async function attempt<T>(facts: CallFacts, url: URL, init: RequestInit, timeoutMs: number) {
    let received: Awaited<ReturnType<typeof send>>;
    try {
      received = await sendFollowing(facts, url, init, timeoutMs);
    } catch (error) {
      const fault = error instanceof HttpFault ? error : lossFault(facts, error);
      return { fault, status: fault.status, explained: unexplained };
    }
    const { status, headers, text } = received;
    const body = parsed(text);
    const limit = limitIn(headers, facts.rateLimit, facts.nowMs);
    if (status >= 200 && status < 300) {
      if (body !== undefined || text === "") {
        const answer: Answer<T> = { status, headers, body: body as T }; // the caller says what the provider documents
        return { answer, status, limit };
      }
      return { fault: unreadableFault(facts, status), status, limit, explained: unexplained };
    }
    const refusal: Refusal = { status, headers, body: body ?? text };
    const explained = options.explain?.(refusal) ?? {};
    return { fault: refusalFault(facts, refusal, explained), status, limit, explained };
  }

  async function call<T>(method: Method, path: string, more: CallOptions<T>) {
    const url = addressOf(baseUrl, path, more.params, more.query);
    const { json, exposed } = exposeJson(more.body);
    const body = more.raw ? more.raw.data : json;
    const headers = headersFor(more);
    const safe = more.safe === true || more.idempotencyKey !== undefined;
    const redact = redactor(token ? [token, ...exposed] : exposed);
    const facts = { provider, call: `${method} ${path}`, redact, rateLimit: options.rateLimit };
    const repeatable = safe || method === "GET" || method === "PUT" || method === "DELETE";
    const { governor, limits } = options;
    const shape = { method, path, ...(more.params && { params: more.params }) };
    let waitedMs = 0;
    for (let tries = 0; ; tries++) {
      const heard = governor && limits && (await governor.admit(provider, shape, limits));
      const startedMs = clock.now();
      const timeoutMs = more.timeoutMs ?? options.timeoutMs ?? 30_000;
      let result: Awaited<ReturnType<typeof attempt<T>>>;
      try {
        result = await attempt<T>(
          { ...facts, repeatable, nowMs: startedMs },
          url,
          { method, headers, ...(body !== undefined && { body }) },
          timeoutMs,
        );
        options.onCall?.({
          provider,
          method,
          path,
          status: result.status,
          durationMs: clock.now() - startedMs,
          ...(result.limit && { limit: result.limit }),
        });
      } catch (error) {
        // An answer that nobody could read: its place among the calls under way must not be lost with it.
        heard?.({ status: 200, limited: false });
        throw error;
      }
      const { fault: refused } = result;
      // A quota of a day or a month is none that a run waits for: its adapter says "rejected".
      const limited =
        refused?.kind === "try-again" && isLimited(result.status, result.explained ?? unexplained);
      const instead = heard?.({
        status: result.status,
        limited,
        limit: result.limit,
        waitMs: refused?.retryInMs,
      });
      if (result.answer) return { answer: result.answer };
      const { fault, explained } = result;
      if (instead && fault.kind === "try-again") throw instead;
      if (heard && limited) {
        // Surely not done, and all who use the account know by now: the next try waits with them.
        if (tries < maxRetries) continue;
        const why = `waits, since ${provider} asks for fewer calls`;
        throw new Held({ what: fault.what, next: fault.next, why, untilMs: clock.now() + 1_000 });
      }
      const waitMs = fault.retryInMs ?? backoffMs(tries, random);
      if (fault.kind !== "try-again" || tries >= maxRetries || waitedMs + waitMs > patienceMs)
        return { fault, explained };
      await clock.sleep(waitMs);
      waitedMs += waitMs;
    }
  }

  async function answerOf<T>(method: Method, path: string, more: CallOptions<T> = {}): Promise<Answer<T>> {
    const { answer, fault, explained } = await call<T>(method, path, more);
    if (answer) return answer;
    if (more.exists && (fault.status === 409 || explained.exists)) {
      const there = await more.exists();
      if (there !== undefined) return { status: fault.status, headers: new Headers(), body: there };
    }
    throw fault;
  }

  async function orGone<T>(method: Method, path: string, more: CallOptions<T> = {}) {
    const { answer, fault, explained } = await call<T>(method, path, more);
    if (answer) return answer.body;
    if (fault.status === 404 || fault.status === 410 || explained.gone) return undefined;
    throw fault;
  }

  return {
    get: async (path, more) => (await answerOf("GET", path, more)).body,
    getOrGone: (path, more) => orGone("GET", path, more),
    post: async (path, more) => (await answerOf("POST", path, more)).body,
    put: async (path, more) => (await answerOf("PUT", path, more)).body,
    patch: async (path, more) => (await answerOf("PATCH", path, more)).body,
    delete: (path, more) => orGone("DELETE", path, more),
    request: answerOf,
  };
}

/** Parsed JSON; undefined for what is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
