import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Door, goodPassword, openDoor } from "./testing/door.ts";

const databaseUrl = await testDatabase();
const home = mkdtempSync(path.join(tmpdir(), "atoll-door-"));
let door: Door;

beforeAll(async () => {
  door = await openDoor(databaseUrl, home);
  await door.member("ana@atoll.example", "owner");
});
beforeEach(() => door.forgetTries());
afterAll(async () => {
  await door?.stop();
  rmSync(home, { recursive: true, force: true });
});

test("a password is stored as argon2id with OWASP's figures, salted, and nowhere in clear", async () => {
  await door.member("ben@atoll.example");
  const { rows } = await door.sql.query<{ password: string }>(
    `select password from people.account where "providerId" = 'credential'`,
  );
  expect(rows).toHaveLength(2);
  for (const { password } of rows) expect(password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(new Set(rows.map((each) => each.password)).size).toBe(2);
  for (const table of ['people."user"', "people.account", "atoll.audit", "atoll.invitations"])
    expect(JSON.stringify((await door.sql.query(`select * from ${table}`)).rows)).not.toContain(goodPassword);
});

test("a session's cookie is out of reach for scripts and for other sites", async () => {
  const answer = await door.browser().signIn("ana@atoll.example");
  const cookie = answer.headers.getSetCookie().find((each) => each.includes("session_token")) ?? "";
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Lax/i);
  expect(cookie).toMatch(/Max-Age=604800/i);
});

test("a session past its time is nobody's", async () => {
  const browser = door.browser();
  await browser.signIn("ana@atoll.example");
  expect(await browser.me()).toMatchObject({ email: "ana@atoll.example", role: "owner" });
  await door.sql.query(`update people.session set "expiresAt" = now() - interval '1 second'`);
  const answer = await browser.get("/api/instances");
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ title: "Nobody is signed in.", next: expect.any(String) });
});

test("signing out ends the session, also for a copy of its cookie, and no other one", async () => {
  const [browser, other, copy] = [door.browser(), door.browser(), door.browser()];
  await browser.signIn("ana@atoll.example");
  await other.signIn("ana@atoll.example");
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  expect(await copy.me()).toBeDefined();
  expect((await browser.post("/api/auth/sign-out")).status).toBe(200);
  expect(browser.cookies.size).toBe(0);
  expect(await copy.me()).toBeUndefined();
  expect(await other.me()).toBeDefined();
});

test("a cookie that somebody changed is nobody's", async () => {
  const browser = door.browser();
  await browser.signIn("ana@atoll.example");
  for (const [name, value] of browser.cookies)
    browser.cookies.set(
      name,
      value.replace(/\.(.)/, (_, first) => (first === "x" ? ".y" : ".x")),
    );
  expect(await browser.me()).toBeUndefined();
});

test("who is removed is out at once, and another role counts at once", async () => {
  await door.member("cleo@atoll.example", "viewer");
  const [owner, cleo] = [door.browser(), door.browser()];
  await owner.signIn("ana@atoll.example");
  await cleo.signIn("cleo@atoll.example");
  const { rows } = await door.sql.query<{ id: string }>(
    `select id from people."user" where email = 'cleo@atoll.example'`,
  );
  const address = `/api/team/${rows[0]?.id}`;
  expect((await owner.send("PATCH", address, { role: "operator" })).status).toBe(200);
  expect(await cleo.me()).toMatchObject({ role: "operator" });
  expect((await owner.send("DELETE", address)).status).toBe(204);
  expect(await cleo.me()).toBeUndefined();
  expect((await cleo.signIn("cleo@atoll.example")).status).toBe(401);
});

test("nobody makes themselves an owner", async () => {
  await door.member("dan@atoll.example", "viewer");
  const browser = door.browser();
  await browser.signIn("dan@atoll.example");
  await browser.post("/api/auth/update-user", { name: "Dan", role: "owner" });
  expect(await browser.me()).toMatchObject({ role: "viewer" });
});

test("a wrong password and an unknown address are refused alike", async () => {
  const browser = door.browser();
  const wrong = await browser.signIn("ana@atoll.example", "not the password");
  const unknown = await browser.signIn("nobody@atoll.example", "not the password");
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(await wrong.json()).toEqual(await unknown.json());
  expect(browser.cookies.size).toBe(0);
});

test("after ten tries in a minute the right password is not even looked at, and is told when to come back", async () => {
  const browser = door.browser();
  const tries: number[] = [];
  for (let count = 1; count <= 10; count++)
    tries.push((await browser.signIn("ana@atoll.example", `guess number ${count}`)).status);
  expect(new Set(tries)).toEqual(new Set([401]));
  const right = await browser.signIn("ana@atoll.example");
  expect(right.status).toBe(429);
  expect(Number(right.headers.get("x-retry-after"))).toBeGreaterThan(0);
  expect(await browser.me()).toBeUndefined();
  await door.forgetTries();
  expect((await browser.signIn("ana@atoll.example")).status).toBe(200);
});
