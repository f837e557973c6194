import type { Charge } from "@atoll/provider-kit/charges";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Account, newAccount } from "./account.ts";
import { decide, type News, type Want } from "./decide.ts";

const content: Charge = { bucket: "content", of: "new content", limit: 20, windowMs: 60_000, told: true };
const want = (instance: string, more: Partial<Want> = {}): Want => ({
  key: `${more.urgent === false ? "background" : "urgent"}/${instance}`,
  instance,
  urgent: true,
  charges: [content],
  count: 1,
  sinceMs: 0,
  ...more,
});

/** Processes that ask one after the other at each tick of a clock of the test's own. */
function world(start = 1_000_000) {
  let account: Account = newAccount();
  let nowMs = start;
  const given: { key: string; atMs: number }[] = [];
  return {
    given,
    pass: (ms: number) => {
      nowMs += ms;
    },
    now: () => nowMs,
    account: () => account,
    ask(process: string, wants: Want[], heard: News[] = []) {
      const decision = decide(account, { process, wants, heard }, nowMs);
      account = decision.account;
      for (const [key, count] of decision.grants)
        for (let n = 0; n < count; n++) given.push({ key, atMs: nowMs });
      // A permit that is kept may be used as late as this.
      for (const [key, { count, holdMs }] of decision.spare)
        for (let n = 0; n < count; n++) given.push({ key, atMs: nowMs + holdMs });
      return decision;
    },
  };
}

/** The most that fell into any window of this length. */
const mostWithin = (times: readonly number[], windowMs: number) =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));

describe("an account's limits", () => {
  test("are kept in every window, however it lies, whoever asks when", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ by: fc.constantFrom("a", "b", "c"), count: fc.nat(15), passMs: fc.nat(20_000) }),
          {
            maxLength: 60,
          },
        ),
        (asks) => {
          const at = world();
          for (const { by, count, passMs } of asks) {
            at.pass(passMs);
            if (count > 0) at.ask(by, [want(by, { count })]);
          }
          const times = at.given.map(({ atMs }) => atMs).sort((a, b) => a - b);
          expect(mostWithin(times, content.windowMs)).toBeLessThanOrEqual(content.limit);
        },
      ),
    );
  });

  test("are used up: whoever waits for them alone loses next to nothing of them", () => {
    const at = world();
    let left = 200;
    const begun = at.now();
    while (left > 0) {
      const { grants } = at.ask("a", [want("i", { count: left })]);
      left -= grants.get("urgent/i") ?? 0;
      if (left > 0) at.pass(100);
    }
    const leastMs = (200 / content.limit - 1) * content.windowMs;
    expect(at.now() - begun).toBeLessThan(leastMs * 1.05);
  });

  test("the time that is named is the time when it goes on", () => {
    const at = world();
    at.ask("a", [want("i", { count: 20 })]);
    const wait = at.ask("a", [want("i")]).waits.get("urgent/i");
    at.pass((wait?.untilMs ?? 0) - at.now() - 1);
    expect(at.ask("a", [want("i")]).grants.size).toBe(0);
    at.pass(1);
    expect(at.ask("a", [want("i")]).grants.get("urgent/i")).toBe(1);
  });

  test("what others use of the same account is reckoned with until their window ends", () => {
    const at = world();
    const resetAtMs = at.now() + 30_000;
    at.ask("a", [], [{ is: "told", charge: content, limit: 20, remaining: 5, resetAtMs }]);
    expect(at.ask("a", [want("i", { count: 20 })]).grants.get("urgent/i")).toBe(5);
    at.pass(30_000);
    expect(at.ask("a", [want("i", { count: 20 })]).grants.get("urgent/i")).toBe(15);
  });

  test("a refusal stops every process, until the time that it named", () => {
    const at = world();
    at.ask("a", [], [{ is: "refused", charges: [], untilMs: at.now() + 5_000 }]);
    expect(at.ask("b", [want("i")]).grants.size).toBe(0);
    at.pass(5_000);
    expect(at.ask("b", [want("i")]).grants.size).toBe(1);
  });

  test("a large call is not overtaken for ever by small ones", () => {
    const at = world();
    const large = { ...want("large"), charges: [{ ...content, points: 15 }] };
    // Used up evenly: a single point is free at a time.
    for (let n = 0; n < 20; n++) {
      at.ask("a", [want("small")]);
      at.pass(3_000);
    }
    for (let n = 0; n < 200 && !at.given.some(({ key }) => key === "urgent/large"); n++) {
      at.ask("a", [large, want("small", { count: 5 })]);
      at.pass(1_000);
    }
    expect(at.given.some(({ key }) => key === "urgent/large")).toBe(true);
  });
});

