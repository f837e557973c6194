import { cp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { dump } from "@atoll/archive/dump";
import { provisionScript } from "@atoll/fleet/script";
import { connect } from "@atoll/hub/accounts";
import { raiseAlarms } from "@atoll/hub/backups/alarms";
import { removeExpired } from "@atoll/hub/backups/keep";
import { beginDue } from "@atoll/hub/backups/schedule";
import { archiveStorage } from "@atoll/hub/backups/storage";
import { commitWorkflows } from "@atoll/hub/backups/workflow-commits";
import type { Databases } from "@atoll/hub/schema/databases";
import { openScratch } from "@atoll/hub/schema/scratch";
import { providerSettings } from "@atoll/hub/settings";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { createClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { hashedRows } from "../support/hashed-rows.ts";

// Backups of one client's instance: made, tried, restored over what stands there and as a new instance.
const databaseUrl = await testDatabase();
const slug = "toko-saved";
const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "15790"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
  const answers = { name: "Toko Saved", slug, adminEmail: `owner@${slug}.example` };
  const run = await hub.as("operator").call("createInstance", { body: { blueprint: "business", answers } });
  expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  await sql.end();
  await cloud?.stop();
});

async function start(kind: "backup" | "restore", input: object = {}, name = slug) {
  const body = { kind, input: { ...input }, ...(kind === "restore" && { confirm: name }) };
  return hub.as("operator").call("startRun", { params: { slug: name }, body });
}
const run = async (...asked: Parameters<typeof start>) =>
  hub.runtime.journal.wait((await start(...asked)).id);

async function backUp(): Promise<string> {
  const ended = await run("backup");
  expect(ended).toMatchObject({ state: "succeeded", owed: [] });
  return ended.id;
}

async function ask(query: string, name = slug): Promise<Record<string, unknown>[]> {
  const things = await hub.runtime.journal.resources(name);
  const { ref = "" } = Object(things.find(({ kind }) => kind === "supabase.project")?.attrs) as {
    ref?: string;
  }; // as its adapter keeps it
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/database/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, unknown>[];
}

const addContacts = (from: number, to: number) =>
  ask(`insert into public.contacts (organization_id, first_name, email)
    select o.id, 'Person ' || n, 'p' || n || '@x.example'
      from generate_series(${from}, ${to}) n, (select id from public.organizations limit 1) o`);

/** Every table's rows counted and hashed, those of accounts too. */
const rowsOf = (name = slug) => hashedRows((query) => ask(query, name));

const shown = async (id: string) => {
  const { items } = await hub.as("viewer").call("listBackups", { query: { slug } });
  return items.find((each) => each.id === id);
};

async function signIn(email: string, password: string, name = slug): Promise<string | undefined> {
  const attrs = async (kind: string) =>
    (await hub.runtime.journal.resources(name)).find((each) => each.kind === kind)?.attrs as
      | Record<string, string>
      | undefined; // as its adapter keeps them
  const { url = "" } = (await attrs("supabase.project")) ?? {};
  const { publishable = "" } = (await attrs("supabase.api-keys")) ?? {};
  const client = createClient(url, publishable, { auth: { persistSession: false, autoRefreshToken: false } });
  const { data, error } = await client.auth.signInWithPassword({ email, password });
  return error ? undefined : data.user?.id;
}

/** Somebody sets another timezone in so many of an instance's workflows. */
async function changeWorkflows(name: string, count: number): Promise<void> {
  const things = (await hub.runtime.journal.resources(name)).filter(({ kind }) => kind === "n8n.workflow");
  for (const { id } of things.slice(0, count)) {
    const url = `${cloud.url}/n8n/api/v1/workflows/${id.split("/")[0]}`;
    const headers = { "X-N8N-API-KEY": cloud.tokens.n8n, "content-type": "application/json" };
    const found = (await (await fetch(url, { headers })).json()) as Record<string, object>; // as n8n shows it
    const { nodes, connections, settings } = found;
    const body = {
      name: found.name,
      nodes,
      connections,
      settings: { ...settings, timezone: "Asia/Jakarta" },
    };
    expect((await fetch(url, { method: "PUT", headers, body: JSON.stringify(body) })).status).toBe(200);
  }
}

