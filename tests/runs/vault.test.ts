import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { HubProblem } from "@atoll/contract/client";
import type { VaultEntry } from "@atoll/contract/schemas/vault";
import { dumpSchema } from "@atoll/engine/testing/dump";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanEnv } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { leaks } from "../support/leaks.ts";

const cli = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
const databaseUrl = await testDatabase();
const hostile = "O'Neill \"& Söns\"\\'; drop table public.users; -- $$ $vault$ \\! 🦀";
const canaries = { first: "canary-Vault-0aZ81xYw33", second: "canary-Vault-rotated-77" };
let cloud: TestCloud;
let hub: TestHub;
const params = { slug: "villa" };

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  await provisioned("community", { name: hostile, slug: "villa", city: "Lyon", mapCenter: "45.76, 4.83" });
}, 60_000);
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
});

async function provisioned(blueprint: string, answers: Record<string, unknown>): Promise<void> {
  const body = { blueprint, answers: { adminEmail: "owner@villa.example", ...answers } };
  const run = await hub.as("operator").call("createInstance", { body });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}

/** SQL in the instance's own database, as somebody who opens its SQL editor. */
async function byHand(query: string, slug = "villa"): Promise<Record<string, unknown>[]> {
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

const read = async (slug = "villa") => (await hub.as("viewer").call("readVault", { params: { slug } })).items;
const entry = async (key: string): Promise<VaultEntry> => {
  const found = (await read()).find((each) => each.key === key);
  if (found === undefined) throw new Error(`There is no ${key}.`);
  return found;
};
const set = (
  key: string,
  body: { value: unknown; type?: "text" | "email"; secret?: boolean; seen?: string },
) => hub.as("operator").call("setVaultKey", { params: { ...params, key }, body });
const settle = (key: string, take: "instance" | "hub", seen: string) =>
  hub.as("operator").call("settleVaultKey", { params: { ...params, key }, body: { take, seen } });
const remove = (key: string, seen?: string) =>
  hub.as("operator").call("removeVaultKey", {
    params: { ...params, key },
    query: seen === undefined ? {} : { seen },
  });
const rowOf = async (key: string) =>
  (
    await byHand(
      `select value, value_type, is_secret, updated_by from public.instance_config where key = '${key}'`,
    )
  )[0];

const refused = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HubProblem) return error.problem;
  throw new Error(`It was not refused: ${String(error)}`);
};

test("what the answers gave stands in the vault, and both sides agree", async () => {
  const items = await read();
  expect(items.map(({ state }) => state).filter((state) => state !== "same")).toEqual([]);
  expect(items.find(({ key }) => key === "APP_NAME")).toMatchObject({
    here: { value: hostile, by: "answers" },
    there: { value: hostile, by: "atoll", type: "text" },
  });
  for (const key of ["LOCALE", "CONTACT_EMAIL", "MAP_DEFAULT_CENTER"])
    expect(items.map((each) => each.key)).toContain(key);
});

test("a public key is set, changed and removed, whatever is in it", async () => {
  await set("SLOGAN", { value: hostile, type: "text", secret: false });
  expect(await rowOf("SLOGAN")).toEqual({
    value: hostile,
    value_type: "text",
    is_secret: false,
    updated_by: "hub",
  });
  expect(await set("SLOGAN", { value: "Hello" })).toMatchObject({ state: "same", here: { value: "Hello" } });
  await remove("SLOGAN");
  expect(await rowOf("SLOGAN")).toBeUndefined();
  expect((await read()).map(({ key }) => key)).not.toContain("SLOGAN");
  const log = await byHand(
    "select act, changed_by from public.instance_config_log where key = 'SLOGAN' order by id",
  );
  expect(log.map((each) => Object.values(each))).toEqual([
    ["added", "hub"],
    ["changed", "hub"],
    ["removed", "hub"],
  ]);
});

