import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { answering } from "./answering.ts";

type Handler = (path: string, response: ServerResponse) => void;

let answer: Handler;
let site: string;
let asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? "");
  answer(request.url ?? "", response);
});
/** What only the hub reaches. */
let innerUrl: string;
let innerCalls = 0;
const inner = createServer((_, response) => {
  innerCalls++;
  response.end('{"instance":"toko"}');
});
const portOf = (one: typeof server) => (one.address() as AddressInfo).port; // it listens on TCP

beforeAll(async () => {
  for (const one of [server, inner])
    await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${portOf(server)}`;
  innerUrl = `http://127.0.0.1:${portOf(inner)}`;
});
afterAll(async () => {
  for (const one of [server, inner]) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
});
beforeEach(() => {
  asked = [];
  innerCalls = 0;
});

const { silence, problems } = answering();
const leadsTo =
  (location: string): Handler =>
  (path, response) =>
    path === "/api/health"
      ? response.writeHead(307, { location }).end()
      : response.end('{"instance":"toko"}');

describe("a site's redirects", () => {
  it("are followed on the site itself, once", async () => {
    answer = leadsTo("/en/api/health");
    expect(await problems(site, "toko")).toEqual([]);
    answer = (_, response) => response.writeHead(302, { location: "/api/health" }).end();
    asked = [];
    expect(await problems(site, "toko")).toEqual([`${site}/api/health does not name this instance.`]);
    expect(asked).toHaveLength(2);
  });

  it("are not followed to anywhere else", async () => {
    answer = leadsTo(`${innerUrl}/latest/meta-data`);
    expect(await problems(site, "toko")).toEqual([`${site}/api/health does not name this instance.`]);
    expect(await silence(site)).toBeUndefined();
    expect(innerCalls).toBe(0);
  });

  it("to where one signs in say that it answers", async () => {
    answer = leadsTo("/sign-in");
    expect(await silence(site)).toBeUndefined();
  });
});

it("is not read without end", async () => {
  let sent = 0;
  answer = (_, response) => {
    const more = () => {
      for (let wants = true; wants && !response.destroyed; ) {
        sent += 65_536;
        wants = response.write("x".repeat(65_536));
      }
    };
    response.on("drain", more);
    more();
  };
  expect(await problems(site, "toko")).toEqual([`${site}/api/health does not name this instance.`]);
  expect(sent).toBeLessThan(16 * 1_048_576);
});

it("says what a site answers", async () => {
  answer = (_, response) => response.writeHead(503).end();
  expect(await silence(site)).toBe(`${site} answers 503.`);
  expect(await problems(site, "toko")).toEqual([`${site} answers 503.`]);
  answer = (_, response) => response.destroy();
  expect(await problems(site, "toko")).toEqual([`${site} does not answer.`]);
});
