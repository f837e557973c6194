import { Fault } from "@atoll/core/fault";
import { prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { letters } from "../mails/letters.ts";
import { openLater } from "../store/later.ts";
import type { Store } from "../store/store.ts";
import { lookAtAll } from "./look.ts";
import { decide } from "./policy.ts";
import { tellOfDrift } from "./tell.ts";

let later: ReturnType<typeof openLater>;
let store: Store;

beforeAll(async () => {
  const databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  later = openLater(databaseUrl);
  store = await later.store();
  await sql`create schema if not exists people`.execute(store);
  await sql`create table if not exists people."user" (email text, role text)`.execute(store);
  await sql`insert into people."user" values ('owner@atoll.example', 'owner')`.execute(store);
});
afterAll(() => later?.close());
beforeEach(async () => {
  await sql`truncate atoll.instances, atoll.outbox cascade`.execute(store);
});

/** So many instances, each with one difference that nobody has heard of, looked at and with the next look to come. */
async function differing(count: number, { state = "live", decided = true, prefix = "toko" } = {}) {
  await sql`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
    select ${prefix} || n, ${prefix} || '-' || lpad(n::text, 3, '0'), 'business', 'local', ${state}, '{}', '{}'
      from generate_series(1, ${count}::integer) n`.execute(store);
  await sql`insert into atoll.drift_looks (instance_id, due_at, looked_at, decided)
    select ${prefix} || n, clock_timestamp() + interval '1 hour', clock_timestamp(), ${decided}
      from generate_series(1, ${count}::integer) n`.execute(store);
  await sql`insert into atoll.instance_drift (instance_id, path, area, step, kind, act, digest)
    select ${prefix} || n, 'environment.NAME', 'environment', 'environment', 'vercel.environment', 'update', 'd1'
      from generate_series(1, ${count}::integer) n`.execute(store);
}

const tell = () => tellOfDrift({ store, letters, baseUrl: "https://hub.example" });
const mails = () => store.selectFrom("outbox").select(["subject", "body_text"]).execute();

test("up to twenty instances are told of one by one, more in one letter, and each once", async () => {
  await differing(20);
  await tell();
  expect(await mails()).toHaveLength(20);
  await sql`truncate atoll.instances, atoll.outbox cascade`.execute(store);
  await differing(23);
  await tell();
  await tell();
  const sent = await mails();
  expect(sent.map(({ subject }) => subject)).toEqual(["23 instances were changed behind our back"]);
  expect(sent[0]?.body_text).toContain("toko-020");
  expect(sent[0]?.body_text).not.toContain("toko-021");
  expect(sent[0]?.body_text).toContain("and 3 more");
});

test("instances that are not live keep nobody's decision away", async () => {
  await differing(250, { state: "paused", decided: false, prefix: "gone" });
  await differing(1, { decided: false });
  await decide({ store, journal: { submit: () => Promise.reject(new Error("unused")) }, policy: undefined });
  const { rows } =
    await sql`select count(*)::integer as open from atoll.drift_looks where not decided`.execute(store);
  expect(rows).toEqual([{ open: 0 }]);
  // Once such a one is live again it is looked at before anybody is told.
  await sql`update atoll.instances set state = 'live' where id = 'gone7'`.execute(store);
  await tell();
  expect((await mails()).map(({ subject }) => subject)).toEqual(["toko-001 was changed behind our back"]);
});

test("what nobody foresaw in one part is a problem of that part, and the rest is seen", async () => {
  const unused = () => Promise.reject(new Error("unused"));
  const seen = await lookAtAll(
    { id: "i1", slug: "toko", blueprint: "business", environment: "local" },
    {
      store,
      journal: { resources: async () => [], drift: () => Promise.reject(new TypeError("canary-odd")) },
      vaults: { drift: async () => [{ key: "hero", secret: false, state: "removed-there", seen: "1" }] },
      schemas: { check: unused },
      databases: () => {
        throw new Fault("try-again", { what: "It is down.", next: "Wait." });
      },
      team: () => undefined,
    },
  );
  expect(seen.items.map(({ path }) => path)).toEqual(["vault.hero"]);
  expect(seen.problems).toMatchObject([{ where: "plan", what: "It could not be looked at." }]);
  expect(JSON.stringify(seen.problems)).not.toContain("canary");
  expect(seen.blind.has("*")).toBe(true);
  expect(seen.failures).toEqual([new TypeError("canary-odd")]);
});
