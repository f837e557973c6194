import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import type { Storage } from "@atoll/archive/storage";
import { prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { letters } from "../mails/letters.ts";
import { openLater } from "../store/later.ts";
import type { Store } from "../store/store.ts";
import { raiseAlarms } from "./alarms.ts";
import { type LetPass, lookAgain, removeExpired } from "./keep.ts";
import { eraseBackup, removeBackup } from "./remove.ts";
import { beginTrial, findBackup, markChecked, markDamaged, markVerified } from "./rows.ts";
import { beginDue } from "./schedule.ts";
import { type ArchiveStorage, archiveStorage } from "./storage.ts";

let later: ReturnType<typeof openLater>;
let store: Store;
beforeAll(async () => {
  const databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  later = openLater(databaseUrl);
  store = await later.store();
});
afterAll(async () => {
  await later?.close();
});
beforeEach(async () => {
  await sql`truncate atoll.instances, atoll.backups, atoll.backup_turns cascade`.execute(store);
  for (const name of ["local", "elsewhere"])
    await sql`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
      values (${name}, ${`toko-${name}`}, 'business', ${name}, 'live', '{}', '{}')`.execute(store);
  for (const id of ["one", "two"])
    await sql`insert into atoll.backups
        (id, instance_id, slug, blueprint, why, state, prefix, checkpoint, manifest_sha256, made_at, checked_at, drilled_at)
      values (${id}, 'local', 'toko-local', 'business', 'scheduled', 'verified', ${`backups/${id}`}, '{}', 'none',
        now() - interval '9 days', now() - interval '9 days', now())`.execute(store);
});

const fault = { what: "It came out different.", next: "Make another one." };
const stateOf = async (id: string) => (await findBackup(store, id))?.state;
const addRun = (id: string, instance: string, more: { state: string; input?: object }) =>
  sql`insert into atoll.runs (id, instance_id, number, kind, state, asked_by, attempt, keep_on_failure, input, created_at)
    values (${id}, ${instance}, 1, 'restore', ${more.state}, 'somebody', 1, false, ${JSON.stringify(more.input ?? {})}::jsonb,
      clock_timestamp())`.execute(store);

/** A storage in which nothing is; what begins with `broken` cannot be read. */
function storage(broken = "nothing"): Storage {
  const guard = (name: string) => {
    if (name.startsWith(broken)) throw new Error(`${name} cannot be read.`);
    return undefined;
  };
  return {
    put: async () => {},
    get: async (name) => guard(name),
    stat: async (name) => guard(name),
    list(prefix) {
      guard(prefix);
      return Readable.from([]);
    },
    remove: async () => {},
  };
}
const archivesOf = (broken?: string): ArchiveStorage => ({
  ...archiveStorage({}, tmpdir(), { key: Buffer.alloc(32, 1), olderKeys: [] }),
  storage: storage(broken),
});

test("one that failed its trial is lifted by a trial only, one that was damaged by a look at it", async () => {
  await markDamaged(store, "one", { damage: "drill-failed", ...fault });
  expect(await findBackup(store, "one")).toMatchObject({ state: "damaged", drilled_at: null });
  await markChecked(store, "one");
  expect(await findBackup(store, "one")).toMatchObject({
    state: "damaged",
    problem: { damage: "drill-failed" },
  });
  await markVerified(store, "one", 5);
  expect(await findBackup(store, "one")).toMatchObject({ state: "verified", problem: null });
  await markDamaged(store, "one", { damage: "missing-part", ...fault });
  await markVerified(store, "one", 5);
  expect(await stateOf("one")).toBe("damaged");
  await markChecked(store, "one");
  expect(await findBackup(store, "one")).toMatchObject({ state: "verified", problem: null });
});

test("a trial that failed is told until another one succeeds", async () => {
  await sql`create schema if not exists people`.execute(store);
  await sql`create table if not exists people."user" (email text, role text)`.execute(store);
  const telling = { store, letters, baseUrl: "https://hub.example", webhooks: { announce: async () => {} } };
  const isTold = async () => {
    await raiseAlarms(telling, 0);
    const { rows } = await sql`select from atoll.incidents where closed_at is null
      and cause = 'backup-drill-failed'`.execute(store);
    return rows.length === 1;
  };
  await markDamaged(store, "two", { damage: "drill-failed", ...fault });
  expect(await isTold()).toBe(true);
  await markChecked(store, "two");
  expect(await isTold()).toBe(true);
  // It was damaged beside that, and is so no longer.
  await markDamaged(store, "two", { damage: "missing-part", ...fault });
  await markChecked(store, "two");
  expect(await stateOf("two")).toBe("made");
  expect(await isTold()).toBe(true);
  await markVerified(store, "two", 5);
  expect(await isTold()).toBe(false);
});

test("one that a restore in progress needs is not removed", async () => {
  const archives = archivesOf();
  await addRun("run", "local", { state: "undoing", input: { backup: "one" } });
  for (const id of ["one", "two"])
    await removeBackup({ store, archives }, { id, slug: "toko-local", prefix: `backups/${id}` }, "hub");
  expect([await stateOf("one"), await stateOf("two")]).toEqual(["verified", "removed"]);
});

test("one that a failed run goes on with, or takes back from, is not removed, and that is said", async () => {
  const archives = archivesOf();
  const erase = () =>
    eraseBackup({ store, archives }, { backup: "one", confirm: "toko-local", force: true, by: "somebody" });
  await sql`update atoll.instances set last_run = 1`.execute(store);
  await addRun("run", "local", { state: "failed", input: { backup: "one" } });
  await expect(erase()).rejects.toMatchObject({ field: "backup", what: expect.stringContaining("run") });
  // A later run hides it, unless it owes something: a safety backup bears its run's id.
  await sql`update atoll.instances set last_run = 2`.execute(store);
  await sql`update atoll.runs set id = 'one', input = '{}'`.execute(store);
  await sql`insert into atoll.run_steps (run_id, step, position, kind, name, state, undo)
    values ('one', 'rows', 1, 'restore.rows', 'toko-local', 'done', 'owed')`.execute(store);
  await expect(erase()).rejects.toMatchObject({ field: "backup" });
  await removeBackup({ store, archives }, { id: "one", slug: "toko-local", prefix: "backups/one" }, "hub");
  expect(await stateOf("one")).toBe("verified");
  await sql`update atoll.run_steps set undo = 'done'`.execute(store);
  expect(await erase()).toMatchObject({ state: "removed" });
});

test("one that is becoming a new instance is not removed before that is done, or destroyed", async () => {
  const archives = archivesOf();
  const erase = () =>
    eraseBackup({ store, archives }, { backup: "one", confirm: "toko-local", force: true, by: "somebody" });
  await sql`insert into atoll.restores (id, backup_id, slug, answers, environment, instance_id, state, by)
    values ('r', 'one', 'toko-new', '{}', 'local', 'elsewhere', 'failed', 'somebody')`.execute(store);
  await expect(erase()).rejects.toMatchObject({ what: expect.stringContaining("toko-new") });
  await sql`update atoll.instances set state = 'removed' where id = 'elsewhere'`.execute(store);
  expect(await erase()).toMatchObject({ state: "removed" });
});

test("a trial that failed is repeated by itself with growing pauses, a few times, and told once", async () => {
  let trials = 0;
  const keeping = {
    store,
    archives: archivesOf(),
    scratch: {
      async with() {
        trials += 1;
        throw new Error("no trial");
      },
    },
    accounts: { blueprints: [] },
  } as unknown as Parameters<typeof lookAgain>[0]; // nothing else is asked
  await sql`update atoll.backups set checked_at = now()`.execute(store);
  await sql`delete from atoll.backups where id = 'two'`.execute(store);
  const tries = async () => (await findBackup(store, "one"))?.trials;
  const due = () => sql`update atoll.backups set next_trial_at = now() - interval '1 minute'`.execute(store);
  await beginTrial(store, "one");
  await markDamaged(store, "one", { damage: "drill-failed", ...fault });
  const look = () => lookAgain(keeping, new Map());
  await look();
  expect(await tries(), "it waits first").toBe(1);
  const pauses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    await due();
    await look();
    const { next_trial_at: next } = (await findBackup(store, "one")) ?? {};
    pauses.push(Math.round(((next?.getTime() ?? 0) - Date.now()) / 3_600_000));
  }
  expect(await tries()).toBe(5);
  expect(pauses.slice(0, 4)).toEqual([4, 16, 64, 64]);
  // Nothing is in the storage: what cannot be opened never came to a scratch database.
  expect(trials).toBe(0);
  expect(await findBackup(store, "one")).toMatchObject({
    state: "damaged",
    problem: { damage: "drill-failed" },
  });
  await markVerified(store, "one", 5);
  expect(await findBackup(store, "one")).toMatchObject({ trials: 0, next_trial_at: null });
});

