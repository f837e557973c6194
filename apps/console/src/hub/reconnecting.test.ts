import { expect, test } from "vitest";
import { reconnecting } from "./reconnecting.ts";

const gone = new Error("gone for good");

/** Connections that each bring some events and then break (or end); the last one is refused for good. */
function connections(...each: (number | "breaks")[][]) {
  const asked: (number | undefined)[] = [];
  const pauses: number[] = [];
  async function* open(after: number | undefined) {
    asked.push(after);
    const brought = each[asked.length - 1];
    if (brought === undefined) throw gone;
    for (const event of brought) {
      if (event === "breaks") throw new Error("connection reset");
      yield { seq: event };
    }
  }
  const wait = async (ms: number) => void pauses.push(ms);
  return { asked, pauses, open, wait, isFinal: (error: unknown) => error === gone };
}

async function seen(events: AsyncIterable<{ seq: number }>) {
  const all: number[] = [];
  for await (const { seq } of events) all.push(seq);
  return all;
}

test("goes on after the last event that came, whether the connection broke or ended", async () => {
  const hub = connections([1, 2, "breaks"], [3], [4]);
  const { signal } = new AbortController();
  expect(await seen(reconnecting(hub.open, { ...hub, signal }))).toEqual([1, 2, 3, 4]);
  expect(hub.asked).toEqual([undefined, 2, 3, 4]);
});

test("waits longer while nothing comes, up to a limit, and briefly again after an event", async () => {
  const hub = connections(["breaks"], ["breaks"], ["breaks"], [1]);
  const { signal } = new AbortController();
  await seen(reconnecting(hub.open, { ...hub, signal, firstPauseMs: 10, longestPauseMs: 25 }));
  expect(hub.pauses).toEqual([10, 20, 25, 10]);
});

test("stops when it is told to, and asks no more", async () => {
  const hub = connections([1, 2, 3]);
  const stop = new AbortController();
  const all: number[] = [];
  for await (const { seq } of reconnecting(hub.open, { ...hub, signal: stop.signal })) {
    all.push(seq);
    if (seq === 2) stop.abort();
  }
  expect(all).toEqual([1, 2]);
  expect(hub.asked).toEqual([undefined]);
});
