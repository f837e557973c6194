import { expect, test } from "vitest";
import { jsonIn } from "./json-body.ts";
import { Refusal } from "./refusal.ts";

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

test("a body is read, and what is none is what was said for it", () => {
  expect(jsonIn('{"a":[1,"[[["]}', {})).toEqual({ a: [1, "[[["] });
  expect(jsonIn("{", { none: true })).toEqual({ none: true });
});

test("64 levels are read, 65 are refused, and brackets in strings are no levels", () => {
  expect(() => jsonIn(nested(64), {})).not.toThrow();
  expect(() => jsonIn(nested(65), {})).toThrow(Refusal);
  expect(() => jsonIn(`"\\"${"[".repeat(500)}"`, {})).not.toThrow();
});