const secretOf = async () => (await hub.runtime.journal.secret(slug, "temporaryPassword"))?.expose() ?? "";
const ownerOf = (name: string) => `owner@${name}.example`;

describe("a backup", () => {
  test("is read again, restored for a trial and compared before it counts", async () => {
    await addContacts(1, 50);
    const id = await backUp();
    const found = await shown(id);
    expect(found).toMatchObject({ state: "verified", why: "asked", oneMoment: true, instance: slug });
    expect(found?.rows).toBeGreaterThan(50);
    expect(found?.checkpoint.workflowIds.length).toBeGreaterThan(0);
    expect(found?.drilledAt).toBeDefined();
    const stored = await hub.as("viewer").call("showBackups", { params: { slug } });
    expect(stored.items.map((each) => each.id)).toContain(id);
    expect(stored.provider).toMatchObject({ items: [] });
  });
});

describe("a restore", () => {
  test("to the same instance brings every row back, and backs up what stood there first", async () => {
    const before = await rowsOf();
    const id = await backUp();
    await ask("delete from public.contacts; update public.organizations set name = 'Somebody else'");
    await addContacts(1000, 1010);
    const damaged = await rowsOf();
    const ended = await run("restore", { backup: id });
    expect(ended).toMatchObject({ state: "succeeded", owed: [] });
    expect(await rowsOf()).toEqual(before);
    expect(await shown(ended.id)).toMatchObject({ state: "verified", why: "before-restore" });
    expect(await signIn(ownerOf(slug), await secretOf())).toBeDefined();
    // What was there before the restore is not lost: it is a backup of its own.
    expect(await run("restore", { backup: ended.id })).toMatchObject({ state: "succeeded" });
    expect(await rowsOf()).toEqual(damaged);
    expect(await run("restore", { backup: id })).toMatchObject({ state: "succeeded" });
    expect(await hub.runtime.journal.drift(slug)).toEqual([]);
  }, 60_000);

  test("that fails leaves the old rows as they were, and says so", async () => {
    const id = await backUp();
    await addContacts(2000, 2010);
    // Rows of the backup that the database will not have any more.
    await ask(
      "alter table public.contacts add constraint no_old check (first_name not like 'Person 1%') not valid",
    );
    const before = await rowsOf();
    const ended = await run("restore", { backup: id });
    expect(ended).toMatchObject({ state: "undone", owed: [] });
    expect(await rowsOf()).toEqual(before);
    await ask("alter table public.contacts drop constraint no_old");
  }, 60_000);

  test("whose rows came out different is not kept", async () => {
    const id = await backUp();
    // Triggers on the provider's tables are nobody's to switch off.
    await ask(`create function public.meddle() returns trigger language plpgsql as
        $$ begin new.raw_user_meta_data := '{"meddled": true}'; return new; end $$;
      create trigger meddle before insert on auth.users for each row execute function public.meddle()`);
    const before = await rowsOf();
    const ended = await run("restore", { backup: id });
    expect(ended).toMatchObject({ state: "undone", owed: [] });
    expect(ended.steps.find(({ step }) => step === "rows")?.fault?.what).toContain("is not what the backup");
    expect(await rowsOf()).toEqual(before);
    await ask("drop function public.meddle() cascade");
  }, 60_000);

  test("that cannot put a workflow back takes the rows back, too", async () => {
    const id = await backUp();
    await addContacts(3000, 3003);
    await ask("update public.organizations set name = 'Renamed'");
    const before = await rowsOf();
    await changeWorkflows(slug, 1);
    await cloud.fault({ provider: "n8n", method: "PUT", path: "*", kind: "reject", times: 50 });
    const ended = await run("restore", { backup: id });
    expect(ended).toMatchObject({ state: "undone", owed: [] });
    expect(await rowsOf()).toEqual(before);
    await cloud.heal();
    expect(await run("restore", { backup: id })).toMatchObject({ state: "succeeded" });
    expect(await rowsOf()).not.toEqual(before);
  }, 60_000);

  test("without a safety backup that fails is not called undone, and is retried to its end", async () => {
    const id = await backUp();
    await addContacts(4000, 4003);
    await changeWorkflows(slug, 1);
    await cloud.fault({ provider: "n8n", method: "PUT", path: "*", kind: "reject", times: 50 });
    const ended = await run("restore", { backup: id, withoutSafety: true });
    expect(ended).toMatchObject({ state: "failed", owed: [{ step: "rows" }] });
    expect(ended.owed[0]?.fault.what).toContain("no safety backup was made");
    await cloud.heal();
    // One workflow was exchanged before the next one was refused: that is owed, too.
    await changeWorkflows(slug, 2);
    await cloud.fault({ provider: "n8n", method: "PUT", path: "*", kind: "reject", after: 1, times: 50 });
    await hub.as("operator").call("retryRun", { params: { id: ended.id } });
    const again = await hub.runtime.journal.wait(ended.id);
    expect(again).toMatchObject({ state: "failed", owed: [{ step: "rows" }, { step: "workflows" }] });
    expect(again.owed[1]?.fault.what).toContain("no safety backup was made");
    await cloud.heal();
    await hub.as("operator").call("retryRun", { params: { id: ended.id } });
    expect(await hub.runtime.journal.wait(ended.id)).toMatchObject({ state: "succeeded" });
    await backUp();
  }, 60_000);

  test("asks for the slug", async () => {
    const id = await backUp();
    const params = { slug };
    await expect(
      hub.as("operator").call("startRun", { params, body: { kind: "restore", input: { backup: id } } }),
    ).rejects.toMatchObject({ problem: { field: "confirm" } });
    await expect(start("restore", {})).rejects.toMatchObject({ problem: { field: "backup" } });
  });
});

