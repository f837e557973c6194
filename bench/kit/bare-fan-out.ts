import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";

/** Server-sent events out of memory: what is posted to a topic goes to everybody who watches it. */
export async function bareFanOut(app: Hono): Promise<() => Promise<void>> {
  const topics = new Map<string, Set<(data: string) => void>>();

  app.get("/api/runs/:id/events", (c) => {
    const id = c.req.param("id");
    return streamSSE(c, async (out) => {
      const watchers = topics.get(id) ?? new Set();
      topics.set(id, watchers);
      await new Promise<void>((resolve) => {
        const tell = (data: string) => void out.writeSSE({ data });
        watchers.add(tell);
        tell(JSON.stringify({ step: "step-0" }));
        out.onAbort(() => {
          watchers.delete(tell);
          resolve();
        });
      });
    });
  });

  app.post("/api/memory/:id", async (c) => {
    const data = await c.req.text();
    for (const tell of topics.get(c.req.param("id")) ?? []) tell(data);
    return c.body(null, 204);
  });

  return async () => {};
}