describe("a secret", () => {
  test("is written, compared without leaving the instance, and shown nowhere", async () => {
    await set("OPENAI_API_KEY", { value: canaries.first });
    expect(await rowOf("OPENAI_API_KEY")).toMatchObject({ value: canaries.first, is_secret: true });
    expect(await entry("OPENAI_API_KEY")).toMatchObject({ state: "same", secret: true });
    await set("OPENAI_API_KEY", { value: canaries.second });
    expect(await entry("OPENAI_API_KEY")).toMatchObject({ state: "same" });
    await byHand(
      "update public.instance_config set value = '\"by hand\"', updated_by = 'somebody' where key = 'OPENAI_API_KEY'",
    );
    const drifted = await entry("OPENAI_API_KEY");
    expect(drifted).toMatchObject({ state: "changed-there", there: { by: "somebody" } });
    expect(drifted.there).not.toHaveProperty("value");
    expect(drifted.here).not.toHaveProperty("value");
    const problem = await refused(set("OPENAI_API_KEY", { value: canaries.first }));
    expect(problem).toMatchObject({
      status: 409,
      field: "OPENAI_API_KEY",
      conflict: { state: "changed-there" },
    });
    expect(await refused(settle("OPENAI_API_KEY", "hub", drifted.seen))).toMatchObject({
      status: 422,
      next: "Set a new value.",
    });
    expect(await settle("OPENAI_API_KEY", "instance", drifted.seen)).toMatchObject({ state: "same" });
    await set("OPENAI_API_KEY", { value: canaries.second });
    const kept = {
      "hub's tables": await dumpSchema(databaseUrl, "atoll"),
      "durable state": await dumpSchema(databaseUrl, "dbos"),
      answers: JSON.stringify(await read()),
      refusal: JSON.stringify(problem),
      "request log": JSON.stringify(await cloud.log()),
      "instance's log": JSON.stringify(await byHand("select * from public.instance_config_log")),
    };
    expect(leaks(kept, canaries)).toEqual([]);
    expect(kept["hub's tables"]).toContain("OPENAI_API_KEY");
  });

  test("that the instance refuses is not repeated in the refusal", async () => {
    // A trigger of somebody else's, which says the value.
    await byHand(`create function public.loud() returns trigger language plpgsql set search_path = '' as
      $$ begin if new.key = 'LOUD' then raise exception 'no %', new.value; end if; return new; end $$;
      create trigger loud before insert on public.instance_config for each row execute function public.loud()`);
    const problem = await refused(set("LOUD", { value: canaries.first }));
    await byHand("drop trigger loud on public.instance_config; drop function public.loud()");
    expect(problem).toMatchObject({ status: 422, field: "value" });
    expect(JSON.stringify(problem)).not.toContain(canaries.first);
    expect((await read()).map(({ key }) => key)).not.toContain("LOUD");
  });
});

describe("an edit in the instance", () => {
  const edit = (key: string, value: string) =>
    byHand(
      `update public.instance_config set value = to_jsonb('${value}'::text), updated_by = 'ada' where key = '${key}'`,
    );

  test("is shown with both sides, is not overwritten unseen, and either side may win", async () => {
    await set("MOTTO", { value: "ours", secret: false });
    await edit("MOTTO", "theirs");
    const drifted = await entry("MOTTO");
    expect(drifted).toMatchObject({
      state: "changed-there",
      here: { value: "ours" },
      there: { value: "theirs", by: "ada" },
    });
    const problem = await refused(set("MOTTO", { value: "again ours" }));
    expect(problem).toMatchObject({
      status: 409,
      conflict: { here: { value: "ours" }, there: { value: "theirs" } },
    });
    expect(await refused(remove("MOTTO"))).toMatchObject({ status: 409 });
    expect(await rowOf("MOTTO")).toMatchObject({ value: "theirs" });
    expect(await settle("MOTTO", "hub", drifted.seen)).toMatchObject({
      state: "same",
      there: { value: "ours" },
    });
    await edit("MOTTO", "theirs again");
    const { seen } = await entry("MOTTO");
    expect(await settle("MOTTO", "instance", seen)).toMatchObject({
      state: "same",
      here: { value: "theirs again" },
    });
    expect(await refused(settle("MOTTO", "hub", drifted.seen))).toMatchObject({ status: 409 });
  });

  test("between the look and the write is not lost", async () => {
    await set("MOTTO", { value: "one" });
    const { seen } = await entry("MOTTO");
    await edit("MOTTO", "meanwhile");
    expect(await refused(set("MOTTO", { value: "two", seen }))).toMatchObject({
      status: 409,
      conflict: { there: { value: "meanwhile" } },
    });
    expect(await rowOf("MOTTO")).toMatchObject({ value: "meanwhile" });
    // Seen and meant.
    expect(await set("MOTTO", { value: "two", seen: (await entry("MOTTO")).seen })).toMatchObject({
      state: "same",
    });
  });

  test("while the write is on its way is refused by the instance itself", async () => {
    await set("RACE", { value: "0", secret: false });
    // Ten at once over one row: each look and each write of theirs lies somewhere among those of the others.
    const { seen } = await entry("RACE");
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        set("RACE", { value: String(n), seen }).then(
          (done) => String(done.here?.value),
          (error: HubProblem) => error.problem.status,
        ),
      ),
    );
    const winners = results.filter((each) => each !== 409);
    expect(winners).toHaveLength(1);
    expect(await rowOf("RACE")).toMatchObject({ value: winners[0] });
    expect(await entry("RACE")).toMatchObject({ state: "same", here: { value: winners[0] } });
  });

  test("that adds or removes a key is one, too", async () => {
    await byHand(
      "insert into public.instance_config (key, value, updated_by) values ('THEIRS', '\"x\"', 'ada')",
    );
    const added = await entry("THEIRS");
    expect(added).toMatchObject({ state: "unknown-here", there: { by: "ada", value: "x" } });
    expect(added).not.toHaveProperty("here");
    await settle("THEIRS", "instance", added.seen);
    expect(await entry("THEIRS")).toMatchObject({ state: "same" });

    await byHand("set local atoll.by = 'ada'; delete from public.instance_config where key = 'FEDERATION'");
    const removed = await entry("FEDERATION");
    expect(removed).toMatchObject({
      state: "removed-there",
      here: { value: false },
      there: { by: "ada" },
      seen: "",
    });
    expect(await settle("FEDERATION", "hub", "")).toMatchObject({ state: "same" });
    await byHand("delete from public.instance_config where key = 'FEDERATION'");
    await settle("FEDERATION", "instance", "");
    expect((await read()).map(({ key }) => key)).not.toContain("FEDERATION");
  });

  test("stays through drift and repair, and drift names it", async () => {
    await byHand(
      "update public.instance_config set value = '\"Mine\"', updated_by = 'ada' where key = 'CITY_NAME'",
    );
    const drift = await hub.as("viewer").call("checkDrift", { params });
    expect(drift.vault).toEqual([expect.objectContaining({ key: "CITY_NAME", state: "changed-there" })]);
    // Something that repair has to mend in the same database.
    await byHand("alter table public.places disable row level security");
    const run = await hub.as("operator").call("startRun", { params, body: { kind: "repair" } });
    expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
    expect(await rowOf("CITY_NAME")).toMatchObject({ value: "Mine" });
    expect(await byHand("select key from public.instance_config where key = 'FEDERATION'")).toEqual([]);
    await settle("CITY_NAME", "instance", (await entry("CITY_NAME")).seen);
    expect((await hub.as("viewer").call("checkDrift", { params })).vault).toEqual([]);
  });
});