test("what nobody finished, what runs put aside, and files of removed ones go; what is used stays", async () => {
  const removed: string[] = [];
  const old = new Date(Date.now() - 48 * 3_600_000);
  const files = new Map([
    ["imports/over/x", old],
    ["imports/owes/x", old],
    ["imports/fresh/x", new Date()],
    ["imports/unknown/x", old],
    ["lifted/over/x", old],
    ["backups/one/x", old],
    ["backups/begun/x", old],
    ["backups/busy/x", old],
  ]);
  const archives = {
    ...archivesOf(),
    storage: {
      ...storage(),
      async *list(prefix: string) {
        for (const [name, modifiedAt] of files)
          if (name.startsWith(prefix)) yield { name, sizeBytes: 1, modifiedAt };
      },
      async remove(name: string) {
        files.delete(name);
        removed.push(name);
      },
    },
  };
  for (const [id, more] of [
    ["begun", "now() - interval '8 days'"],
    ["busy", "now() - interval '8 days'"],
  ] as const)
    await sql`insert into atoll.backups (id, instance_id, slug, blueprint, why, prefix, began_at)
      values (${id}, 'local', 'toko-local', 'business', 'asked', ${`backups/${id}`}, ${sql.raw(more)})`.execute(
      store,
    );
  // Removed long ago, while its storage was away.
  await sql`update atoll.backups set state = 'removed', removed_at = now() - interval '9 days' where id = 'one'`.execute(
    store,
  );
  let number = 0;
  for (const [id, state] of [
    ["over", "undone"],
    ["owes", "failed"],
    ["fresh", "undone"],
    ["begun", "failed"],
    ["busy", "waiting"],
  ] as const) {
    number += 1;
    await sql`insert into atoll.runs (id, instance_id, number, kind, state, asked_by, keep_on_failure)
      values (${id}, 'local', ${number}, 'import', ${state}, 'somebody', false)`.execute(store);
  }
  await sql`insert into atoll.run_steps (run_id, step, position, kind, name, state, undo)
    values ('owes', 'rows', 1, 'import.rows', 'toko-local', 'done', 'owed')`.execute(store);
  let swept = 0;
  const scratch = {
    async sweep() {
      swept += 1;
    },
  };
  await removeExpired({ store, archives, scratch }, new Date());
  expect(removed.toSorted()).toEqual(["backups/begun/x", "backups/one/x", "imports/over/x", "lifted/over/x"]);
  expect(swept).toBe(1);
  expect(await findBackup(store, "one")).toMatchObject({ cleared_at: expect.any(Date) });
});

