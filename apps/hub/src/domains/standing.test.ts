import type { DomainState } from "@atoll/provider-kit/custom-domain";
import { describe, expect, test } from "vitest";
import { pauseMs, standingOf } from "./standing.ts";

const seen = (more: Partial<DomainState>): DomainState => ({
  verified: true,
  misconfigured: false,
  records: [],
  certificate: { state: "issued" },
  ...more,
});
const fresh = { state: "waiting" as const, wasLive: false, isIn: false, misses: 0 };
const was = { state: "live" as const, wasLive: true, isIn: true, misses: 0 };

describe("a domain", () => {
  test("goes from waiting over verifying and certificate to live", () => {
    const none = { certificate: { state: "none" as const } };
    expect(standingOf(seen({ verified: false, misconfigured: true, ...none }), fresh).state).toBe("waiting");
    expect(standingOf(seen({ verified: true, misconfigured: true, ...none }), fresh).state).toBe("waiting");
    expect(standingOf(seen({ verified: false, ...none }), fresh).state).toBe("verifying");
    expect(standingOf(seen(none), fresh).state).toBe("verifying");
    expect(standingOf(seen(none), { ...fresh, isIn: true }).state).toBe("certificate");
    expect(standingOf(seen({}), fresh).state).toBe("verifying");
    expect(standingOf(seen({}), { ...fresh, isIn: true }).state).toBe("live");
  });

  test("breaks at the second look that finds it gone, and heals at the first that does not", () => {
    const gone = seen({ misconfigured: true });
    expect(standingOf(gone, was)).toEqual({ state: "live", misses: 1 });
    expect(standingOf(gone, { ...was, misses: 1 })).toEqual({ state: "broken", misses: 2 });
    expect(standingOf(seen({}), { ...was, misses: 7 })).toEqual({ state: "live", misses: 0 });
    expect(standingOf(seen({ certificate: { state: "failed" } }), { ...was, misses: 1 }).state).toBe(
      "broken",
    );
  });
});

test("it is looked at often at first, then ever less, and never more often than allowed", () => {
  const waiting = (tries: number) => pauseMs({ state: "waiting", misses: 0, tries }, 60_000);
  expect(waiting(0)).toBe(60_000);
  expect(waiting(10)).toBe(60_000);
  expect(waiting(14)).toBeGreaterThan(4 * 60_000);
  expect(waiting(500)).toBe(6 * 3_600_000);
  expect(pauseMs({ state: "live", misses: 0, tries: 0 }, 60_000)).toBe(900_000);
  expect(pauseMs({ state: "live", misses: 1, tries: 0 }, 60_000)).toBe(60_000);
});