test("answers that change later arrive where nobody touched the key, and show as drift where somebody did", async () => {
  await provisioned("shop", { name: "Toko A", slug: "toko-a", currency: "IDR" });
  const slug = { slug: "toko-a" };
  await byHand(
    "update public.instance_config set value = '\"by@hand.test\"' where key = 'CONTACT_EMAIL'",
    "toko-a",
  );
  const { answers } = await hub.runtime.instance("toko-a");
  const body = { kind: "update" as const, answers: { ...(answers as object), name: "Toko B" } };
  const run = await hub.as("operator").call("startRun", { params: slug, body });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
  const items = await read("toko-a");
  expect(items.find(({ key }) => key === "APP_NAME")).toMatchObject({
    state: "same",
    here: { value: "Toko B" },
    there: { value: "Toko B", by: "atoll" },
  });
  const { createdAt } = await hub.runtime.instance("toko-a");
  const dated = items.find(({ key }) => key === "APP_NAME")?.here?.at ?? "";
  expect(Date.parse(dated)).toBeGreaterThan(Date.parse(createdAt));
  const edited = items.find(({ key }) => key === "CONTACT_EMAIL");
  expect(edited).toMatchObject({ state: "changed-there", there: { value: "by@hand.test" } });
  const settled = await hub.as("operator").call("settleVaultKey", {
    params: { ...slug, key: "CONTACT_EMAIL" },
    body: { take: "hub", seen: edited?.seen ?? "" },
  });
  expect(settled).toMatchObject({ state: "same" });
});

test("a write of which nobody knows whether it arrived is seen as ours, and done again", async () => {
  await set("LOST", { value: "one", secret: false });
  const { seen } = await entry("LOST");
  await cloud.fault({
    provider: "supabase",
    method: "POST",
    path: "database/query",
    kind: "500",
    after: 1,
    times: 20,
  });
  expect(await refused(set("LOST", { value: "two", seen }))).toMatchObject({ status: expect.any(Number) });
  await cloud.heal();
  const pending = await entry("LOST");
  expect(pending).toMatchObject({ state: "changed-here", here: { value: "two" }, there: { value: "one" } });
  expect(await settle("LOST", "hub", pending.seen)).toMatchObject({ state: "same", there: { value: "two" } });
});

test.each([
  ["lower", "x", "key"],
  ["ATOLL_INSTANCE_ID", "x", "key"],
  ["X'; --", "x", "key"],
  ["NULLED", null, "value"],
  ["ZERO", "a\u0000b", undefined],
  ["HALF", "\ud800", "value"],
  ["LONG", "x".repeat(20_001), "value"],
])("refuses what cannot stand in a vault: %s", async (key, value, field) => {
  const problem = await refused(set(key, { value, secret: false }));
  expect(problem).toMatchObject({ ...(field && { field }), next: expect.any(String) });
  expect([400, 422]).toContain(problem.status);
});

