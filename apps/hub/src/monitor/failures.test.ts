import { expect, test } from "vitest";
import { failedAt, throwAll } from "./failures.ts";

test("the log hears which instance, what kind of error and where, and no values", () => {
  const { name, message, stack } = failedAt("toko-a", new TypeError("canary-value\nof two lines"));
  expect(name).toBe("TypeError at toko-a");
  expect(stack).toContain("failures.test.ts");
  expect(`${name} ${message} ${stack}`).not.toMatch(/canary|two lines/);
  expect(failedAt("toko-a", "canary-text").stack).not.toContain("canary");
});

test("all that went wrong is thrown, and nothing when nothing did", () => {
  expect(() => throwAll([])).not.toThrow();
  const [one, other] = [new Error("one"), new Error("other")];
  expect(() => throwAll([one])).toThrow(one);
  expect(() => throwAll([one, other])).toThrow(expect.objectContaining({ errors: [one, other] }));
});
