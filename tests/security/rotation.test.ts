import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Vault } from "@atoll/engine/seal";
import { type Browser, type Door, openDoor } from "@atoll/hub/testing/door";
import { openTokens } from "@atoll/hub/tokens";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

// One hub whose key is changed as docs/configuration.md says, while people and keys go on calling it.
const databaseUrl = await testDatabase();
const home = mkdtempSync(path.join(tmpdir(), "atoll-rotation-"));
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const [old, next] = [oldKey.toString("base64"), newKey.toString("base64")];
const email = "ana@atoll.example";
const instance = "rotation0000000000ab";
const secretCount = 1_203; // more than two pieces
const doors: Door[] = [];
let [person, key, uri, backupCode, hook] = [undefined as Browser | undefined, "", "", "", ""];
let before: Door;

async function open(secretKey: string): Promise<Door> {
  const door = await openDoor(databaseUrl, home, {}, secretKey);
  doors.push(door);
  return door;
}

/** What an authenticator app shows now (RFC 6238). */
function codeOf(otpauth: string): string {
  const letters = (new URL(otpauth).searchParams.get("secret") ?? "").replace(/=+$/, "");
  const bits = [...letters]
    .map((each) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(each).toString(2).padStart(5, "0"))
    .join("");
  const shared = Buffer.from((bits.match(/.{8}/g) ?? []).map((each) => Number.parseInt(each, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", shared).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The same cookies at another process of the hub. */
function moved(browser: Browser, door: Door): Browser {
  const other = door.browser();
  for (const [name, value] of browser.cookies) other.cookies.set(name, value);
  return other;
}

async function signedIn(
  door: Door,
  second: { code: string } | { backup: string },
): Promise<string | undefined> {
  await door.forgetTries();
  const browser = door.browser();
  expect(await (await browser.signIn(email)).json()).toMatchObject({ twoFactorRedirect: true });
  await ("code" in second
    ? browser.post("/api/auth/two-factor/verify-totp", { code: second.code })
    : browser.post("/api/auth/two-factor/verify-backup-code", { code: second.backup }));
  return (await browser.me())?.email;
}

const withKey = (door: Door) => door.send("/api/instances", { headers: { authorization: `Bearer ${key}` } });

async function rotate(door: Door) {
  const pieces = door.runtime.keyRing.rotate("test");
  for (;;) {
    const piece = await pieces.next();
    if (piece.done) return piece.value;
  }
}

beforeAll(async () => {
  before = await open(old);
  await before.member(email, "owner");
  person = before.browser();
  await person.signIn(email);
  const enabled = await person.post("/api/auth/two-factor/enable", {
    password: "correct horse battery staple",
  });
  const told = (await enabled.json()) as { totpURI: string; backupCodes: string[] };
  [uri, backupCode] = [told.totpURI, told.backupCodes[0] ?? ""];
  expect((await person.post("/api/auth/two-factor/verify-totp", { code: codeOf(uri) })).status).toBe(200);
  const made = await person.post("/api/keys", { name: "ci", role: "viewer" });
  key = ((await made.json()) as { key: string }).key;
  const hooked = await person.post("/api/webhooks", { url: "https://alerts.example/in", label: "x" });
  expect(hooked.status).toBe(201);
  hook = (await before.sql.query("select id from atoll.webhooks")).rows[0]?.id;
  await before.sql.query(
    `insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
     values ($1, 'rotated', 'business', 'production', 'archived', '{}', '{}')`,
    [instance],
  );
  const vault = new Vault(oldKey);
  const sealed = Array.from({ length: secretCount }, (_, number) => ({
    name: `s${number}`,
    ...vault.seal(instance, `s${number}`, `value ${number}`),
  }));
  await before.sql.query(
    "insert into atoll.secrets select $1, * from unnest($2::text[], $3::bytea[], $4::bytea[])",
    [instance, ...(["name", "nonce", "sealed"] as const).map((column) => sealed.map((each) => each[column]))],
  );
}, 60_000);
afterAll(async () => {
  for (const door of doors) await door.stop();
  rmSync(home, { recursive: true, force: true });
});

test("the key changes while people and keys go on calling, and no call fails", async () => {
  // First every process learns the next key, then each begins to seal with it.
  const learned = await open(`${old},${next}`);
  await before.stop();
  doors.splice(doors.indexOf(before), 1);
  const sealing = await open(`${next},${old}`);
  let [calls, isOver] = [0, false];
  const refused: string[] = [];
  const caller = async (door: Door) => {
    while (!isOver) {
      const stranger = moved(person ?? door.browser(), door);
      for (const answer of [
        await stranger.get("/api/me"),
        await withKey(door),
        await stranger.get("/api/team"),
      ])
        if (answer.status !== 200) refused.push(`${answer.status} ${await answer.text()}`);
      calls += 3;
    }
  };
  const callers = [caller(learned), caller(sealing)];
  const during = await rotate(sealing);
  // The old key is in use by the process that has only learned the next one.
  expect(during.kept.map(({ why }) => why)).toEqual([
    expect.stringContaining("A process that seals with it"),
  ]);
  expect(during.parts.map(({ what, renewed }) => [what, renewed])).toEqual([
    ["secrets of instances", secretCount],
    ["signing secrets of webhooks", 1],
    ["second factors of people", 1],
    ["fingerprints of vaults", 0],
    ["archives", 0],
  ]);
  expect(await signedIn(learned, { backup: backupCode })).toBe(email);
  isOver = true;
  await Promise.all(callers);
  await learned.stop();
  doors.splice(doors.indexOf(learned), 1);
  expect(refused).toEqual([]);
  expect(calls).toBeGreaterThan(10);
});

test("a session goes over to the present key at its next call, and every older one ends with its key", async () => {
  const [sealing] = doors;
  if (sealing === undefined || person === undefined) throw new Error("The hub is not open.");
  const stale = moved(person, sealing);
  const copy = moved(person, sealing);
  const had = [...stale.cookies.entries()];
  const answer = await stale.get("/api/me");
  expect(answer.headers.getSetCookie().join()).toMatch(
    /session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax/,
  );
  expect([...stale.cookies.entries()]).not.toEqual(had);
  expect((await stale.get("/api/me")).headers.getSetCookie()).toEqual([]);
  // A cookie that is being deleted is not given back.
  expect((await copy.post("/api/auth/sign-out")).status).toBe(200);
  expect(copy.cookies.size).toBe(0);
});

test("nothing needs the old key any more, and the hub runs without it", async () => {
  const [sealing] = doors;
  if (sealing === undefined) throw new Error("The hub is not open.");
  // As if the last process that sealed with it had ended a while ago.
  await sealing.sql.query(
    "update atoll.hub_keys set last_held_at = now() - interval '1 hour' where id <> $1",
    [sealing.runtime.keyRing.present],
  );
  const done = await rotate(sealing);
  expect(done).toMatchObject({ kept: [], retired: [expect.stringMatching(/^[0-9a-f]{16}$/)] });
  // The backup code was used at the process that still sealed with the old key.
  expect(done.parts.map(({ renewed, left }) => [renewed, left.length])).toEqual(
    [0, 0, 1, 0, 0].map((renewed) => [renewed, 0]),
  );
  const again = await rotate(sealing);
  expect(again.kept).toEqual([]);
  expect(again.parts.every(({ renewed, left }) => renewed === 0 && left.length === 0)).toBe(true);
  const audit = await sealing.sql.query("select action from atoll.audit where action like 'keys.%'");
  expect(audit.rows).toHaveLength(2);
  const alone = await open(next);
  const vault = new Vault(newKey);
  const { rows } = await alone.sql.query("select name, nonce, sealed from atoll.secrets order by name");
  expect(
    rows.map((row) => vault.open(instance, row.name, row)).filter((each) => each.startsWith("value ")),
  ).toHaveLength(secretCount);
  const [sealed] = (await alone.sql.query("select nonce, sealed from atoll.webhooks")).rows;
  expect(vault.open("hub", `webhook/${hook}`, sealed)).toMatch(/^whsec_/);
  expect(await signedIn(alone, { code: codeOf(uri) })).toBe(email);
  expect((await withKey(alone)).status).toBe(200);
});

test("a hub without a key that is needed does not start, and says which", async () => {
  await expect(openDoor(databaseUrl, home, {}, randomBytes(32).toString("base64"))).rejects.toMatchObject({
    what: expect.stringContaining("ATOLL_SECRET_KEY does not name it"),
    field: "ATOLL_SECRET_KEY",
  });
  const [sealing] = doors;
  const ring = sealing?.runtime.keyRing;
  await expect(ring?.forget(ring.present, "test")).rejects.toMatchObject({ field: "key" });
});

test("a secret that no given key opens is named, and keeps every older key", async () => {
  const [sealing] = doors;
  if (sealing === undefined) throw new Error("The hub is not open.");
  const lost = new Vault(randomBytes(32)).seal(instance, "lost", "x");
  await sealing.sql.query(
    "insert into atoll.secrets (instance_id, name, nonce, sealed) values ($1, 'lost', $2, $3)",
    [instance, lost.nonce, lost.sealed],
  );
  await sealing.sql.query(
    "insert into atoll.hub_keys (id, last_held_at) values ('00000000000000aa', now() - interval '1 hour')",
  );
  const { parts, kept, retired } = await rotate(sealing);
  expect(parts[0]?.left).toEqual([{ subject: `${instance} lost`, why: expect.any(String) }]);
  expect(kept.map(({ id }) => id)).toContain("00000000000000aa");
  expect(retired).toEqual([]);
});

test("a link that an older key signed opens as long as the key is given", async () => {
  const [sealing, alone] = doors;
  if (sealing === undefined || alone === undefined) throw new Error("The hub is not open.");
  const link = openTokens({ key: oldKey, olderKeys: [] }).sign("request status", randomUUID());
  const seen = async (door: Door) =>
    (
      (await (await door.send(`/api/public/request?token=${encodeURIComponent(link)}`)).json()) as {
        title: string;
      }
    ).title;
  // Ours, though there is no such request; without the key it is nobody's.
  expect(await seen(sealing)).not.toBe(await seen(alone));
});

test("an API key takes over from another one, and no call fails in between", async () => {
  const [sealing] = doors;
  if (sealing === undefined) throw new Error("The hub is not open.");
  const owner = sealing.browser();
  await sealing.member("eve@atoll.example", "owner");
  await owner.signIn("eve@atoll.example");
  const made = (await (await owner.post("/api/keys", { name: "ci", role: "viewer" })).json()) as {
    key: string;
  };
  const call = async (apiKey: string) =>
    (await sealing.send("/api/me", { headers: { authorization: `Bearer ${apiKey}` } })).status;
  expect([await call(key), await call(made.key)]).toEqual([200, 200]);
  const { items } = (await (await owner.get("/api/keys")).json()) as {
    items: { id: string; start: string }[];
  };
  const old = items.find(({ start }) => key.startsWith(start));
  expect((await owner.send("DELETE", `/api/keys/${old?.id}`)).status).toBe(204);
  expect([await call(key), await call(made.key)]).toEqual([401, 200]);
});