describe("as a new instance", () => {
  test("a backup of a destroyed one comes back with every row and the old passwords, and nobody gets a mail", async () => {
    const id = await backUp();
    const before = await rowsOf();
    const password = await secretOf();
    const body = { kind: "destroy" as const, confirm: slug, now: true };
    const removal = await hub.as("owner").call("startRun", { params: { slug }, body });
    expect(await hub.runtime.journal.wait(removal.id)).toMatchObject({ state: "succeeded" });

    const again = "toko-again";
    const asked = await hub.as("operator").call("restoreAs", { params: { id }, body: { slug: again } });
    await expect
      .poll(
        async () =>
          (await hub.as("viewer").call("listRestores", {})).items.find((each) => each.id === asked.id),
        {
          timeout: 60_000,
        },
      )
      .toMatchObject({ state: "done", slug: again });
    expect(await rowsOf(again)).toEqual(before);
    expect(await signIn(ownerOf(slug), password, again)).toBeDefined();
    expect(await hub.as("viewer").call("showInstance", { params: { slug: again } })).toMatchObject({
      state: "live",
    });
    // Its first admin and its vault are known for its own: nothing is there that a repair would change.
    expect(await hub.runtime.journal.drift(again)).toEqual([]);
    expect(await hub.runtime.vaults.drift(again)).toEqual([]);
    const { resend } = (await cloud.inventory()) as { resend: { mails: { to: string }[] } }; // as its emulator shows it
    expect(resend.mails.filter(({ to }) => JSON.stringify(to).includes(ownerOf(slug)))).toHaveLength(1);
  }, 120_000);
});

