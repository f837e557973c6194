import type { TeamMember } from "@atoll/contract/schemas/team";
import { dumpSchema } from "@atoll/engine/testing/dump";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { createClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";

const hostile = `O'Neill "& <b>Söns</b>"\\'; drop table public.users; -- $$`;
const databaseUrl = await testDatabase();
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
let cloud: TestCloud;
let hub: TestHub;

const kinds = {
  business: {},
  shop: { currency: "IDR" },
  agency: { currency: "EUR" },
  community: { city: "Lyon", mapCenter: "45.76, 4.83" },
};
const kindNames = Object.keys(kinds) as (keyof typeof kinds)[]; // the keys of the record itself

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  await Promise.all(kindNames.map((kind) => provision(kind, kind)));
}, 120_000);
afterAll(async () => {
  await sql.end();
  await hub?.stop();
  await cloud?.stop();
});

async function provision(kind: keyof typeof kinds, slug: string): Promise<void> {
  const answers = { name: hostile, slug, adminEmail: `owner@${slug}.example`, ...kinds[kind] };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: kind, answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}

/** How a run of the team ended; one that is refused before it is begun says so in the same words. */
async function team(slug: string, input: Record<string, unknown>) {
  const run = await hub
    .as("operator")
    .call("startRun", { params: { slug }, body: { kind: "team", input } })
    .catch((error: { problem: { title: string; next?: string; field?: string } }) => error.problem);
  if (!("id" in run)) return { state: "refused", id: "", faultOf: { what: run.title, ...run } };
  const ended = await hub.runtime.journal.wait(run.id);
  return { ...ended, faultOf: ended.steps.find(({ fault }) => fault)?.fault ?? ended.fault };
}

const planned = async (slug: string, input: Record<string, unknown>) =>
  (await hub.as("operator").call("planRun", { params: { slug }, body: { kind: "team", input } })).items;

async function member(slug: string, email: string): Promise<TeamMember | undefined> {
  const { items } = await hub.as("viewer").call("showInstanceTeam", { params: { slug } });
  return items.find((each) => each.email === email);
}

async function byHand(slug: string, query: string): Promise<Record<string, unknown>[]> {
  const resources = await hub.runtime.journal.resources(slug);
  const ref = resources.find(({ kind }) => kind === "postgres.schema")?.id;
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[]; // rows of the last statement
}

