import type { ProbeKind, ProbeVerdict } from "@atoll/contract/schemas/monitor";
import { describe, expect, test } from "vitest";
import { afterLook, isSlow, type ProbeState, percentile, stateOf } from "./verdict.ts";

/** "+" = a good look, "-" = a failed one. */
function after(looks: string): ProbeState | undefined {
  let state: ProbeState | undefined;
  for (const look of looks) state = afterLook(state, { ok: look === "+" });
  return state;
}

describe("the verdict on one thing", () => {
  test.each<[string, ProbeVerdict]>([
    ["+", "up"],
    ["-", "failing"],
    ["--", "failing"],
    ["+--", "failing"],
    ["---", "down"],
    ["+++---", "down"],
    ["-+-+-", "down"],
    ["-++-+-", "failing"],
    ["-+++-", "failing"],
    ["---+", "down"],
    ["---++", "down"],
    ["---++-", "down"],
    ["---++-++", "down"],
    ["---+++", "up"],
    ["---+++-", "failing"],
    ["---+++-+-", "failing"],
  ])("%s is %s", (looks, verdict) => {
    expect(after(looks)?.verdict).toBe(verdict);
  });

  test("what a certificate says of itself needs no second look", () => {
    const expired = afterLook(after("+++"), { ok: false, hint: "expired" });
    expect(expired.verdict).toBe("down");
    expect(afterLook(expired, { ok: true }).verdict).toBe("up");
  });

  test("only so many looks are kept", () => {
    const state = after("+".repeat(50));
    expect(state?.recent).toHaveLength(5);
    let timed: ProbeState | undefined;
    for (let ms = 1; ms <= 50; ms++) timed = afterLook(timed, { ok: true, latencyMs: ms });
    expect(timed?.latencies).toHaveLength(20);
    expect(timed?.latencies.at(-1)).toBe(50);
  });
});

describe("slow", () => {
  const ms = (fast: number, slow: number) => [
    ...Array.from({ length: fast }, () => 50),
    ...Array.from({ length: slow }, () => 3_000),
  ];
  test("one outlier is none", () => expect(isSlow(ms(19, 1), 2_000, false)).toBe(false));
  test("two are none", () => expect(isSlow(ms(18, 2), 2_000, false)).toBe(false));
  test("three of the last five are", () => expect(isSlow(ms(17, 3), 2_000, false)).toBe(true));
  test("few looks say nothing", () => expect(isSlow(ms(0, 4), 2_000, false)).toBe(false));
  test("it ends when the last five are quick again", () => {
    expect(isSlow([...ms(0, 15), ...ms(4, 0)], 2_000, true)).toBe(true);
    expect(isSlow([...ms(0, 15), ...ms(5, 0)], 2_000, true)).toBe(false);
    expect(isSlow([...ms(0, 15), ...ms(5, 0)], 2_000, false)).toBe(false);
  });
  test("percentiles are by nearest rank", () => {
    expect(percentile([5, 1, 3], 0.5)).toBe(3);
    expect(percentile([], 0.5)).toBeUndefined();
    expect(
      percentile(
        Array.from({ length: 100 }, (_, at) => at + 1),
        0.95,
      ),
    ).toBe(95);
  });
});

describe("the state of an instance", () => {
  const of = (
    probes: Partial<Record<ProbeKind, ProbeVerdict | Pick<ProbeState, "verdict" | "hint">>>,
    slow = false,
  ) =>
    stateOf(
      new Map(
        Object.entries(probes).map(([kind, each]) => [
          kind as ProbeKind, // the keys of the record itself
          typeof each === "string" ? { verdict: each } : each,
        ]),
      ),
      slow,
    );
  test("nothing was looked at", () => expect(of({})).toBe("unknown"));
  test("all are up", () => expect(of({ page: "up", api: "up" })).toBe("up"));
  test("a single failed look changes nothing", () => expect(of({ page: "failing", api: "up" })).toBe("up"));
  test("the page is down", () => expect(of({ page: "down", api: "up" })).toBe("down"));
  test("the database is down", () => expect(of({ page: "up", database: "down" })).toBe("down"));
  test("automations are down", () => expect(of({ page: "up", workflows: "down" })).toBe("degraded"));
  test("slow", () => expect(of({ page: "up" }, true)).toBe("degraded"));
  test("a certificate that ends soon", () =>
    expect(of({ page: "up", certificate: { verdict: "up", hint: "expiring" } })).toBe("degraded"));
  test("one that has expired", () =>
    expect(of({ page: "up", certificate: { verdict: "down", hint: "expired" } })).toBe("down"));
});
