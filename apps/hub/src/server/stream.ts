import type { Context } from "hono";
import { streamSSE } from "hono/streaming";

const beatMs = 15_000;

/** Server-sent events whose id is their place in the run's story; a beat now and then keeps proxies awake. */
export function stream(
  c: Context,
  events: AsyncIterable<{ seq: number }>,
  stillMay: () => Promise<void>,
): Response {
  c.header("cache-control", "no-store");
  c.header("x-accel-buffering", "no");
  return streamSSE(c, async (out) => {
    const beat = setInterval(() => {
      stillMay().then(
        () => out.write(": beat\n\n"),
        () => out.abort(),
      );
    }, beatMs);
    try {
      // Something at once: the other side learns that it is connected.
      await out.write(": here\n\n");
      for await (const event of events) {
        if (out.aborted) break;
        await out.writeSSE({ id: String(event.seq), data: JSON.stringify(event) });
      }
      await out.writeSSE({ event: "end", data: "" });
    } finally {
      clearInterval(beat);
    }
  });
}
