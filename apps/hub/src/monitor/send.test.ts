import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mustBeSendable, sendTo } from "./send.ts";

let server: Server;
let port: number;
let heard: { path: string | undefined; body: string }[] = [];

beforeAll(async () => {
  server = createServer((incoming, answer) => {
    let body = "";
    incoming.on("data", (part: Buffer) => {
      body += part;
    });
    incoming.on("end", () => {
      heard.push({ path: incoming.url, body });
      answer.writeHead(incoming.url === "/moved" ? 302 : 204, { location: "/elsewhere" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  port = typeof at === "object" && at !== null ? at.port : 0;
});
afterAll(() => void server.close());

test.each([
  "http://127.0.0.1/x",
  "http://localhost:1/x",
  "http://0x7f.1/",
  "http://[::1]/",
  "http://169.254.169.254/latest",
  "https://10.1.2.3/",
  "http://metadata.internal/",
  "ftp://alerts.example/",
  "https://me:word@alerts.example/",
  "no address",
])("%s is refused", (address) => {
  expect(() => mustBeSendable(address, false)).toThrow(expect.objectContaining({ field: "url" }));
});

test("a public address is taken, and an inner one where that is meant", () => {
  expect(() => mustBeSendable("https://alerts.example/atoll", false)).not.toThrow();
  expect(() => mustBeSendable("http://127.0.0.1:9/x", true)).not.toThrow();
});

test("nothing is sent to an inner network, and no redirect is followed", async () => {
  const message = { body: "{}", headers: {} };
  await expect(async () => sendTo(`http://127.0.0.1:${port}/x`, message, false)).rejects.toThrow();
  expect(heard).toEqual([]);
  expect(await sendTo(`http://127.0.0.1:${port}/moved`, message, true)).toBe(302);
  expect(heard).toEqual([{ path: "/moved", body: "{}" }]);
  heard = [];
});
