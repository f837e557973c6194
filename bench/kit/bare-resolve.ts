import type { Hono } from "hono";

/** A bare route that returns a constant as long as an answer of the resolver, which stands in BENCH_ANSWER. */
export async function bareResolve(app: Hono): Promise<() => Promise<void>> {
  const answer = process.env.BENCH_ANSWER ?? "";
  app.get("/resolve", (c) => c.body(answer, 200, { "content-type": "application/json" }));
  return async () => {};
}