async function mailsTo(email: string): Promise<{ subject: string; text: string; html: string }[]> {
  const list = await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(email)}`);
  return (await list.json()) as { subject: string; text: string; html: string }[]; // newest first
}

/** What the newest mail to somebody leads to. */
async function linkTo(email: string) {
  const [mail] = await mailsTo(email);
  const url = new URL(/https?:\/\/\S+#\S+/.exec(mail?.text ?? "")?.[0] ?? "nothing:");
  const given = new URLSearchParams(url.hash.slice(1));
  return { page: url.pathname, tokenHash: given.get("token_hash") ?? "", type: given.get("type") ?? "" };
}

/** What the site's page does with a link: lets in, and has a password chosen. */
async function accept(slug: string, { tokenHash, type }: { tokenHash: string; type: string }) {
  const resources = await hub.runtime.journal.resources(slug);
  const attrs = (step: string) =>
    resources.find((each) => each.step === step)?.attrs as Record<string, string>; // as the adapters give them
  const client = createClient(attrs("project").url ?? "", attrs("api-keys").publishable ?? "", {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { error } = await client.auth.verifyOtp({
    token_hash: tokenHash,
    type: type === "invite" ? "invite" : "magiclink",
  });
  return {
    client,
    error,
    choose: async (password: string) => expect((await client.auth.updateUser({ password })).error).toBeNull(),
  };
}

/** Invites, opens the link and chooses a password. */
async function joined(slug: string, email: string, role: string, more: object = {}) {
  expect(await team(slug, { do: "invite", email, role, ...more })).toMatchObject({ state: "succeeded" });
  const { client, error, choose } = await accept(slug, await linkTo(email));
  expect(error).toBeNull();
  await choose("correct horse battery");
  return client;
}

describe.each([
  ["business", "member", "organizations", 1],
  ["shop", "staff", "customers", 1],
  ["agency", "manager", "clients", 1],
  ["community", "moderator", "members", 1],
] as const)("in a %s", (slug, role, table, seen) => {
  test(`somebody invited as ${role} gets one mail, signs in, and sees what the role sees`, async () => {
    const email = `new.one@${slug}-people.example`;
    if (slug === "shop")
      await byHand(slug, "insert into customers (name, email) values ('Budi', 'budi@customer.example')");
    if (slug === "agency") await byHand(slug, "insert into clients (name) values ('Acme'), ('Other')");
    if (slug === "community") await byHand(slug, "insert into members (name) values ('Ana')");
    expect((await planned(slug, { do: "invite", email, role })).map(({ does }) => does)).toEqual([
      "create",
      "send",
    ]);
    expect(await member(slug, email)).toBeUndefined();

    expect(await team(slug, { do: "invite", email, role, name: hostile })).toMatchObject({
      state: "succeeded",
    });
    expect(await member(slug, email)).toMatchObject({ role, state: "invited", name: hostile });
    const mails = await mailsTo(email);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.subject).toContain("O'Neill");
    expect(mails[0]?.html).not.toContain("<b>Söns");

    const link = await linkTo(email);
    expect(link).toMatchObject({ page: expect.stringMatching(/\/join$/), type: "invite" });
    const { client, error, choose } = await accept(slug, link);
    expect(error).toBeNull();
    // Without a password of their own they have no rights yet.
    expect((await client.from(table).select("id")).data).toEqual([]);
    await choose("correct horse battery");
    const rows = await client.from(table).select("id");
    expect(rows.error).toBeNull();
    expect(rows.data?.length).toBeGreaterThanOrEqual(seen);
    // The list of people is the admins' alone, in every kind but the first.
    if (slug !== "business" && slug !== "agency")
      expect((await client.from("users").select("id")).data).toHaveLength(1);
    expect(await member(slug, email)).toMatchObject({ role, state: "joined" });
    expect((await accept(slug, link)).error).not.toBeNull();
  });
});

test("a client's person sees the projects of their client only, and is not invited without one", async () => {
  const [acme, other] = await byHand(
    "agency",
    "insert into clients (name) values ('Acme 2'), ('Other 2') returning id",
  );
  await byHand(
    "agency",
    `insert into projects (client_id, name) values ('${acme?.id}', 'Ours'), ('${other?.id}', 'Theirs')`,
  );
  const email = "person@acme.example";
  const [item] = await planned("agency", { do: "invite", email, role: "client" });
  expect(item).toMatchObject({ does: "blocked", why: expect.stringContaining("clients") });
  const client = await joined("agency", email, "client", { of: acme?.id });
  expect((await client.from("projects").select("name")).data).toEqual([{ name: "Ours" }]);
});

test("a second invitation ends the first link, and there is one account", async () => {
  const email = "twice@shop-people.example";
  await team("shop", { do: "invite", email, role: "staff" });
  const first = await linkTo(email);
  expect(await team("shop", { do: "resend", email })).toMatchObject({ state: "succeeded" });
  await team("shop", { do: "invite", email: ` ${email.toUpperCase()} `, role: "admin" });
  expect(await mailsTo(email)).toHaveLength(3);
  expect((await accept("shop", first)).error).not.toBeNull();
  expect(await byHand("shop", `select count(*)::int as n from auth.users where email = '${email}'`)).toEqual([
    { n: 1 },
  ]);
  expect(await member("shop", email)).toMatchObject({ role: "admin", state: "invited" });
  expect((await accept("shop", await linkTo(email))).error).toBeNull();
  expect((await team("shop", { do: "resend", email })).faultOf).toMatchObject({ field: "email" });
});

test("a revoked invitation opens nothing, and one that was accepted is not revoked", async () => {
  const email = "revoked@shop-people.example";
  await team("shop", { do: "invite", email, role: "staff" });
  const link = await linkTo(email);
  expect(await team("shop", { do: "revoke", email })).toMatchObject({ state: "succeeded" });
  expect(await member("shop", email)).toBeUndefined();
  expect((await accept("shop", link)).error).not.toBeNull();

  // Somebody who had an account before keeps it, without the role.
  const own = "own.account@shop-people.example";
  await joined("shop", own, "staff");
  const { faultOf } = await team("shop", { do: "revoke", email: own });
  expect(faultOf).toMatchObject({ field: "email", what: expect.stringContaining("accepted") });
  // Accepted at the very moment between the look and the act: the statement itself leaves it alone.
  const { withdraw } = await import("@atoll/hub/team/changing");
  expect(await withdraw(sessionOf("shop"), { email: own })).toBe(false);
  expect(await member("shop", own)).toMatchObject({ state: "joined", role: "staff" });
});

describe("the last admin", () => {
  const owner = "owner@community.example";
  test("keeps the role until another one has joined; the rest is one statement", async () => {
    const refused = await team("community", { do: "role", email: owner, role: "member" });
    expect(refused).toMatchObject({ state: "refused" });
    expect(refused.faultOf).toMatchObject({ field: "email", what: expect.stringContaining("last admin") });
    expect(await member("community", owner)).toMatchObject({ role: "admin", isLastAdmin: true });

    // Somebody who has not joined yet does not count.
    const email = "second@community-people.example";
    await team("community", { do: "invite", email, role: "admin" });
    expect((await team("community", { do: "role", email: owner, role: "member" })).faultOf?.what).toContain(
      "last admin",
    );
    const { choose } = await accept("community", await linkTo(email));
    await choose("correct horse battery");
    expect(await team("community", { do: "role", email: owner, role: "member" })).toMatchObject({
      state: "succeeded",
    });
    expect(await member("community", owner)).toMatchObject({ role: "member", isFirstAdmin: true });
    // A role that was changed on purpose is no drift.
    expect(await hub.runtime.journal.drift("community")).toEqual([]);
    for (const deed of [{ do: "role", role: "member" }, { do: "remove" }])
      expect((await team("community", { ...deed, email })).faultOf?.what).toContain("last admin");
    expect((await team("community", { do: "remove", email: owner })).faultOf?.what).toContain("first admin");
  });

  test("stays when two are taken away at the same moment from both sides", async () => {
    const two = ["one@business-people.example", "two@business-people.example"];
    for (const email of two) await joined("business", email, "admin");
    await byHand(
      "business",
      "update auth.users set banned_until = now() + interval '1 day' where email like 'owner@%'",
    );
    const results = await Promise.all(two.map((email) => demote("business", email)));
    expect(results.filter((done) => done)).toHaveLength(1);
    await byHand("business", "update auth.users set banned_until = null where email like 'owner@%'");
  });
});

const sessionOf = (slug: string) => ({
  query: (query: string) => byHand(slug, query),
  close: async () => {},
});

/** As a run would, at the same moment as another one. */
async function demote(slug: string, email: string): Promise<boolean> {
  const { giveRole } = await import("@atoll/hub/team/changing");
  const [found] = await byHand(slug, `select id from auth.users where email = '${email}'`);
  const { teamOf } = await import("@atoll/blueprint-kit/team");
  return giveRole(sessionOf(slug), teamOf("admin", "member"), {
    id: String(found?.id),
    run: "race",
    role: "member",
    of: undefined,
  });
}

test("a member who is removed is signed out and sees nothing", async () => {
  const email = "leaves@community-people.example";
  const client = await joined("community", email, "moderator");
  expect((await client.from("members").select("id")).data).not.toEqual([]);
  expect(await team("community", { do: "remove", email })).toMatchObject({ state: "succeeded" });
  expect((await client.from("members").select("id")).data).toEqual([]);
  expect((await client.auth.refreshSession()).error).not.toBeNull();
  expect(await member("community", email)).toBeUndefined();
});

test("what does not fit is refused by the field", async () => {
  const refused = (input: Record<string, unknown>) =>
    hub
      .as("operator")
      .call("planRun", { params: { slug: "shop" }, body: { kind: "team", input } })
      .then(
        ({ items }) => items.find(({ does }) => does === "blocked")?.why,
        (problem: { problem: { field?: string } }) => problem.problem.field,
      );
  expect(await refused({ do: "invite", email: "x", role: "staff" })).toBe("email");
  expect(await refused({ do: "invite", email: "a@b.example\r\nBcc: eve@evil.example", role: "staff" })).toBe(
    "email",
  );
  expect(await refused({ do: "invite", email: "a@b.example" })).toBe("role");
  expect(await refused({ do: "invite", email: "a@b.example", role: "'; drop table users" })).toBe("role");
  expect(await refused({ do: "resend", email: "a@b.example", role: "staff" })).toBe("role");
  expect(await refused({ do: "burn", email: "a@b.example" })).toBe("do");
  expect(await refused({ do: "invite", email: "a@b.example", role: "moderator" })).toContain("no role");
  expect(await refused({ do: "role", email: "nobody@b.example", role: "staff" })).toContain("Nobody");
});

test("an address with a quote in it is one account like any other", async () => {
  const email = "o'neill@shop-people.example";
  await joined("shop", email, "staff");
  expect(await team("shop", { do: "role", email, role: "admin" })).toMatchObject({ state: "succeeded" });
  expect(await team("shop", { do: "remove", email })).toMatchObject({ state: "succeeded" });
  expect(await member("shop", email)).toBeUndefined();
});

test("no more mails go out than the hour has room for, and nothing is made then", async () => {
  const email = "too.many@agency-people.example";
  const { id } = await hub.runtime.instance("agency");
  const sent = (count: number, to: string) =>
    sql.query(
      `insert into atoll.outbox (key, recipient, subject, html, body_text, sent_at)
       select 'team/' || $1 || '/' || $3 || n, $3, '', '', '', now() from generate_series(1, $2::int) n`,
      [id, count, to],
    );
  await sent(5, email);
  const refused = await team("agency", { do: "invite", email, role: "member" });
  expect(refused.faultOf).toMatchObject({ field: "email", next: expect.stringContaining("UTC") });
  await sent(30, "others@agency-people.example");
  const other = "another@agency-people.example";
  expect((await team("agency", { do: "invite", email: other, role: "member" })).faultOf?.what).toContain(
    "30",
  );
  expect(await member("agency", other)).toBeUndefined();
  expect(await mailsTo(other)).toEqual([]);
  await sql.query("delete from atoll.outbox where starts_with(key, $1)", [`team/${id}/`]);
});

test("where no mail goes out the account is taken back", async () => {
  const email = "unreachable@shop-people.example";
  await cloud.fault({ provider: "resend", kind: "reject", times: 100 });
  const failed = await team("shop", { do: "invite", email, role: "staff" });
  await cloud.heal();
  expect(failed).toMatchObject({ state: "undone" });
  expect(failed.faultOf).toMatchObject({ what: expect.stringContaining("could not be sent") });
  expect(await member("shop", email)).toBeUndefined();
  expect(await mailsTo(email)).toEqual([]);
});

test("the link stands nowhere but in the mail", async () => {
  const email = "secret@shop-people.example";
  await team("shop", { do: "invite", email, role: "staff" });
  const { tokenHash } = await linkTo(email);
  expect(tokenHash).toMatch(/^[0-9a-f]{56}$/);
  const kept = {
    "hub's tables": await dumpSchema(databaseUrl, "atoll"),
    "durable state": await dumpSchema(databaseUrl, "dbos"),
    team: JSON.stringify(await hub.as("viewer").call("showInstanceTeam", { params: { slug: "shop" } })),
    "request log": JSON.stringify(await cloud.log()),
  };
  for (const [where, text] of Object.entries(kept)) expect(text.includes(tokenHash), where).toBe(false);
  expect(kept["hub's tables"]).toContain(email);
});