test("one that cannot be read stands in no other one's way, and what is missing is looked at each day", async () => {
  const keeping = { store, archives: archivesOf("backups/one") } as Parameters<typeof lookAgain>[0]; // nothing is to be tried
  const letPass: LetPass = new Map();
  await sql`update atoll.backups set checked_at = now() - interval '10 days' where id = 'one'`.execute(store);
  await expect(lookAgain(keeping, letPass)).rejects.toThrow();
  await lookAgain(keeping, letPass);
  expect([await stateOf("one"), await stateOf("two")]).toEqual(["verified", "missing"]);
  await sql`update atoll.backups set checked_at = now() - interval '25 hours' where id = 'two'`.execute(
    store,
  );
  await lookAgain(keeping, letPass);
  const { checked_at: checkedAt } = (await findBackup(store, "two")) ?? {};
  expect(Date.now() - (checkedAt?.getTime() ?? 0)).toBeLessThan(3_600_000);
});

test("a run that waits elsewhere, or for long, holds no backup up; one that waits here does", async () => {
  const begun: string[] = [];
  const scheduling = {
    store,
    environments: [{ name: "local", databases: { isPaused: async () => false } }],
    everyMs: 3_600_000,
    journal: {
      async submit(_: string, slug: string) {
        begun.push(slug);
        return `run-${begun.length}`;
      },
    },
  } as unknown as Parameters<typeof beginDue>[0]; // nothing else is asked
  await sql`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
    values ('busy', 'toko-busy', 'business', 'local', 'live', '{}', '{}')`.execute(store);
  await sql`insert into atoll.backup_turns (instance_id, due_at) values ('local', now() - interval '1 minute')`.execute(
    store,
  );
  await addRun("waits", "busy", { state: "queued" });
  await addRun("elsewhere", "elsewhere", { state: "queued" });
  await beginDue(scheduling);
  expect(begun).toEqual([]);
  await sql`update atoll.runs set created_at = clock_timestamp() - interval '11 minutes' where id = 'waits'`.execute(
    store,
  );
  await beginDue(scheduling);
  expect(begun).toEqual(["toko-local"]);
});
