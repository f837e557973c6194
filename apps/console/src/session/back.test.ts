import { expect, test } from "vitest";
import { backTo } from "./back.ts";

test("one comes back to where one was", () => {
  expect(backTo("/instances/toko-a?tab=secrets")).toBe("/instances/toko-a?tab=secrets");
  expect(backTo(undefined)).toBe("/requests");
});

test("nobody is led to another site, nor round in a circle", () => {
  for (const elsewhere of [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
  ])
    expect(backTo(elsewhere), elsewhere).toBe("/requests");
  expect(backTo("/sign-in?back=/x")).toBe("/requests");
});
