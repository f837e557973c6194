import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Definition } from "@atoll/contract/define";
import { type RouteName, routes } from "@atoll/contract/routes";
import { type Browser, type Door, openDoor } from "@atoll/hub/testing/door";
import { openTokens } from "@atoll/hub/tokens";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Least, mayCall, otherAddresses } from "./may-call.ts";

const databaseUrl = await testDatabase();
const home = mkdtempSync(path.join(tmpdir(), "atoll-matrix-"));
const members = ["viewer", "operator", "owner"] as const;
type Caller = { name: string; is: Least; headers: Record<string, string> };
const callers: Caller[] = [];
let door: Door;

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const cookiesOf = (browser: Browser) => ({
  cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
});

beforeAll(async () => {
  door = await openDoor(databaseUrl, home);
  const owner = door.browser();
  for (const role of members) await door.member(`${role}@atoll.example`, role);
  await owner.signIn("owner@atoll.example");
  const makeKey = async (name: string, body: object) =>
    (await (await owner.post("/api/keys", { name, ...body })).json()) as {
      key: string;
      info: { id: string };
    };
  callers.push({ name: "nobody", is: "anybody", headers: {} });
  for (const role of members) {
    const browser = door.browser();
    await browser.signIn(`${role}@atoll.example`);
    callers.push({ name: `${role} who is signed in`, is: role, headers: cookiesOf(browser) });
    callers.push({
      name: `key of a ${role}`,
      is: role,
      headers: bearer((await makeKey(`key of a ${role}`, { role })).key),
    });
  }
  const revoked = await makeKey("revoked", { role: "owner" });
  await owner.send("DELETE", `/api/keys/${revoked.info.id}`);
  const ended = await makeKey("expired", { role: "owner" });
  await door.sql.query(
    "update atoll.api_keys set expires_at = now() - interval '1 second' where name = 'expired'",
  );
  const invited = await owner.post("/api/invitations", { email: "new@atoll.example", role: "owner" });
  expect(invited.status).toBe(201);
  const removed = door.browser();
  await door.member("gone@atoll.example", "owner");
  await removed.signIn("gone@atoll.example");
  const gone = cookiesOf(removed);
  await door.sql.query(`delete from people."user" where email = 'gone@atoll.example'`);
  callers.push(
    { name: "key that was revoked", is: "anybody", headers: bearer(revoked.key) },
    { name: "key that has ended", is: "anybody", headers: bearer(ended.key) },
    { name: "owner who was removed", is: "anybody", headers: gone },
    // An asker proves themselves by a link; it opens their own request and nothing else.
    {
      name: "asker, with the token of their link",
      is: "anybody",
      headers: bearer(openTokens(door.runtime.keys).sign("request status", "x")),
    },
    // A worker has the database and no way in by HTTP: its name and the hub's key open nothing.
    {
      name: "worker, with the hub's own key",
      is: "anybody",
      headers: bearer(Buffer.from(door.runtime.keys.key).toString("base64")),
    },
  );
}, 60_000);
afterAll(async () => {
  await door?.stop();
  rmSync(home, { recursive: true, force: true });
});

const rank: Record<Least, number> = { anybody: 0, viewer: 1, operator: 2, owner: 3 };

/** A call that goes no further than the check of its input, wherever a route takes one. */
async function statusOf({ method, path: at, query, body }: Definition, { headers }: Caller): Promise<number> {
  const address = `${at.replace(/:\w+/g, "%00")}${query === undefined ? "" : "?nothing=%00"}`;
  const answer = await door.send(address, {
    method: method.toUpperCase(),
    headers: { "content-type": "application/json", origin: "http://hub.test", ...headers },
    ...(body !== undefined && { body: JSON.stringify(["\u0000"]) }),
  });
  await answer.body?.cancel();
  return answer.status;
}

const all = (Object.keys(mayCall) as RouteName[]).map((name) => ({ name, least: mayCall[name] }));

test("the table names every route of the contract, and no other", () => {
  expect(Object.keys(mayCall).sort()).toEqual(Object.keys(routes).sort());
});

