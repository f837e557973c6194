import { Hono } from "hono";
import { expect, test } from "vitest";
import { addressOf } from "./access.ts";

async function seen(proxies: number, forwarded?: string): Promise<string> {
  const app = new Hono().get("/", (c) => c.text(addressOf(c, proxies)));
  const headers: Record<string, string> = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return (await app.request("/", { headers })).text();
}

test("only what our own proxies wrote counts as somebody's address", async () => {
  const forged = "198.51.100.9, 203.0.113.7";
  expect(await seen(0, forged)).toBe("unknown"); // without a proxy it is the connection's, which a test has not
  expect(await seen(1, forged)).toBe("203.0.113.7");
  expect(await seen(2, forged)).toBe("198.51.100.9");
  expect(await seen(3, forged)).toBe("unknown");
  expect(await seen(1)).toBe("unknown");
});
