/** A call as a scripted provider sees it. */
export interface ScriptedCall {
  method: string;
  /** Without query. */
  path: string;
  query: Record<string, string>;
  headers: Headers;
  /** Parsed JSON, else text; undefined where nothing was sent. */
  body: unknown;
}

interface ScriptedAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A provider for tests of odd answers, which an emulator gives on no occasion: answers by function, notes all calls. */
export function scripted(answer: (call: ScriptedCall) => ScriptedAnswer | undefined): {
  fetch: typeof fetch;
  calls: ScriptedCall[];
} {
  const calls: ScriptedCall[] = [];
  return {
    calls,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      const text = await request.text();
      const call = {
        method: request.method,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: text === "" ? undefined : parsed(text),
      };
      calls.push(call);
      const { status = 200, body, headers } = answer(call) ?? { status: 404, body: { message: "Not Found" } };
      return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