test("a value has its type", async () => {
  expect(await refused(set("MAIL", { value: "nobody", type: "email", secret: false }))).toMatchObject({
    status: 422,
    field: "value",
  });
  expect(await refused(set("COMMUNITY_TYPE", { value: "casino" }))).toMatchObject({ status: 422 });
  expect(await entry("COMMUNITY_TYPE")).toMatchObject({ state: "same" });
  expect(await refused(remove("COMMUNITY_NAME"))).toMatchObject({
    status: 422,
    title: expect.stringContaining("needs its name"),
  });
});

test("an instance of another hub in the same project is left alone", async () => {
  await byHand("update public.instance_config set value = '\"other\"' where key = 'ATOLL_INSTANCE_ID'");
  const id = (await hub.runtime.instance("villa")).id;
  expect(await refused(set("X", { value: "x", secret: false }))).toMatchObject({ status: 409 });
  await byHand(`update public.instance_config set value = '"${id}"' where key = 'ATOLL_INSTANCE_ID'`);
  expect((await read()).map(({ key }) => key)).not.toContain("X");
});

describe("on the command line", () => {
  /** `atoll --json vault ...` with something on standard input. */
  function atoll(words: string[], input = ""): Promise<{ code: number | null; out: string }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [cli, "--json", "vault", ...words], {
        env: cleanEnv(cloud.home, { DATABASE_URL: databaseUrl }),
        stdio: ["pipe", "pipe", "pipe"],
      });
      let out = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => {
          out += chunk;
        });
      child.on("close", (code) => resolve({ code, out }));
      child.stdin.on("error", () => {}); // a command that refuses reads nothing
      child.stdin.end(input);
    });
  }

  test("a secret comes by standard input only, and is shown by nothing", async () => {
    const onLine = await atoll(["set", "villa", "NEW_KEY", canaries.first]);
    expect(onLine).toMatchObject({ code: 2, out: expect.stringContaining("command line") });
    const piped = await atoll(["set", "villa", "NEW_KEY"], `${canaries.first}\n`);
    expect(piped.code).toBe(0);
    expect(await rowOf("NEW_KEY")).toMatchObject({ value: canaries.first, is_secret: true });
    const rotated = await atoll(["rotate", "villa", "NEW_KEY", "--show"]);
    const { value } = JSON.parse(rotated.out) as { value: string };
    expect(value).toMatch(/^[\w-]{43}$/);
    expect(await rowOf("NEW_KEY")).toMatchObject({ value });
    expect(leaks({ piped: piped.out, onLine: onLine.out }, { ...canaries, value })).toEqual([]);
  }, 180_000);

  test("many instances are set at once: one that fails is named, and saying it again mends it", async () => {
    const unsaid = await atoll(["set", "--where", "state=live", "CITY_NAME", "Foo"]);
    expect(unsaid).toMatchObject({
      code: 2,
      out: expect.stringContaining("--public or --secret with --where"),
    });
    await byHand(
      "insert into public.instance_config (key, value, is_secret) values ('SHARED_KEY', '\"theirs\"', true)",
    );
    const words = ["set", "--where", "state=live", "SHARED_KEY"];
    const first = await atoll(words, canaries.second);
    expect(first.code).toBe(1);
    expect(JSON.parse(first.out)).toMatchObject({
      set: 1,
      failed: 1,
      items: [
        { slug: "toko-a", done: true },
        { slug: "villa", done: false, what: expect.stringContaining("meanwhile"), next: expect.any(String) },
      ],
    });
    expect(await rowOf("SHARED_KEY")).toMatchObject({ value: "theirs" });
    await settle("SHARED_KEY", "instance", (await entry("SHARED_KEY")).seen);
    const again = await atoll(words, canaries.second);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ set: 2, failed: 0 });
    expect(await rowOf("SHARED_KEY")).toMatchObject({ value: canaries.second });
    expect(leaks({ first: first.out, again: again.out }, canaries)).toEqual([]);
  }, 180_000);
});

test("who did what stands in the audit log, without values", async () => {
  const { items } = await hub
    .as("viewer")
    .call("listAudit", { query: { subject: "instance/villa", limit: 200 } });
  const told = items.filter(({ action }) => action.startsWith("vault."));
  for (const action of ["vault.set", "vault.remove", "vault.take", "vault.put-back"])
    expect(told.map((each) => each.action)).toContain(action);
  expect(
    told.find(({ action, details }) => action === "vault.set" && details.key === "OPENAI_API_KEY"),
  ).toMatchObject({
    actor: expect.stringContaining("key operator"),
    details: { key: "OPENAI_API_KEY", secret: true },
  });
  for (const value of [...Object.values(canaries), "again ours", "theirs"])
    expect(JSON.stringify(told)).not.toContain(value);
});