describe("backups that cannot be relied on", () => {
  const again = "toko-again";
  const root = () => path.join(cloud.home, "backups");
  const parts = async (prefix: string) =>
    (await readdir(path.join(root(), prefix), { recursive: true, withFileTypes: true }))
      .filter((each) => each.isFile() && /\d\.(ndjson|json)\.gz\.sealed$/.test(each.name))
      .map((each) => path.join(each.parentPath, each.name))
      .toSorted();
  const first = async (prefix: string) => (await parts(prefix))[0] ?? "";

  /** Another record and another copy of a backup, to be spoilt. */
  async function copyOf(id: string, name: string): Promise<string> {
    const { rows } = await sql.query<{ prefix: string }>("select prefix from atoll.backups where id = $1", [
      id,
    ]);
    const prefix = `backups/copies/${name}`;
    await cp(path.join(root(), rows[0]?.prefix ?? ""), path.join(root(), prefix), { recursive: true });
    await sql.query(
      `insert into atoll.backups select (jsonb_populate_record(b, jsonb_build_object('id', $2::text, 'prefix', $3::text))).*
         from atoll.backups b where b.id = $1`,
      [id, name, prefix],
    );
    return prefix;
  }
  const set = (name: string, column: string, value: unknown) =>
    sql.query(`update atoll.backups set ${column} = $2 where id = $1`, [name, value]);

  const spoilings: Record<string, (prefix: string, other: string) => Promise<unknown>> = {
    "missing-part": async (prefix) => rm(await first(prefix)),
    "truncated-part": async (prefix) => truncate(await first(prefix), 60),
    "damaged-part": async (prefix) => flip(await first(prefix)),
    // Sealed, a part in another's place does not even open.
    "truncated-part.swapped": async (prefix) => {
      const [one = "", other = ""] = (await parts(prefix)).filter((each) => each.includes("/tables/"));
      await cp(other, one);
    },
    "extra-part": async (prefix) =>
      writeFile(path.join(root(), prefix, "tables", "public.more.00001.ndjson.gz.sealed"), "x"),
    "manifest-missing": async (prefix) => rm(path.join(root(), prefix, "manifest.json.sealed")),
    "manifest-edited": async (prefix) => flip(path.join(root(), prefix, "manifest.json.sealed")),
    "unreadable-key": async (prefix) => writeFile(path.join(root(), prefix, "seal.json"), "{}"),
    "empty-archive": async (prefix) => rm(path.join(root(), prefix), { recursive: true }),
    "manifest-edited.exchanged": async (prefix, other) => {
      await rm(path.join(root(), prefix), { recursive: true });
      await cp(path.join(root(), other), path.join(root(), prefix), { recursive: true });
    },
    "wrong-instance": async () => {
      const { rows } = await sql.query("select id from atoll.instances where slug = $1", [slug]);
      await set("wrong-instance", "instance_id", rows[0]?.id);
    },
    stale: async () => set("stale", "began_at", new Date(Date.now() + 3_600_000)),
  };

  async function flip(file: string): Promise<void> {
    const bytes = await readFile(file);
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    await writeFile(file, bytes);
  }

  test("are all found by a check, and each is told once", async () => {
    const ended = [await run("backup", {}, again), await run("backup", {}, again)];
    const [one = "", other = ""] = ended.map(({ id }) => id);
    const { rows } = await sql.query<{ prefix: string }>("select prefix from atoll.backups where id = $1", [
      other,
    ]);
    for (const [name, spoil] of Object.entries(spoilings))
      await spoil(await copyOf(one, name), rows[0]?.prefix ?? "");
    for (const id of Object.keys(spoilings)) {
      const checked = await hub.as("operator").call("checkBackup", { params: { id }, body: {} });
      // A file more harms no restore.
      if (id === "extra-part") {
        expect(checked).toMatchObject({ state: "verified" });
        continue;
      }
      expect.soft(checked, id).toMatchObject({
        state: id === "empty-archive" ? "missing" : "damaged",
        problem: { damage: id.replace(/\..*/, "") },
      });
    }
    const incidents = async () =>
      (await sql.query("select subject from atoll.incidents where starts_with(subject, 'backup/')")).rows
        .length;
    await expect.poll(incidents, { timeout: 20_000 }).toBe(Object.keys(spoilings).length - 1);
    // Looked at once more, they are not told once more.
    for (const id of Object.keys(spoilings))
      await hub.as("operator").call("checkBackup", { params: { id }, body: {} });
    await hub.runtime.backups.round({ letters: hub.hub.letters, baseUrl: "http://hub.test" });
    expect(await incidents()).toBe(Object.keys(spoilings).length - 1);
    const whole = await hub.as("operator").call("checkBackup", { params: { id: one }, body: {} });
    expect(whole).toMatchObject({ state: "verified" });
  }, 60_000);

  test("are not restored", async () => {
    const body = { kind: "restore" as const, input: { backup: "damaged-part" } };
    const { items } = await hub.as("operator").call("planRun", { params: { slug: again }, body });
    expect(items.find(({ step }) => step === "check")).toMatchObject({ does: "blocked" });
    const { rows } = await sql.query(
      "select id from atoll.backups where slug = $1 and state = 'verified' limit 1",
      [slug],
    );
    const foreign = { kind: "restore" as const, input: { backup: rows[0]?.id } };
    await expect(
      hub.as("operator").call("planRun", { params: { slug: again }, body: foreign }),
    ).rejects.toMatchObject({ problem: { field: "backup" } });
  });

  test("go when others are kept for them; the newest verified one stays", async () => {
    const { hubKeys, storage, place } = archiveStorage({}, cloud.home, hub.runtime.keys);
    const { rows: known } = await sql.query<{ id: string }>(
      "select id from atoll.backups where slug = $1 and state = 'verified' order by made_at",
      [again],
    );
    const [older = "", newest = ""] = [known[0]?.id, known.at(-1)?.id];
    await sql.query("update atoll.backups set made_at = made_at - interval '40 days' where slug = $1", [
      again,
    ]);
    const scratch = openScratch(databaseUrl);
    const keeping = { store: hub.hub.store, archives: { hubKeys, storage, place }, scratch };
    await removeExpired(keeping, new Date());
    const states = await sql.query<{ id: string; state: string }>(
      "select id, state from atoll.backups where slug = $1",
      [again],
    );
    const stateOf = (id: string) => states.rows.find((each) => each.id === id)?.state;
    expect([stateOf(older), stateOf(newest)]).toEqual(["removed", "verified"]);
    expect(stateOf("missing-part")).toBe("removed");
    expect(await parts("backups/copies/missing-part")).toEqual([]);
  });
});

