import { expect, test } from "vitest";
import { someOf, textOf } from "./search.ts";

test("an address that somebody typed by hand gives a filter that makes sense, or none", () => {
  const states = ["live", "failed"] as const;
  expect(someOf(states, ["failed", "live", "odd"])).toEqual(["live", "failed"]);
  expect(someOf(states, "live")).toEqual(["live"]);
  expect([someOf(states, ["odd"]), someOf(states, undefined), someOf(states, { a: 1 })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([textOf(12), textOf("toko"), textOf(""), textOf(["a"]), textOf(undefined)]).toEqual([
    "12",
    "toko",
    undefined,
    undefined,
    undefined,
  ]);
});
