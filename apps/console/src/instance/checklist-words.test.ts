import { expect, test } from "vitest";
import { endingOf } from "./checklist-words.ts";

test("a checklist ends with how many lines need somebody, then with how many wait", () => {
  const lines = (...results: ("ok" | "failed" | "waiting" | "not-applicable")[]) =>
    results.map((result) => ({ result }));
  expect(endingOf(lines("ok", "not-applicable"))).toContain("ready");
  expect(endingOf(lines("ok", "waiting"))).toBe("Nothing has failed; 1 still waits.");
  expect(endingOf(lines("failed", "waiting"))).toBe("One line needs you.");
  expect(endingOf(lines("failed", "failed"))).toBe("2 lines need you.");
});
