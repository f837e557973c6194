import { mkdtempSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { listen } from "@atoll/hub/serve";
import { type Door, openDoor } from "@atoll/hub/testing/door";
import { testDatabase } from "@atoll/postgres/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedOf } from "../support/seed.ts";
import { fuzzRoutes, mustBeSound } from "./fuzz.ts";
import { headerNames, headerText, text } from "./hostile-input.ts";

const seed = seedOf("ATOLL_FUZZ_SEED");
const databaseUrl = await testDatabase();
const home = mkdtempSync(path.join(tmpdir(), "atoll-fuzz-"));
let door: Door;
let key = "";
let listening: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  console.log(`ATOLL_FUZZ_SEED=${seed}`);
  door = await openDoor(databaseUrl, home);
  await door.member("ana@atoll.example", "owner");
  const owner = door.browser();
  await owner.signIn("ana@atoll.example");
  key = ((await (await owner.post("/api/keys", { name: "fuzz", role: "owner" })).json()) as { key: string })
    .key;
  listening = await listen((request, bindings) => door.ask(request, bindings), {
    host: "127.0.0.1",
    wanted: 0,
  });
}, 60_000);
afterAll(async () => {
  await listening?.close();
  await door?.stop();
  rmSync(home, { recursive: true, force: true });
});

test("whatever is sent to a route, the answer is a sentence and never the hub's inside", async () => {
  expect(await fuzzRoutes(door, key, { seed, runs: 2 })).toBeGreaterThan(100);
}, 120_000);

test("whatever the headers are, nobody becomes somebody else by them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom(...headerNames), headerText(), { maxKeys: 6 }),
      fc.constantFrom("/api/me", "/api/instances", "/api/keys", "/metrics"),
      async (headers, at) => {
        let request: Request;
        try {
          request = new Request(`http://hub.test${at}`, { headers });
        } catch {
          return; // no client can send it
        }
        expect([401, 403]).toContain(await mustBeSound(`GET ${at}`, door.ask(request)));
      },
    ),
    { seed, numRuns: 120 },
  );
}, 120_000);

test("the sign-in service never breaks, whatever it is sent", async () => {
  const posts = door.signInAddresses
    .filter(({ methods }) => methods.includes("POST"))
    .map((each) => each.path);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...posts),
      fc.oneof(
        fc.dictionary(
          fc.constantFrom("email", "password", "code", "token", "callbackURL", "providerId"),
          text(),
        ),
        fc.jsonValue(),
      ),
      async (at, body) => {
        const answer = await door.send(`/api/auth${at.replace(/:\w+/g, "x")}`, {
          method: "POST",
          headers: { "content-type": "application/json", origin: "http://hub.test" },
          body: JSON.stringify(body),
        });
        expect(answer.status, at).not.toBe(500);
        expect(await answer.text()).not.toMatch(/node_modules|\.ts:\d/);
        if (answer.status < 400)
          expect(answer.headers.getSetCookie().join()).not.toMatch(/session_token=[^;]+\./);
      },
    ),
    { seed, numRuns: 60 },
  );
}, 120_000);

/** What a connection answers to these bytes, until it is closed or says nothing for a while. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let told = "";
    const socket = createConnection(listening.port, "127.0.0.1", () =>
      socket.write(Buffer.from(bytes, "latin1")),
    );
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on("data", (piece) => {
      told += piece.toString("latin1");
      socket.end();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(told));
  });
}

test.each([
  [
    "a header larger than headers may be",
    `GET /api/hub HTTP/1.1\r\nHost: a\r\nX-A: ${"a".repeat(40_000)}\r\n\r\n`,
    /^HTTP\/1.1 431 /,
  ],
  [
    "two lengths",
    "POST /api/plans HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    /^HTTP\/1.1 400 /,
  ],
  [
    "a length beside chunks",
    "POST /api/plans HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    /^HTTP\/1.1 400 /,
  ],
  ["no host", "GET /api/hub HTTP/1.1\r\n\r\n", /^HTTP\/1.1 400 /],
  ["two hosts", "GET /api/hub HTTP/1.1\r\nHost: a\r\nHost: evil.example\r\n\r\n", /^HTTP\/1.1 (200|400) /],
  ["a host that is no host", "GET /api/hub HTTP/1.1\r\nHost: a b@<c>\r\n\r\n", /^HTTP\/1.1 (200|400) /],
  [
    "a line end in the path",
    "GET /api/hub%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: a\r\n\r\n",
    /^HTTP\/1.1 404 (?![\s\S]*\r\nX-Injected)/,
  ],
  [
    "an escape that is none",
    "GET /api/instances/%E0%A4%A HTTP/1.1\r\nHost: a\r\n\r\n",
    /^HTTP\/1.1 40[0134] /,
  ],
  [
    "another server's address",
    "GET http://evil.example/api/hub HTTP/1.1\r\nHost: a\r\n\r\n",
    /^HTTP\/1.1 (200|40\d) (?![\s\S]*\r\nlocation: http:\/\/evil)/i,
  ],
  ["a tunnel", "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: a\r\n\r\n", /^(HTTP\/1.1 4|$)/],
  ["no HTTP", "\u0000\u0001\u0002 hello\r\n\r\n", /^HTTP\/1.1 400 /],
])("%s harms nothing", async (_, bytes, expected) => {
  expect(await raw(bytes)).toMatch(expected);
  expect(await raw("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")).toMatch(/^HTTP\/1.1 200 /);
});

test("a body that is too large is refused before it is read to its end", async () => {
  const huge = "x".repeat(300 * 1024);
  const answer = await door.send("/api/plans", {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "content-length": String(huge.length),
    },
    body: huge,
  });
  expect(answer.status).toBe(413);
});