test.each(all)("$name: $least and above, nobody below", async ({ name, least }) => {
  const { definition } = routes[name];
  for (const caller of callers) {
    const status = await statusOf(definition, caller);
    const isKnown = caller.is !== "anybody";
    if (rank[caller.is] < rank[least])
      expect([caller.name, status]).toEqual([caller.name, isKnown ? 403 : 401]);
    // A key that is not valid is refused wherever it is shown.
    else if (!isKnown && "authorization" in caller.headers)
      expect([caller.name, status]).toEqual([caller.name, 401]);
    else expect([401, 403], `${caller.name} got ${status}`).not.toContain(status);
  }
});

test("every other address of the server is known, and answers whom it should", async () => {
  const contract = new Set(Object.values(routes).map(({ definition }): string => definition.path));
  const others = new Set(
    door.addresses.filter((each) => each !== "*" && each !== "/*" && !contract.has(each)),
  );
  expect([...others].sort()).toEqual(Object.keys(otherAddresses).sort());
  const [nobody, viewer] = callers;
  expect((await door.send("/metrics", { headers: nobody?.headers ?? {} })).status).toBe(401);
  expect((await door.send("/metrics", { headers: viewer?.headers ?? {} })).status).toBe(200);
});

describe("the sign-in service", () => {
  test("gives nobody anything but the door", async () => {
    const open: string[] = [];
    for (const { path: at, methods } of door.signInAddresses) {
      for (const method of methods) {
        await door.forgetTries();
        const answer = await door.send(`/api/auth${at.replace(/:\w+/g, "x")}`, {
          method,
          headers: { "content-type": "application/json", origin: "http://hub.test" },
          ...(method !== "GET" && { body: JSON.stringify({}) }),
        });
        const text = await answer.text();
        expect(answer.status, `${method} ${at}`).not.toBe(500);
        if (answer.status < 400 && text !== "null") open.push(`${method} ${at} ${answer.status}`);
      }
    }
    // Signing out without a session is no error; the others say whether the service runs, and lead back to the door.
    expect(open.sort()).toEqual([
      "GET /callback/:id 302",
      "GET /error 302",
      "GET /ok 200",
      "POST /callback/:id 302",
      "POST /sign-out 200",
    ]);
  });

  test("makes no account for whoever asks, and sends nobody a new password", async () => {
    const stranger = door.browser();
    const before = await door.sql.query(`select count(*) from people."user"`);
    const signUp = {
      email: "eve@evil.example",
      password: "correct horse battery",
      name: "Eve",
      role: "owner",
    };
    expect((await stranger.post("/api/auth/sign-up/email", signUp)).status).toBeGreaterThanOrEqual(400);
    const reset = { email: "owner@atoll.example", redirectTo: "http://evil.example" };
    for (const at of ["request-password-reset", "forget-password"])
      expect((await stranger.post(`/api/auth/${at}`, reset)).status).toBeGreaterThanOrEqual(400);
    expect((await door.sql.query(`select count(*) from people."user"`)).rows).toEqual(before.rows);
    expect(stranger.cookies.size).toBe(0);
  });
});

describe("within a route", () => {
  const as = (name: string) => callers.find((each) => each.name === name)?.headers ?? {};
  const post = async (at: string, body: object, headers: Record<string, string>) =>
    (
      await door.send(at, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      })
    ).status;

  test("only owners remove without cooling off, and archive without a backup", async () => {
    await door.sql.query(
      `insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
       values ('nobody00000000000000', 'nobody', 'business', 'elsewhere', 'archived', '{}', '{}')`,
    );
    const at = "/api/instances/nobody/runs";
    const now = { kind: "destroy", confirm: "nobody", now: true };
    const bare = { kind: "archive", confirm: "nobody", input: { withoutBackup: true } };
    for (const body of [now, bare]) {
      expect(await post(at, body, as("key of a operator"))).toBe(403);
      expect(await post(at, body, as("key of a owner"))).not.toBe(403);
    }
  });

  test("only operators bring what a client has, also in a mere plan", async () => {
    const body = { blueprint: "business", answers: { slug: "a", bring: { site: "x" } } };
    expect(await post("/api/plans", body, as("key of a viewer"))).toBe(403);
  });

  test("only the team is told which environments there are", async () => {
    expect((await door.send("/api/blueprints?environment=x")).status).toBe(401);
  });
});
