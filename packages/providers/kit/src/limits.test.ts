import { describe, expect, test } from "vitest";
import { limitIn } from "./limits.ts";

const nowMs = 1_000_000_000_000;
const github = { resetIs: "epoch-seconds" } as const;
const resend = { resetHeader: "ratelimit-reset", resetIs: "seconds-left" } as const;

describe("a rate limit in headers", () => {
  test("names the limit that GitHub names", () => {
    const headers = new Headers({
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "4321",
      "x-ratelimit-reset": "1000000060",
      "x-ratelimit-resource": "core",
    });
    expect(limitIn(headers, github, nowMs)).toEqual({
      bucket: "core",
      limit: 5000,
      remaining: 4321,
      resetAtMs: nowMs + 60_000,
    });
  });

  test("reads seconds that are left, and names standing beside the reset", () => {
    const headers = new Headers({
      "ratelimit-limit": "10",
      "ratelimit-remaining": "9",
      "ratelimit-reset": "1",
    });
    expect(limitIn(headers, resend, nowMs)).toEqual({
      bucket: "10",
      limit: 10,
      remaining: 9,
      resetAtMs: nowMs + 1_000,
    });
  });

  test.each([
    ["none", {}],
    ["half of one", { "x-ratelimit-limit": "10" }],
    ["no number", { "x-ratelimit-limit": "many", "x-ratelimit-remaining": "1" }],
    ["an empty one", { "x-ratelimit-limit": "", "x-ratelimit-remaining": "" }],
    ["a limit of nothing", { "x-ratelimit-limit": "0", "x-ratelimit-remaining": "0" }],
  ])("%s is none", (_, headers) => {
    expect(limitIn(new Headers(Object.entries(headers)), github, nowMs)).toBeUndefined();
  });
});
