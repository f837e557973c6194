import { expect, test } from "vitest";
import { standingOf, valueWords } from "./words.ts";

test("a difference says what stands there and what was wanted", () => {
  expect(valueWords({ from: "a", to: "b" })).toBe("a → b");
  expect(valueWords({ to: "b" })).toBe("not there → b");
  expect(valueWords({ from: "a", why: "Nobody made it." })).toBe("Nobody made it.");
  expect(valueWords({})).toBe("Not there");
});

test("what was accepted is not open, whatever else it did", () => {
  const stoppedAt = "2026-11-30T00:00:00.000Z";
  expect(standingOf({})).toBe("open");
  expect(standingOf({ stoppedAt })).toBe("keeps coming back");
  expect(standingOf({ acceptedBy: "ada", stoppedAt })).toBe("accepted");
});
