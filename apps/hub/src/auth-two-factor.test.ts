import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Browser, type Door, goodPassword, openDoor } from "./testing/door.ts";

const databaseUrl = await testDatabase();
const home = mkdtempSync(path.join(tmpdir(), "atoll-door-"));
let door: Door;
let members = 0;

beforeAll(async () => {
  door = await openDoor(databaseUrl, home);
});
beforeEach(() => door.forgetTries());
afterAll(async () => {
  await door?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** The bytes of RFC 4648's base32, as a QR code carries them. */
function base32(text: string): Buffer {
  const bits = [...text.replace(/=+$/, "")]
    .map((each) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(each).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((each) => Number.parseInt(each, 2)));
}

/** What an authenticator app shows (RFC 6238: SHA-1, 30 seconds, 6 digits), so many steps from now. */
function codeOf(uri: string, stepsAhead = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + stepsAhead));
  const mac = createHmac("sha1", base32(new URL(uri).searchParams.get("secret") ?? ""))
    .update(counter)
    .digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Another code than any that is right about now. */
function wrongCode(uri: string): string {
  const right = [-2, -1, 0, 1, 2].map((steps) => codeOf(uri, steps));
  return (
    ["000000", "111111", "222222", "333333", "444444", "555555"].find((each) => !right.includes(each)) ?? ""
  );
}

const verify = (browser: Browser, code: string) => browser.post("/api/auth/two-factor/verify-totp", { code });

interface Enrolled {
  email: string;
  uri: string;
  backupCodes: string[];
  browser: Browser;
}

/** A member of whom the hub knows an authenticator that was not confirmed yet. */
async function begun(): Promise<Enrolled> {
  members += 1;
  const email = `member-${members}@atoll.example`;
  await door.member(email);
  const browser = door.browser();
  await browser.signIn(email);
  const answer = await browser.post("/api/auth/two-factor/enable", { password: goodPassword });
  expect(answer.status).toBe(200);
  const { totpURI: uri, backupCodes } = (await answer.json()) as { totpURI: string; backupCodes: string[] };
  return { email, uri, backupCodes, browser };
}

async function enrolled(): Promise<Enrolled> {
  const member = await begun();
  expect((await verify(member.browser, codeOf(member.uri))).status).toBe(200);
  return member;
}

/** A browser of theirs that has given the password and is asked for the second factor. */
async function asked(email: string): Promise<Browser> {
  const browser = door.browser();
  const answer = await browser.signIn(email);
  expect(await answer.json()).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ["totp"] });
  return browser;
}

test("switching it on takes the password, and a right code before it counts", async () => {
  const { email, uri, browser } = await begun();
  expect(new URL(uri)).toMatchObject({ protocol: "otpauth:", host: "totp" });
  expect(new URL(uri).searchParams.get("issuer")).toBe("Atoll");
  expect(await browser.me()).toMatchObject({ twoFactor: false });
  expect((await verify(browser, wrongCode(uri))).status).toBe(401);
  // Who scanned the code wrongly is not locked out.
  const other = door.browser();
  await other.signIn(email);
  expect(await other.me()).toMatchObject({ twoFactor: false });
  expect((await verify(browser, codeOf(uri))).status).toBe(200);
  expect(await browser.me()).toMatchObject({ twoFactor: true });

  const thief = await browser.post("/api/auth/two-factor/enable", { password: "not the password" });
  expect(thief.status).toBe(400);
});

test("the password alone is no session; with a code it is one", async () => {
  const { email, uri } = await enrolled();
  const browser = await asked(email);
  expect(await browser.me()).toBeUndefined();
  expect((await verify(browser, wrongCode(uri))).status).toBe(401);
  expect(await browser.me()).toBeUndefined();
  expect((await verify(browser, codeOf(uri))).status).toBe(200);
  expect(await browser.me()).toMatchObject({ email, twoFactor: true });
});

test("a code without the password is nothing", async () => {
  const { uri } = await enrolled();
  const browser = door.browser();
  expect((await verify(browser, codeOf(uri))).status).toBe(401);
  expect(await browser.me()).toBeUndefined();
});

test("a code of a while ago is too old", async () => {
  const { email, uri } = await enrolled();
  const browser = await asked(email);
  expect((await verify(browser, codeOf(uri, -3))).status).toBe(401);
  expect(await browser.me()).toBeUndefined();
});

test("one's code is not another one's", async () => {
  const [mine, theirs] = [await enrolled(), await enrolled()];
  const browser = await asked(theirs.email);
  expect((await verify(browser, codeOf(mine.uri))).status).toBe(401);
});

test("each backup code lets in once", async () => {
  const { email, backupCodes } = await enrolled();
  expect(new Set(backupCodes).size).toBeGreaterThanOrEqual(8);
  const use = async (code: string | undefined) => {
    const browser = await asked(email);
    const answer = await browser.post("/api/auth/two-factor/verify-backup-code", { code });
    return { status: answer.status, me: await browser.me() };
  };
  expect(await use(backupCodes[0])).toMatchObject({ status: 200, me: { email } });
  expect(await use(backupCodes[0])).toMatchObject({ status: 401, me: undefined });
  expect(await use(backupCodes[1])).toMatchObject({ status: 200, me: { email } });
  expect(await use("aaaaa-bbbbb")).toMatchObject({ status: 401, me: undefined });
});

test("who guesses codes is stopped, also when they begin again and again", async () => {
  const { email, uri } = await enrolled();
  for (let count = 1; count <= 10; count++) {
    const browser = await asked(email);
    expect((await verify(browser, wrongCode(uri))).ok).toBe(false);
    await door.forgetTries(); // as from ten other addresses
  }
  const browser = await asked(email);
  expect((await verify(browser, codeOf(uri))).status).toBe(429);
  expect(await browser.me()).toBeUndefined();
});

test("many codes from one address are refused before they are looked at", async () => {
  const { email, uri } = await enrolled();
  const browser = await asked(email);
  const tries: number[] = [];
  for (let count = 1; count <= 12; count++) tries.push((await verify(browser, wrongCode(uri))).status);
  expect(tries.at(-1)).toBe(429);
});

test("switching it off takes the password; then the password is enough", async () => {
  const { email, browser } = await enrolled();
  const wrong = await browser.post("/api/auth/two-factor/disable", { password: "not the password" });
  expect(wrong.status).toBe(400);
  await asked(email);
  const right = await browser.post("/api/auth/two-factor/disable", { password: goodPassword });
  expect(right.status).toBe(200);
  expect(await browser.me()).toMatchObject({ twoFactor: false });
  const again = door.browser();
  expect((await again.signIn(email)).status).toBe(200);
  expect(await again.me()).toMatchObject({ email, twoFactor: false });
});

test("neither the authenticator's secret nor a backup code stands in clear in the database", async () => {
  const { uri, backupCodes } = await enrolled();
  const { rows } = await door.sql.query<object>('select * from people."twoFactor"');
  const stored = JSON.stringify(rows);
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  expect(secret.length).toBeGreaterThanOrEqual(32);
  for (const known of [secret, base32(secret).toString("utf8"), ...backupCodes])
    expect(stored).not.toContain(known);
});
