import { createServer, type Server } from "node:http";
import { isInside } from "@atoll/hub/answers/private-address";
import { fetchUnless, outsideFetch } from "@atoll/hub/monitor/outside";
import { mustBeSendable, sendTo } from "@atoll/hub/monitor/send";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { seedOf } from "../support/seed.ts";

// What a name leads to, by how often it was asked: a second answer may be another one.
const dns = vi.hoisted(() => ({ answers: [] as { address: string; family: number }[][], asked: 0 }));
vi.mock("node:dns", async (original) => ({
  ...(await original<typeof import("node:dns")>()),
  lookup: (_: string, __: object, done: (error: null, found: object[]) => void) => {
    const found = dns.answers[Math.min(dns.asked, dns.answers.length - 1)] ?? [];
    dns.asked += 1;
    done(null, found);
  },
}));

const seed = seedOf("ATOLL_SSRF_SEED");
console.log(`ATOLL_SSRF_SEED=${seed}`);
let server: Server;
let port = 0;
let heard = 0;

beforeAll(async () => {
  server = createServer((_, answer) => {
    heard += 1;
    answer.writeHead(200, { "content-type": "text/plain" }).end("inner");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  port = typeof at === "object" && at !== null ? at.port : 0;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const byte = fc.integer({ min: 0, max: 255 });
/** An IPv4 address of this machine, an inner network, a link, a provider's metadata, or nobody's. */
const inner = fc.oneof(
  fc.tuple(fc.constantFrom(0, 10, 127), byte, byte, byte),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
  fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
  fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
  fc.constantFrom<[number, number, number, number]>(
    [169, 254, 169, 254],
    [100, 100, 100, 200],
    [192, 0, 0, 192],
  ),
  fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
);
const hex = (...bytes: number[]) => bytes.map((each) => each.toString(16).padStart(2, "0")).join("");

/** All ways in which such an address can be written. */
const written = inner.chain(([a, b, c, d]) => {
  const whole = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const half = `${hex(a, b)}:${hex(c, d)}`;
  return fc.constantFrom(
    `${a}.${b}.${c}.${d}`,
    `${a}.${b}.${c}.${d}.`,
    String(whole),
    `0x${whole.toString(16)}`,
    `0${whole.toString(8)}`,
    `${a}.${b * 65_536 + c * 256 + d}`,
    `0${a.toString(8)}.0x${b.toString(16)}.${c * 256 + d}`,
    `[::ffff:${half}]`,
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[0:0:0:0:0:FFFF:${half}]`,
    `[::${half}]`,
    `[64:ff9b::${half}]`,
    `[64:ff9b:1::${half}]`,
    `[2002:${half}::1]`,
    `[2001:0:${half}::1]`,
  );
});

test("an inner address is refused however it is written", () => {
  fc.assert(
    fc.property(written, (host) => {
      expect(isInside(host), host).toBe(true);
      expect(() => mustBeSendable(`https://${host}/x`, false), host).toThrow();
    }),
    { seed, numRuns: 2_000 },
  );
});

test.each([
  "[fe80::1]",
  "[fec0::1]",
  "[fd12::1]",
  "[::1]",
  "[::]",
  "[ff02::1]",
  "[100::1]",
  "192.88.99.1",
  "localhost",
  "a.localhost",
  "metadata.google.internal",
  "db",
  "LOCALHOST.",
  "ⓛocalhost",
])("%s is refused", (host) => {
  expect(isInside(host)).toBe(true);
});

const message = { body: "{}", headers: {} };

test("a name that leads inside is refused at the moment of the connection, by every way out", async () => {
  dns.answers = [[{ address: "127.0.0.1", family: 4 }]];
  await expect(sendTo(`http://alerts.example:${port}/`, message, false)).rejects.toMatchObject({
    field: "url",
  });
  await expect(outsideFetch(`http://alerts.example:${port}/`)).rejects.toThrow("inner network");
  // One inner address among public ones is enough.
  dns.answers = [
    [
      { address: "203.0.113.9", family: 4 },
      { address: "::ffff:127.0.0.1", family: 6 },
    ],
  ];
  await expect(outsideFetch(`http://alerts.example:${port}/`)).rejects.toThrow("inner network");
  expect(heard).toBe(0);
});

test("the address that was checked is the one that is connected to: no second answer counts", async () => {
  dns.asked = 0;
  dns.answers = [[{ address: "127.0.0.1", family: 4 }], [{ address: "203.0.113.9", family: 4 }]];
  // Allowed here, to see where it goes: with a second look-up it would not arrive.
  const answer = await fetchUnless((address) => address === "203.0.113.9")(
    `http://rebinding.example:${port}/`,
  );
  expect([await answer.text(), dns.asked]).toEqual(["inner", 1]);
  heard = 0;
  dns.asked = 0;
  dns.answers = [[{ address: "127.0.0.1", family: 4 }]];
  await expect(sendTo(`http://rebinding.example:${port}/`, message, false)).rejects.toThrow();
  expect([heard, dns.asked]).toEqual([0, 1]);
});

test("an inner address is called where that is meant", async () => {
  dns.answers = [[{ address: "127.0.0.1", family: 4 }]];
  expect(await sendTo(`http://127.0.0.1:${port}/`, message, true)).toBe(200);
});