describe("the schedule", () => {
  const again = "toko-again";
  const everyMs = 3_600_000;
  const newest = async () => (await hub.runtime.journal.runs(again)).at(-1);

  test("backs up what is due, once, and leaves alone what is not", async () => {
    const { databases } = { databases: { isPaused: async () => false } as unknown as Databases }; // nothing else is asked
    const scheduling = {
      store: hub.hub.store,
      journal: hub.runtime.journal,
      environments: [{ name: "local", databases }],
      everyMs,
    };
    await beginDue(scheduling);
    await sql.query("update atoll.backup_turns set due_at = now() - interval '1 second'");
    await Promise.all([beginDue(scheduling), beginDue(scheduling)]);
    const begun = await newest();
    expect(begun).toMatchObject({ kind: "backup", input: { why: "scheduled" } });
    expect(await hub.runtime.journal.wait(begun?.id ?? "")).toMatchObject({ state: "succeeded" });
    await beginDue(scheduling);
    expect((await newest())?.id).toBe(begun?.id);
    const { rows } = await sql.query(
      "select due_at > now() + interval '50 minutes' as later from atoll.backup_turns t join atoll.instances i on i.id = t.instance_id where i.slug = $1",
      [again],
    );
    expect(rows).toEqual([{ later: true }]);
  }, 60_000);

  test("that does not come to its end is told once, and its end, too", async () => {
    const telling = {
      store: hub.hub.store,
      letters: hub.hub.letters,
      webhooks: hub.runtime.monitor.webhooks,
      baseUrl: "http://hub.test",
    };
    const stale = async () =>
      (await sql.query("select closed_at is null as open from atoll.incidents where cause = 'backup-stale'"))
        .rows;
    await raiseAlarms(telling, everyMs);
    expect(await stale()).toEqual([]);
    await sql.query("update atoll.backup_turns set since = now() - interval '2 days'");
    await sql.query("update atoll.backups set made_at = made_at - interval '2 days'");
    await raiseAlarms(telling, everyMs);
    await raiseAlarms(telling, everyMs);
    expect(await stale()).toEqual([{ open: true }]);
    expect(await run("backup", {}, again)).toMatchObject({ state: "succeeded" });
    await raiseAlarms(telling, everyMs);
    expect(await stale()).toEqual([{ open: false }]);
  }, 60_000);
});

