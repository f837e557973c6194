import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyChain } from "../store/audit.ts";
import { openStore } from "../store/store.ts";
import { type Browser, type Door, openDoor } from "../testing/door.ts";
import { openHostBook } from "./hosts.ts";
import { makeLive, registerByHand } from "./testing/rows.ts";

const databaseUrl = await testDatabase();
const home = mkdtempSync(path.join(tmpdir(), "atoll-hosts-"));
const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
const store = openStore(pool);
const book = openHostBook(
  async () => store,
  () => ({ domain: "atoll.test", baseUrl: "https://hub.example" }),
);
let door: Door;
const people: Record<string, Browser> = {};

beforeAll(async () => {
  door = await openDoor(databaseUrl, home);
  for (const role of ["viewer", "operator", "owner"] as const) {
    await door.member(`${role}@atoll.test`, role);
    const browser = door.browser();
    await browser.signIn(`${role}@atoll.test`);
    people[role] = browser;
  }
  for (const slug of ["toko", "warung", "gone"]) await makeLive(door.sql, slug);
  await door.sql.query("update atoll.instances set state = 'removed' where slug = 'gone'");
});
afterAll(async () => {
  await pool.end();
  await door?.stop();
  rmSync(home, { recursive: true, force: true });
});

const by = (role: string) => {
  const browser = people[role];
  if (browser === undefined) throw new Error(`Nobody is ${role}.`);
  return browser;
};
const refusal = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);

async function found(host: string): Promise<number> {
  for (let looks = 0; looks < 250; looks++) {
    const { status } = await door.browser().get(`/resolve?host=${host}`);
    if (status === 200) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return 404;
}

describe("a host", () => {
  test("is added and removed by owners only, and leads there from then on", async () => {
    const at = "/api/instances/toko/hosts/www.toko.example";
    expect((await door.browser().send("PUT", at)).status).toBe(401);
    for (const role of ["viewer", "operator"]) expect((await by(role).send("PUT", at)).status).toBe(403);
    const added = await by("owner").send("PUT", at);
    expect(await added.json()).toMatchObject({ state: "live", items: [{ host: "www.toko.example" }] });
    expect(await found("www.toko.example")).toBe(200);
    expect((await by("viewer").get("/api/instances/toko/hosts")).status).toBe(200);
    for (const role of ["viewer", "operator"]) expect((await by(role).send("DELETE", at)).status).toBe(403);
    expect(await (await by("owner").send("DELETE", at)).json()).toMatchObject({ items: [] });
    expect((await by("owner").send("PUT", "/api/instances/nobody/hosts/www.x.example")).status).toBe(404);
  });

  test("stands in the audit log once, however often it is added", async () => {
    for (let times = 0; times < 2; times++) await book.add("warung", "WWW.Warung.example.", "tester");
    for (let times = 0; times < 2; times++) await book.remove("warung", "www.warung.example", "tester");
    const { rows } = await pool.query(
      "select action, actor, details from atoll.audit where subject = 'instance/warung' order by seq",
    );
    const details = { host: "www.warung.example" };
    expect(rows).toEqual([
      { action: "host.add", actor: "tester", details },
      { action: "host.remove", actor: "tester", details },
    ]);
    expect(await verifyChain(store)).toMatchObject({ ok: true });
  });

  test("leads to one instance, and to another one once it is given up", async () => {
    await book.add("toko", "shared.example", "tester");
    expect(await refusal(book.add("warung", "shared.example", "tester"))).toMatchObject({
      kind: "not-ours",
      field: "host",
    });
    await book.remove("warung", "shared.example", "tester"); // not theirs: nothing
    expect((await book.list("toko")).items).toMatchObject([{ host: "shared.example" }]);
    await book.remove("toko", "shared.example", "tester");
    await book.add("warung", "shared.example", "tester");
    expect((await book.list("warung")).items).toMatchObject([{ host: "shared.example" }]);
  });

  test("that waits to be verified is verified by adding it", async () => {
    await pool.query("insert into atoll.domains (host, subdomain) values ('later.example', 'toko')");
    expect((await book.list("toko")).items).toEqual([{ host: "later.example", verifiedAt: null }]);
    expect((await book.add("toko", "later.example", "tester")).items[0]?.verifiedAt).toMatch(/^20/);
  });

  test.each([
    "",
    "word",
    "127.0.0.1",
    "www.x.example:8080",
    "https://www.x.example",
    "www.x.example/path",
    "a b.example",
    "www.x.example\r\nhost: y",
    `${"x".repeat(64)}.example`,
    "x.".repeat(150),
    "toko.atoll.test",
    "atoll.test",
    "hub.example",
  ])("is refused as %j", async (host) => {
    expect(await refusal(book.add("toko", host, "tester"))).toMatchObject({ field: "host" });
  });

  test("does not lead to what was removed, nor to what there is not", async () => {
    for (const slug of ["gone", "nobody"])
      expect(await refusal(book.add(slug, "www.late.example", "tester"))).toMatchObject({ field: "slug" });
  });
});

test("a slug that somebody registered by hand cannot be asked for", async () => {
  await registerByHand(door.sql, "taken-by-hand");
  const answers = { name: "Toko", slug: "taken-by-hand", adminEmail: "a@b.example" };
  const asked = await door
    .browser()
    .post("/api/public/requests", { blueprint: "business", locale: "en", answers });
  expect(asked.status).toBe(422);
  expect(await asked.json()).toMatchObject({ field: "slug" });
});
