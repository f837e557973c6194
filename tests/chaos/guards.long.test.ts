import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type House, openHouse } from "./house.ts";
import { type InvariantName, violationsOf } from "./invariants.ts";
import { type Client, lookAt } from "./look.ts";
import type { Guard } from "./orders.ts";
import { play, type Rest } from "./play.ts";
import { round } from "./round.ts";
import type { Act, Schedule, Trouble } from "./schedule.ts";

// Every check is seen to cry: where a guard of the workers is taken out, or what it watches is broken by hand.

const up: Act = { does: "up", afterMs: 0 };
const schedule = (troubles: Trouble[], ...acts: Act[]): Schedule => ({
  seed: 0,
  clients: [[up, ...acts]],
  rolloutAtMs: undefined,
  troubles,
  shiftsMs: [0, 0],
});

/** Where a guard is missing it may never come to rest: that is not waited for. */
const restWithinMs = 20_000;

const both = (trouble: (place: number) => Trouble): Trouble[] => [0, 1].map(trouble);

const taken: { without: Guard; schedule: Schedule; cries: string }[] = [
  {
    without: "find-by-name",
    schedule: schedule([
      {
        atMs: 0,
        does: "fault",
        fault: {
          provider: "supabase",
          method: "POST",
          path: "/v1/projects",
          kind: "lose-answer",
          times: 1,
          after: 0,
        },
      },
    ]),
    cries: "the providers hold what the registry says",
  },
  {
    without: "fence",
    schedule: schedule(
      both((place) => ({
        atMs: 0,
        does: "freeze-at",
        place,
        point: "intent-committed",
        after: 2,
        forMs: 4_000,
      })),
    ),
    cries: "nobody writes after the lease",
  },
  {
    without: "removal",
    schedule: schedule([], { does: "destroy", afterMs: 0 }),
    cries: "the providers hold what the registry says",
  },
  { without: "secrecy", schedule: schedule([]), cries: "no secret is told" },
];

describe.each(taken)("without $without", ({ without, schedule, cries }) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ without });
  }, 180_000);
  afterAll(() => house?.stop());

  test(`it is seen: ${cries}`, async () => {
    const { violations } = await round(house, schedule, restWithinMs);
    expect(violations.map(({ invariant }) => invariant)).toContain(cries);
  }, 240_000);
});

const onHub = (house: House, sql: string, params: unknown[] = []) =>
  house.patiently(async ({ pool }) => void (await pool.query(sql, params)));

async function onClient({ databaseUrl }: Client, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** What is broken by hand, and how it is mended; each mends what it broke, for the next one. */
const broken: {
  what: string;
  cries: InvariantName;
  plant(house: House, client: Client): Promise<unknown>;
  mend(house: House, client: Client): Promise<unknown>;
}[] = [
  {
    what: "a run that never ended",
    cries: "every run ended as it may",
    plant: (house, { slug }) =>
      onHub(
        house,
        "update atoll.runs set state = 'running' where instance_id in (select id from atoll.instances where slug = $1)",
        [slug],
      ),
    mend: (house, { slug }) =>
      onHub(
        house,
        "update atoll.runs set state = 'succeeded' where instance_id in (select id from atoll.instances where slug = $1)",
        [slug],
      ),
  },
  {
    what: "an instance in a state that nobody brought it to",
    cries: "states are legal and follow from the runs",
    plant: (house, { slug }) =>
      onHub(house, "update atoll.instances set state = 'archived' where slug = $1", [slug]),
    mend: (house, { slug }) =>
      onHub(house, "update atoll.instances set state = 'live' where slug = $1", [slug]),
  },
  {
    what: "a workflow that somebody halted",
    cries: "live is live, paused stands still",
    plant: (house, client) => switched(house, client, "deactivate"),
    mend: (house, client) => switched(house, client, "activate"),
  },
  {
    what: "a password that was lost",
    cries: "recorded secrets open their doors",
    plant: (house) =>
      onHub(
        house,
        "create table public.lost as select * from atoll.secrets where name = 'databasePassword'",
      ).then(() => onHub(house, "delete from atoll.secrets where name = 'databasePassword'")),
    mend: (house) => onHub(house, "insert into atoll.secrets select * from public.lost"),
  },
  {
    what: "a second welcome",
    cries: "one welcome for each client",
    plant: ({ cloud }, { slug }) =>
      fetch(`${cloud.url}/resend/emails`, {
        method: "POST",
        headers: { authorization: `Bearer ${cloud.tokens.resend}`, "content-type": "application/json" },
        body: JSON.stringify({
          from: "Atoll <hello@atoll.example>",
          to: [`owner@${slug}.example`],
          subject: "Once more",
          text: "Welcome.",
        }),
      }),
    mend: async () => {},
  },
  {
    what: "a row of the ledger without its migration",
    cries: "ledgers say what the databases hold",
    plant: (_, client) =>
      onClient(
        client,
        "insert into public.schema_migrations (version, name, checksum) values (3, 'planted', 'x')",
      ),
    mend: (_, client) => onClient(client, "delete from public.schema_migrations where version = 3"),
  },
  {
    what: "a thing that is gone from its provider",
    cries: "the providers hold what the registry says",
    plant: (house, { slug }) =>
      onHub(
        house,
        "update atoll.resources set provider_id = 'prj_gone' where kind = 'vercel.project' and instance_id in (select id from atoll.instances where slug = $1)",
        [slug],
      ),
    mend: (house, { slug, things }) =>
      onHub(
        house,
        "update atoll.resources set provider_id = $2 where kind = 'vercel.project' and instance_id in (select id from atoll.instances where slug = $1)",
        [slug, things.find(({ kind }) => kind === "vercel.project")?.id],
      ),
  },
  {
    what: "a changed row of the audit log",
    cries: "the audit chain is whole",
    plant: (house) =>
      onHub(
        house,
        "insert into atoll.audit (seq, at, actor, action, subject, details, hash) values (1, now(), 'planted', 'x', 'x', '{}', 'x')",
      ),
    mend: async () => {},
  },
];

async function switched({ cloud }: House, { things }: Client, to: "activate" | "deactivate"): Promise<void> {
  const id = things.find(({ kind }) => kind === "n8n.workflow")?.id.split("/")[0];
  await fetch(`${cloud.url}/n8n/api/v1/workflows/${id}/${to}`, {
    method: "POST",
    headers: { "X-N8N-API-KEY": cloud.tokens.n8n },
  });
}

describe("by hand", () => {
  let house: House;
  let rest: Rest;
  beforeAll(async () => {
    house = await openHouse();
    rest = await play(house, schedule([]), "byhand");
    expect(await violationsOf(await lookAt(house, rest, false))).toEqual([]);
  }, 240_000);
  afterAll(() => house?.stop());

  test.each(broken)(
    "$what is seen",
    async ({ cries, plant, mend }) => {
      const [client] = (await lookAt(house, rest, false)).clients;
      if (client === undefined) throw new Error("There is no client.");
      await plant(house, client);
      const found = await violationsOf(await lookAt(house, rest, false));
      await mend(house, client);
      expect(found.map(({ invariant }) => invariant)).toContain(cries);
    },
    60_000,
  );
});