describe("workflows that somebody changed", () => {
  test("are committed, all in one commit, and only then", async () => {
    const place = { name: "local", journal: hub.runtime.journal, accounts: await accountsOf() };
    const { id } = await hub.runtime.instance("toko-again");
    const whose = { id, slug: "toko-again", blueprint: "business" };
    const git = async () =>
      (await (
        await fetch(`${cloud.url}/gitea/api/v1/repos/atoll/ops-hub/commits?path=client-backups/toko-again`, {
          headers: { authorization: `token ${cloud.tokens.gitea}` },
        })
      ).json()) as unknown[];
    const before = (await git()).length;
    expect(await commitWorkflows(place, whose)).toBe(0);
    expect(await git()).toHaveLength(before);
    await changeWorkflows("toko-again", 2);
    expect(await commitWorkflows(place, whose)).toBe(2);
    expect(await commitWorkflows(place, whose)).toBe(0);
    expect(await git()).toHaveLength(before + 1);
  });

  const accountsOf = async () => connect(await providerSettings({}, async () => cloud));
});

describe("the provider's own backups", () => {
  const again = "toko-again";
  const refOf = async () => {
    const found = (await hub.runtime.journal.resources(again)).find(
      ({ kind }) => kind === "supabase.project",
    );
    return String(found?.id);
  };

  test("are listed, and a project is taken back to one", async () => {
    const before = await rowsOf(again);
    await cloud.plant({ provider: "supabase", backup: await refOf() });
    const { provider } = await hub.as("viewer").call("showBackups", { params: { slug: again } });
    expect(provider.items).toMatchObject([{ id: "1", state: "completed", restorable: true }]);
    await ask("delete from public.contacts", again);
    const ended = await run("restore", { from: "provider", backup: "1" }, again);
    expect(ended).toMatchObject({ state: "succeeded" });
    expect(await rowsOf(again)).toEqual(before);
    // Asked once more, with an answer that gets lost: it is not asked twice.
    await ask("delete from public.contacts", again);
    await cloud.clearLog();
    const call = { provider: "supabase", method: "POST", path: "/database/backups/restore" };
    await cloud.fault({ ...call, kind: "lose-answer", times: 1 });
    expect(await run("restore", { from: "provider", backup: "1" }, again)).toMatchObject({
      state: "succeeded",
    });
    expect(await rowsOf(again)).toEqual(before);
    const asked = (await cloud.log({ writes: true, provider: "supabase" })).filter((each) =>
      each.path.endsWith(call.path),
    );
    expect(asked).toMatchObject([{ status: 0 }]);
    const params = { slug: again };
    const plan = async (input: Record<string, unknown>) =>
      (await hub.as("operator").call("planRun", { params, body: { kind: "restore", input } })).items[0];
    expect(await plan({ from: "provider", backup: "7" })).toMatchObject({ does: "blocked" });
    expect(await plan({ from: "provider", at: new Date().toISOString() })).toMatchObject({ does: "blocked" });
  }, 60_000);
});

describe("a backup of an older schema", () => {
  test("is brought to the present one on its way", async () => {
    const again = "toko-again";
    const { id, blueprint } = await hub.runtime.instance(again);
    const { blueprints } = connect(await providerSettings({}, async () => cloud));
    const all = blueprints.find(({ name }) => name === blueprint)?.migrations ?? [];
    const older = all.slice(0, -1);
    const { version } = older.at(-1) ?? { version: 0 };
    const { storage, hubKeys } = archiveStorage({}, cloud.home, hub.runtime.keys);
    const prefix = "backups/older/one";
    const { manifestSha256 } = await openScratch(databaseUrl).with(async (session, _, { client }) => {
      await session.query(provisionScript(older, { instance: id }));
      await session.query("insert into public.organizations (name, slug) values ('From before', 'before')");
      return dump({
        from: { client },
        of: {
          kind: "backup",
          instance: { id, slug: again, blueprint },
          schema: { version },
          checkpoint: { workflowIds: [] },
        },
        storage,
        prefix,
        hubKey: hubKeys[0],
        sealed: true,
      });
    });
    await sql.query(
      `insert into atoll.backups (id, instance_id, slug, blueprint, why, prefix, state, manifest_sha256, schema_version, made_at)
         values ('older', $1, $2, $3, 'asked', $4, 'made', $5, $6, now())`,
      [id, again, blueprint, prefix, manifestSha256, version],
    );
    expect(await run("restore", { backup: "older" }, again)).toMatchObject({ state: "succeeded" });
    expect(await ask("select name from public.organizations", again)).toEqual([{ name: "From before" }]);
    expect(await ask("select version from public.schema_version", again)).toEqual([
      { version: all.at(-1)?.version },
    ]);
  }, 60_000);
});
