import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { authSecrets, openAuth } from "@atoll/hub/auth";
import { type Door, openDoor } from "@atoll/hub/testing/door";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";

// How much is hashed, counted where it is done: what takes the same work takes the same time.
const work = vi.hoisted(() => ({ memoryKiB: [] as number[] }));
vi.mock("hash-wasm", async (original) => {
  const real = await original<typeof import("hash-wasm")>();
  return {
    ...real,
    argon2id: (options: { memorySize: number; iterations: number }) => {
      work.memoryKiB.push(options.memorySize * options.iterations);
      return real.argon2id(options as Parameters<typeof real.argon2id>[0]); // handed on as it came
    },
    argon2Verify: (options: { hash: string; password: string }) => {
      const [, memory = "0", rounds = "0"] = /m=(\d+),t=(\d+)/.exec(options.hash) ?? [];
      work.memoryKiB.push(Number(memory) * Number(rounds));
      return real.argon2Verify(options);
    },
  };
});

const databaseUrl = await testDatabase();
const home = mkdtempSync(path.join(tmpdir(), "atoll-door-"));
let door: Door;

beforeAll(async () => {
  door = await openDoor(databaseUrl, home);
  await door.member("ana@atoll.example", "owner");
}, 60_000);
beforeEach(() => door.forgetTries());
afterAll(async () => {
  await door?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** An answer without what differs by chance. */
async function seen(answer: Response): Promise<object> {
  const headers = [...answer.headers].filter(([name]) => name !== "x-request-id");
  return { status: answer.status, headers, body: await answer.text() };
}

test("an unknown address and a wrong password take the same work, and get the same answer", async () => {
  const tried = async (email: string) => {
    work.memoryKiB.length = 0;
    const answer = await seen(await door.browser().signIn(email, "not the password at all"));
    return { answer, work: [...work.memoryKiB] };
  };
  const [wrong, unknown] = [await tried("ana@atoll.example"), await tried("nobody@atoll.example")];
  expect(wrong.work).toEqual([19_456 * 2]);
  expect(unknown).toEqual(wrong);
});

test("a session that was planted before the sign-in is not the one after it", async () => {
  const thief = door.browser();
  await thief.signIn("ana@atoll.example");
  await thief.post("/api/auth/sign-out");
  const victim = door.browser();
  for (const planted of ["planted.c2lnbmF0dXJl", [...thief.cookies.values()][0] ?? "planted"]) {
    victim.cookies.set("atoll.session_token", planted);
    await door.forgetTries();
    await victim.signIn("ana@atoll.example");
    expect(victim.cookies.get("atoll.session_token")).not.toBe(planted);
    const copy = door.browser();
    copy.cookies.set("atoll.session_token", planted);
    expect(await copy.me()).toBeUndefined();
  }
  // Two sign-ins are two sessions: what one of them knows is of no use for the other.
  const [before, other] = [victim.cookies.get("atoll.session_token"), door.browser()];
  await other.signIn("ana@atoll.example");
  expect(other.cookies.get("atoll.session_token")).not.toBe(before);
});

test("another site's page neither signs anybody in nor calls anything for them", async () => {
  const browser = door.browser();
  await browser.signIn("ana@atoll.example");
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const call = (at: string, headers: Record<string, string>) =>
    door.send(at, {
      method: "POST",
      headers: { "content-type": "application/json", cookie, ...headers },
      body: JSON.stringify({
        email: "ana@atoll.example",
        password: "correct horse battery staple",
        name: "x",
        role: "owner",
      }),
    });
  for (const foreign of [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://hub.test.evil.example" },
    { origin: "https://hub.test" },
  ])
    for (const at of ["/api/auth/sign-in/email", "/api/auth/change-password", "/api/keys"]) {
      await door.forgetTries();
      expect([at, foreign.origin, (await call(at, foreign)).status]).toEqual([at, foreign.origin, 403]);
    }
  expect((await call("/api/keys", { "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await call("/api/keys", { origin: "http://hub.test" })).status).toBe(201);
});

test("over https every cookie of the sign-in is for https alone", async () => {
  const keys = { key: randomBytes(32), olderKeys: [] };
  const secure = await openAuth({ databaseUrl, baseUrl: "https://hub.example", secrets: authSecrets(keys) });
  try {
    const answer = await secure.auth.handler(
      new Request("https://hub.example/api/auth/sign-in/email", {
        method: "POST",
        headers: { "content-type": "application/json", origin: "https://hub.example" },
        body: JSON.stringify({ email: "ana@atoll.example", password: "correct horse battery staple" }),
      }),
    );
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies)
      expect(cookie).toMatch(/^__Secure-atoll\..*; HttpOnly; Secure; SameSite=Lax$/i);
  } finally {
    await secure.close();
  }
});

test("a form that asks for an instance tells nobody who else asked", async () => {
  const ask = async (adminEmail: string) =>
    seen(
      await door.send("/api/public/requests", {
        method: "POST",
        headers: { "content-type": "application/json", origin: "http://hub.test" },
        body: JSON.stringify({
          blueprint: "business",
          locale: "en",
          answers: { name: "A", slug: "asked-for", adminEmail },
        }),
      }),
    );
  const first = await ask("asker@client.example");
  expect(await ask("asker@client.example")).not.toHaveProperty("body", expect.stringContaining("statusUrl"));
  expect(first).toHaveProperty("status", 202);
});
