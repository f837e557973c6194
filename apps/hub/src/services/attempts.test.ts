import { expect, test } from "vitest";
import { openAttempts } from "./attempts.ts";

test("so many an hour for each address, and again after the hour", () => {
  let nowMs = 0;
  const attempts = openAttempts(3, () => nowMs);
  for (let count = 0; count < 3; count++) attempts.count("192.0.2.1");
  expect(() => attempts.count("192.0.2.1")).toThrow("Too many requests");
  attempts.count("192.0.2.2");
  nowMs = 3_599_000;
  expect(() => attempts.count("192.0.2.1")).toThrow("Too many requests");
  nowMs = 3_600_001;
  attempts.count("192.0.2.1");
});
