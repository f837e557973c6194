import type { Definition } from "@atoll/contract/define";
import { routes } from "@atoll/contract/routes";
import type { Door } from "@atoll/hub/testing/door";
import { z } from "@hono/zod-openapi";
import fc from "fast-check";
import { bodies, headerNames, headerText, shaped, text } from "./hostile-input.ts";

/** How long a call may take before it hangs. */
const hangMs = 20_000;

/** Throws where an answer is not one that any caller may get, whatever they sent. */
export async function mustBeSound(what: string, asked: Promise<Response>): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs.`)), hangMs);
  });
  const answer = await Promise.race([asked, silence]).finally(() => clearTimeout(timer));
  if (answer.headers.get("content-type")?.startsWith("text/event-stream")) {
    await answer.body?.cancel();
    return answer.status;
  }
  const told = await answer.text();
  const fail = (why: string): never => {
    throw new Error(`${what}: ${answer.status} ${why}: ${told.slice(0, 500)}`);
  };
  if (answer.status === 500) fail("nobody foresaw it");
  if (answer.headers.has("x-injected")) fail("a header was injected");
  if (answer.status < 400) return answer.status;
  if (!answer.headers.get("content-type")?.startsWith("application/problem+json"))
    fail("is no problem document");
  const problem = JSON.parse(told) as { title?: unknown; status?: unknown; next?: unknown };
  if (typeof problem.title !== "string" || typeof problem.next !== "string")
    fail("does not say what happened and what next");
  if (problem.status !== answer.status) fail("tells another status than it has");
  if (/node_modules|\.ts:\d|\bat [\w.<]+ \(|SQLSTATE|syntax error at/.test(told))
    fail("tells of the hub's inside");
  return answer.status;
}

const shapeOf = (schema: z.ZodType | undefined) =>
  z.toJSONSchema(schema ?? z.unknown(), { unrepresentable: "any", io: "input" }) as Parameters<
    typeof shaped
  >[0]; // of the few keywords that are read

/** A call of one route, as hostile as it gets. */
function calls({ path: at, method, query, body, upload }: Definition) {
  const names = [...at.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
  return fc
    .record({
      params: fc.tuple(...names.map(() => fc.oneof(fc.constant("nobody"), text()))),
      query: query === undefined ? fc.constant({}) : shaped(shapeOf(query)),
      more: fc.dictionary(fc.constantFrom("limit", "cursor", "slug", "x"), text(), { maxKeys: 2 }),
      headers: fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        {
          weight: 1,
          arbitrary: fc.dictionary(fc.constantFrom(...headerNames), headerText(), { maxKeys: 3 }),
        },
      ),
      body: body === undefined || upload ? fc.constant(undefined) : bodies(shapeOf(body)),
    })
    .map((input) => {
      let rest = at;
      names.forEach((name, index) => {
        // What is no text at all has no address: a lone half of a pair is left out.
        rest = rest.replace(
          `:${name}`,
          encodeURIComponent(
            String(input.params[index] ?? "x")
              .toWellFormed()
              .slice(0, 3_000) || "x",
          ),
        );
      });
      const search = new URLSearchParams();
      for (const [name, each] of Object.entries({ ...Object(input.query), ...input.more }))
        search.append(name, (typeof each === "string" ? each : (JSON.stringify(each) ?? "")).slice(0, 3_000));
      return {
        address: `${rest.replace(/%2E/gi, ".")}${search.size > 0 ? `?${search}` : ""}`,
        init: {
          method: method.toUpperCase(),
          headers: { "content-type": "application/json", ...input.headers },
          ...(input.body !== undefined && method !== "get" && { body: input.body }),
        },
      };
    });
}

// These call every provider account whatever is asked, and take nothing but an environment's name.
const callsProviders = new Set(["runDoctor"]);

/** Sends hostile calls to every route of the contract, as an owner, whom nothing but the input's check stops. */
export async function fuzzRoutes(
  door: Door,
  key: string,
  { seed, runs }: { seed: number; runs: number },
): Promise<number> {
  let count = 0;
  for (const [name, { definition }] of Object.entries(routes)) {
    if (callsProviders.has(name)) continue;
    await fc.assert(
      fc.asyncProperty(calls(definition), async ({ address, init }) => {
        count += 1;
        const headers = { authorization: `Bearer ${key}`, ...init.headers };
        let request: Request;
        try {
          request = new Request(`http://hub.test${address}`, { ...init, headers });
        } catch {
          return; // no client can send it
        }
        await mustBeSound(`${name} ${init.method} ${address.slice(0, 200)}`, door.ask(request));
      }),
      { seed, numRuns: runs, endOnFailure: true },
    );
  }
  return count;
}