describe("turns", () => {
  test("no instance gets more than two calls ahead of another that waits as well", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 3 }), (instances, processes) => {
        const at = world();
        const names = Array.from({ length: instances }, (_, n) => `i${n}`);
        const round = () => {
          for (let process = 0; process < processes; process++)
            at.ask(
              `p${process}`,
              names.filter((_, n) => n % processes === process).map((name) => want(name, { count: 50 })),
            );
          at.pass(1_000);
        };
        round(); // whoever came first found the limit unused
        const first = at.given.length;
        for (let n = 0; n < 400; n++) round();
        const got = names.map(
          (name) => at.given.slice(first).filter(({ key }) => key === `urgent/${name}`).length,
        );
        expect(Math.max(...got) - Math.min(...got)).toBeLessThanOrEqual(2);
        expect(Math.min(...got)).toBeGreaterThan(10);
      }),
      { numRuns: 6 },
    );
  });

  test("urgent work goes first, and background work gets its tenth", () => {
    const at = world();
    for (let n = 0; n < 1_200; n++) {
      at.ask("a", [want("urgent", { count: 50 })]);
      at.ask("b", [want("slow", { urgent: false, count: 50 })]);
      at.pass(1_000);
    }
    const background = at.given.filter(({ key }) => key.startsWith("background")).length;
    expect(background / at.given.length).toBeGreaterThan(0.05);
    expect(background / at.given.length).toBeLessThan(0.2);
  });

  test("one who comes late does not pay for what others had, and has saved nothing", () => {
    const at = world();
    for (let n = 0; n < 300; n++) {
      at.ask("a", [want("early", { count: 50 })]);
      at.pass(1_000);
    }
    const before = at.given.length;
    for (let n = 0; n < 300; n++) {
      at.ask("a", [want("early", { count: 50 }), want("late", { count: 50 })]);
      at.pass(1_000);
    }
    const since = at.given.slice(before);
    const late = since.filter(({ key }) => key === "urgent/late").length;
    expect(late / since.length).toBeGreaterThan(0.45);
    expect(late / since.length).toBeLessThan(0.55);
  });

  test("a process that died leaves its part to the others", () => {
    const at = world();
    at.ask("a", [want("a", { count: 20 })]);
    at.ask("dead", [want("dead", { count: 20 })]);
    at.pass(70_000);
    expect(at.ask("a", [want("a", { count: 20 })]).grants.get("urgent/a")).toBe(20);
  });

  test("one that was sent away and looks in too early keeps its time, before those who came later", () => {
    const at = world();
    at.ask("a", [want("first", { count: 20 })]);
    const wait = at.ask("a", [want("early")]).waits.get("urgent/early")?.untilMs ?? 0;
    at.ask("a", [want("early", { backMs: wait })]);
    for (let n = 0; n < 30; n++) {
      const later = at.ask("b", [want(`later${n}`)]).waits.get(`urgent/later${n}`)?.untilMs ?? 0;
      at.ask("b", [want(`later${n}`, { backMs: later })]);
    }
    at.pass(20_000);
    expect(at.ask("a", [want("early")]).waits.get("urgent/early")?.untilMs).toBe(wait);
  });

  test("one that was sent away is expected back: its part is left for it", () => {
    const at = world();
    at.ask("a", [want("a", { count: 20 })]);
    const backMs = at.now() + 62_000;
    at.ask("b", [want("b", { count: 5, backMs })]);
    at.pass(62_000);
    expect(at.ask("a", [want("a", { count: 20 })]).grants.get("urgent/a")).toBe(15);
    expect(at.ask("c", [want("b", { count: 5 })]).grants.get("urgent/b")).toBe(5);
  });
});
