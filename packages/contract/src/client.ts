import type { Definition } from "./define.ts";
import type { RouteName } from "./routes.ts";
import { routes } from "./routes.ts";
import type { Problem } from "./schemas/problem.ts";
import type { Answer, FileName, Input, StreamName } from "./types.ts";

/** A refusal by the hub: `problem` says what happened and what to do next. */
export class HubProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.name = "HubProblem";
    this.problem = problem;
  }
}

export interface ClientOptions {
  /** Address of the hub; "" = where the page came from. */
  baseUrl: string;
  /** For machines. People have a session cookie. */
  apiKey?: string;
  fetch?: typeof fetch;
}

interface CallOptions {
  signal?: AbortSignal;
  /** For POST: the same key is done once, and answered alike. */
  idempotencyKey?: string;
  /** For PUT: refused when it was changed meanwhile. */
  ifMatch?: string;
}

/** Calls the hub by the names of its routes. Throws `HubProblem` for every refusal. */
export interface Client {
  call<Name extends RouteName>(name: Name, input: Input<Name>, options?: CallOptions): Promise<Answer<Name>>;
  /** The same, with the answer's ETag. */
  callTagged<Name extends RouteName>(
    name: Name,
    input: Input<Name>,
    options?: CallOptions,
  ): Promise<{ answer: Answer<Name>; etag: string | undefined }>;
  /** A file's bytes as they come, from byte `from` on. Throws when the connection breaks. */
  download<Name extends FileName>(
    name: Name,
    input: Input<Name>,
    options?: { from?: number; signal?: AbortSignal },
  ): AsyncIterable<Uint8Array>;
  /** Where a route is: for links and for `EventSource`. */
  url<Name extends RouteName>(name: Name, input: Input<Name>): string;
  /** A stream's events, after `after`. Ends when the hub ends it; throws when the connection breaks. */
  follow<Name extends StreamName>(
    name: Name,
    input: Input<Name>,
    options?: { after?: number; signal?: AbortSignal },
  ): AsyncIterable<Answer<Name>>;
}

interface Loose {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

function urlOf(baseUrl: string, name: RouteName, { params = {}, query = {} }: Loose): string {
  const path = routes[name].definition.path.replace(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(params[key] ?? ""),
  );
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== "") search.set(key, String(value));
  return `${baseUrl}${path}${search.size > 0 ? `?${search}` : ""}`;
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Problem; // what every route of the contract answers a refusal with
  } catch {
    return {
      type: "about:blank",
      status: response.status,
      title: `The hub answered ${response.status}.`,
      next: "Try again in a moment; if it goes on, look at the hub's log.",
    };
  }
}

/** A body's bytes as they come. By hand, since not every browser iterates over a stream. */
async function* bytesOf(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A body's text as it comes. */
async function* textOf(body: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder();
  for await (const piece of bytesOf(body)) yield decoder.decode(piece, { stream: true });
}

/** Opens a client; it holds nothing but its options. */
export function createClient({ baseUrl, apiKey, fetch: send = fetch }: ClientOptions): Client {
  const auth: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

  async function request(
    name: RouteName,
    input: Loose,
    options: CallOptions & { from?: number },
    accept: string,
  ) {
    const { body } = input;
    const { method, upload }: Definition = routes[name].definition;
    // A file goes as it is; the typings of `fetch` do not know `duplex`, which streams need.
    const sent =
      upload === undefined ? { body: JSON.stringify(body) } : { body: body as Blob, duplex: "half" };
    const response = await send(urlOf(baseUrl, name, input), {
      method: method.toUpperCase(),
      credentials: "same-origin",
      headers: {
        accept,
        ...auth,
        ...(body !== undefined && { "content-type": upload ?? "application/json" }),
        ...(options.from !== undefined && options.from > 0 && { range: `bytes=${options.from}-` }),
        ...(options.idempotencyKey !== undefined && { "idempotency-key": options.idempotencyKey }),
        ...(options.ifMatch !== undefined && { "if-match": options.ifMatch }),
      },
      ...(body !== undefined && sent),
      ...(options.signal && { signal: options.signal }),
    });
    if (!response.ok) throw new HubProblem(await problemOf(response));
    return response;
  }

  async function callTagged(name: RouteName, input: Loose, options: CallOptions = {}) {
    const response = await request(name, input, options, "application/json");
    const etag = response.headers.get("etag") ?? undefined;
    const { text }: Definition = routes[name].definition;
    const read = () => (text === undefined ? response.json() : response.text());
    return { answer: response.status === 204 ? undefined : await read(), etag };
  }

  async function* download(
    name: RouteName,
    input: Loose,
    options: { from?: number; signal?: AbortSignal } = {},
  ) {
    const response = await request(name, input, options, "*/*");
    if (response.body !== null) yield* bytesOf(response.body);
  }

  async function* follow(
    name: RouteName,
    input: Loose,
    { after, signal }: { after?: number; signal?: AbortSignal } = {},
  ) {
    const resumed = after === undefined ? input : { ...input, query: { ...input.query, after } };
    const response = await request(name, resumed, signal ? { signal } : {}, "text/event-stream");
    if (response.body === null) return;
    let rest = "";
    for await (const text of textOf(response.body)) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block
          .split("\n")
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5).trim())
          .join("\n");
        if (data !== "") yield JSON.parse(data);
      }
    }
  }

  // The types are those of the routes; inside, a call is the same for all of them.
  return {
    call: async (name: RouteName, input: Loose, options?: CallOptions) =>
      (await callTagged(name, input, options)).answer,
    callTagged,
    url: (name: RouteName, input: Loose) => urlOf(baseUrl, name, input),
    download,
    follow,
  } as Client;
}
