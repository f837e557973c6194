import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchUnless, outsideFetch, outsideOnly, siteFetch } from "./outside.ts";

let calls = 0;
const server = createServer((request, response) => {
  calls++;
  if (request.url === "/away") response.writeHead(307, { location: "/sign-in" }).end();
  else if (request.url === "/none") response.writeHead(204).end();
  else response.writeHead(200, { "content-type": "text/plain" }).end(request.headers.apikey ?? "hello");
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port; // it listens on TCP
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each(["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])("%s is not called", async (host) => {
  await expect(outsideFetch(`http://${host}:${port}/`)).rejects.toThrow("inner network");
  expect(calls).toBe(0);
});

test("what is not refused is got, with its redirects as they are", async () => {
  const get = fetchUnless(() => false);
  const at = `http://localhost:${port}`;
  const found = await get(at, { headers: { apikey: "k" }, signal: AbortSignal.timeout(5_000) });
  expect([found.status, found.headers.get("content-type"), await found.text()]).toEqual([
    200,
    "text/plain",
    "k",
  ]);
  const away = await get(`${at}/away`);
  expect([away.status, away.headers.get("location")]).toEqual([307, "/sign-in"]);
  await away.body?.cancel();
  expect((await get(`${at}/none`)).body).toBeNull();
  await expect(get("http://127.0.0.1:1/")).rejects.toThrow("ECONNREFUSED");
});

test("a name that leads inside is refused at the connection itself", async () => {
  const refused = await new Promise<Error>((resolve) => {
    connect({ host: "localhost", port, lookup: outsideOnly(() => new Error("inside")) })
      .once("error", resolve)
      .once("connect", () => resolve(new Error("connected")));
  });
  expect(refused.message).toBe("inside");
});

test("sites beside a provider's own API of this machine may be of this machine", () => {
  expect(siteFetch("http://127.0.0.1:4500/vercel")).toEqual({});
  expect(siteFetch("https://api.vercel.com")).toEqual({ fetch: outsideFetch });
});
