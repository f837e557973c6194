import { expect, test } from "vitest";
import { layoutOf } from "./layout.ts";
import { scaleOf, tickMs } from "./scale.ts";
import { type RunEvent, type Step, storiesOf } from "./segments.ts";

const start = Date.parse("2026-11-21T12:00:00.000Z");
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
let seq = 0;
const head = (seconds: number) => ({ seq: ++seq, runId: "r1", at: at(seconds) });
const fault = { kind: "try-again", what: "Too many calls.", next: "Nothing." } as const;
const begin = (step: string, s: number): RunEvent => ({
  ...head(s),
  type: "step-started",
  step,
  kind: "k",
  name: step,
});
const done = (step: string, s: number): RunEvent => ({
  ...head(s),
  type: "step-done",
  step,
  did: "created",
  durationMs: 1,
});
const waits = (step: string, s: number): RunEvent => ({
  ...head(s),
  type: "step-waiting",
  step,
  why: "w",
  retryAt: at(s + 5),
});
const run = (state: "failed" | "queued" | "running", s: number): RunEvent => ({
  ...head(s),
  type: "run",
  state,
  kind: "provision",
});
const step = (name: string, needs: string[] = [], more: Partial<Step> = {}): Step => ({
  step: name,
  kind: "k",
  name,
  state: "done",
  needs,
  ...more,
});

test("steps that overlap in time overlap on the axis, in proportion", () => {
  const events = [begin("a", 0), begin("b", 2), done("b", 6), done("a", 10)];
  const { rows } = layoutOf([step("a"), step("b")], events, start);
  expect(rows.map(({ bars }) => bars)).toEqual([
    [{ left: 0, width: 1, is: "working" }],
    [{ left: 0.2, width: expect.closeTo(0.4), is: "working" }],
  ]);
  expect(rows.map(({ tookMs }) => tookMs)).toEqual([10_000, 4_000]);
});

test("waits one after another are one stretch; what goes on lasts until now", () => {
  const events = [begin("a", 0), waits("a", 1), waits("a", 3), waits("a", 5)];
  expect(storiesOf(events, start + 8_000).get("a")?.segments).toEqual([
    { fromMs: start, toMs: start + 1_000, is: "working" },
    { fromMs: start + 1_000, toMs: start + 8_000, is: "waiting" },
  ]);
});

test("a step that failed and was retried shows both; only a failure that stands is red", () => {
  const failed: RunEvent = { ...head(4), type: "step-failed", step: "a", fault, durationMs: 1 };
  const first = [begin("a", 0), failed, run("failed", 4)];
  expect(layoutOf([step("a")], first, start).rows[0]?.bars.at(-1)?.is).toBe("failed");
  const again = [...first, run("queued", 10), begin("a", 11), done("a", 12)];
  expect(layoutOf([step("a")], again, start).rows[0]?.bars.map(({ is }) => is)).toEqual([
    "working",
    "working",
  ]);
});

test("a step that a crash left open ends with the run", () => {
  const events = [begin("a", 0), run("failed", 3)];
  expect(storiesOf(events, start + 100_000).get("a")?.segments[0]?.toMs).toBe(start + 3_000);
});

test("before the events are there, a step's own times are shown", () => {
  const { rows } = layoutOf([step("a", [], { startedAt: at(0), endedAt: at(4) }), step("b")], [], start);
  expect(rows.map(({ bars, tookMs }) => [bars.length, tookMs])).toEqual([
    [1, 4_000],
    [0, undefined],
  ]);
});

test("the chain that decides is named; what ran beside it is not on it", () => {
  const events = [begin("a", 0), begin("b", 0), done("b", 1), done("a", 5), begin("c", 5), done("c", 7)];
  const { rows, path } = layoutOf([step("a"), step("b"), step("c", ["a", "b"])], events, start);
  expect(path).toEqual({ steps: ["a", "c"], durationMs: 7_000, sumMs: 8_000 });
  expect(rows.map(({ decides }) => decides)).toEqual([true, false, true]);
});

test("a day between two attempts is cut out of the axis", () => {
  const day = 86_400_000;
  const scale = scaleOf([
    { fromMs: 0, toMs: 10_000 },
    { fromMs: day, toMs: day + 30_000 },
  ]);
  expect(scale.lengthMs).toBe(40_000);
  expect(scale.cuts).toEqual([{ at: 0.25, leftOutMs: day - 10_000 }]);
  expect([scale.place(5_000), scale.place(day / 2), scale.place(day + 30_000)]).toEqual([0.125, 0.25, 1]);
});

test("marks are round and few, whatever the length", () => {
  for (const ms of [1, 900, 7_000, 95_000, 1_000_000, 90_000_000, 900_000_000])
    expect(ms / tickMs(ms, 6), String(ms)).toBeLessThanOrEqual(6);
  expect(tickMs(95_000, 6)).toBe(30_000);
  expect(scaleOf([]).ticks.length).toBeGreaterThan(0);
});
