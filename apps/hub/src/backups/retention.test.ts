import fc from "fast-check";
import { expect, test } from "vitest";
import { expired, usualRetention } from "./retention.ts";

const dayMs = 24 * 3_600_000;
const now = new Date("2026-11-30T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
const daily = (days: number) =>
  Array.from({ length: days }, (_, ago) => ({
    id: `${ago}`,
    state: "verified" as const,
    why: "scheduled" as const,
    at: daysAgo(ago),
  }));

test("of a year of daily backups stay those of 7 days, 4 weeks and 6 months", () => {
  const gone = new Set(expired(daily(365), usualRetention, now));
  const staying = daily(365)
    .filter(({ id }) => !gone.has(id))
    .map(({ at }) => at.toISOString().slice(0, 10));
  expect(staying).toEqual([
    ...["2026-11-30", "2026-11-29", "2026-11-28", "2026-11-27", "2026-11-26", "2026-11-25", "2026-11-24"],
    ...["2026-11-22", "2026-11-15"],
    ...["2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31", "2026-06-30"],
  ]);
});

test("several of one day: the newest stays", () => {
  const two = [
    {
      id: "early",
      state: "verified" as const,
      why: "scheduled" as const,
      at: new Date("2026-11-29T01:00:00Z"),
    },
    {
      id: "late",
      state: "verified" as const,
      why: "scheduled" as const,
      at: new Date("2026-11-29T23:00:00Z"),
    },
  ];
  expect(expired(two, usualRetention, now)).toEqual(["early"]);
});

test("what is damaged stays as long as nothing verified is newer, and for 30 days", () => {
  const damaged = (days: number) => ({
    id: `${days}`,
    state: "damaged" as const,
    why: "scheduled" as const,
    at: daysAgo(days),
  });
  expect(expired([damaged(40)], usualRetention, now)).toEqual([]);
  const good = { id: "good", state: "verified" as const, why: "scheduled" as const, at: daysAgo(1) };
  expect(expired([damaged(40), damaged(20), good], usualRetention, now)).toEqual(["40"]);
  const locked = { ...damaged(50), damage: "unreadable-key" };
  expect(expired([damaged(40), locked, good], usualRetention, now)).toEqual(["40"]);
});

test("what somebody asked for stays 7 days, what stood before a restore 30, in no other one's place", () => {
  const one = (why: "scheduled" | "asked" | "before-restore", id: string, days: number) => ({
    id,
    state: "verified" as const,
    why,
    at: daysAgo(days),
  });
  const keep = { daily: 1, weekly: 0, monthly: 0 };
  const all = [
    one("before-restore", "safety", 0),
    one("scheduled", "newest", 0.1),
    one("asked", "asked", 6),
    one("scheduled", "old", 6.1),
    one("asked", "asked long ago", 8),
    one("before-restore", "safety of then", 29),
    one("before-restore", "safety long ago", 31),
  ];
  expect(expired(all, keep, now)).toEqual(["old", "asked long ago", "safety long ago"]);
});

test("the newest verified backup is never removed, whatever there is beside it", () => {
  const states = ["made", "verified", "damaged", "missing", "making", "removed"] as const;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          state: fc.constantFrom(...states),
          why: fc.constantFrom("scheduled", "asked", "before-restore"),
          days: fc.integer({ min: 0, max: 2_000 }),
        }),
      ),
      fc.record({ daily: fc.nat(3), weekly: fc.nat(3), monthly: fc.nat(3) }),
      (given, keep) => {
        const all = given.map(({ state, why, days }, index) => ({
          id: `${index}`,
          state,
          why,
          at: daysAgo(days),
        }));
        const gone = expired(all, keep, now);
        const left = all.filter(({ id, state }) => state === "verified" && !gone.includes(id));
        const newest = Math.max(
          ...all.filter(({ state }) => state === "verified").map(({ at }) => at.getTime()),
        );
        if (Number.isFinite(newest)) expect(left.some(({ at }) => at.getTime() === newest)).toBe(true);
      },
    ),
  );
});
