// How long an event of a run takes to 500 watchers of 50 runs, and whether each gets all of them in order, against a
// bare Hono route that tells its watchers out of memory. The hub's events are written as a worker writes them.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@atoll/contract/client";
import { appendEvent } from "@atoll/engine/journal/events";
import pg from "pg";
import { startServer } from "./kit/child.ts";
import { atEnd } from "./kit/ending.ts";
import { head, lineOf, spreadOf } from "./kit/figures.ts";
import { median, openHome } from "./kit/home.ts";
import { openHubDatabase } from "./kit/hub-database.ts";

const runs = 50;
const watchersOfRun = 10;
const watchers = runs * watchersOfRun;
const eventsOfRun = 12;
/** Between two events of a run: 100 events a second in all, which 50 runs at their liveliest do not reach. */
const everyMs = 500;
const rounds = 5;
const latestMs = 15_000;

const fillSql = `
  with made as (
    insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, last_run)
    select 'watched' || n, 'watched-' || n, 'business', 'local', 'provisioning', '{}', '{}', 1 from generate_series(1, $1) n
    on conflict (id) do update set last_run = excluded.last_run returning id)
  insert into atoll.runs (id, instance_id, number, kind, state, asked_by, keep_on_failure)
  select id || '-' || $2::integer, id, $2::integer, 'provision', 'running', 'bench', false from made`;

/** Where the events of one round come from: who tells one, who opens a stream of it. */
interface Side {
  tell(run: string, place: number): Promise<void>;
  watch(run: string, signal: AbortSignal): Promise<AsyncIterable<number>>;
}

const eventOf = (place: number) => ({
  type: "step-done" as const,
  step: `step-${place}`,
  did: "created" as const,
  durationMs: 1,
});

/** The place of an event in its run's story, as its step's name says it. */
const placeOf = (event: object) =>
  Number("step" in event ? String(event.step).replace("step-", "") : Number.NaN);

/** One round: everybody watches, then all events are told in their rhythm. */
async function roundOf({ tell, watch }: Side) {
  const ending = new AbortController();
  const toldAt = new Map<string, number>();
  const delaysMs: number[] = [];
  const writesMs: number[] = [];
  let [here, done, wrong] = [0, 0, 0];

  async function follow(run: string): Promise<void> {
    let place = -1;
    for await (const next of await watch(run, ending.signal)) {
      if (next !== place + 1) wrong += 1;
      place = next;
      if (place === 0) here += 1;
      else delaysMs.push(performance.now() - (toldAt.get(`${run}/${place}`) ?? Number.NaN));
      if (place === eventsOfRun) {
        done += 1;
        return;
      }
    }
  }

  const names = Array.from({ length: runs }, (_, index) => `watched${index + 1}`);
  const following = names.flatMap((run) =>
    // Ended by the signal, or broken: either way what did not come is counted as missing.
    Array.from({ length: watchersOfRun }, () => follow(run).catch(() => {})),
  );
  await until(() => here === watchers);
  const begun = performance.now();
  const telling: Promise<void>[] = [];
  for (let turn = 0; turn < runs * eventsOfRun; turn++) {
    const [run, place] = [names[turn % runs] ?? "", Math.floor(turn / runs) + 1];
    await sleep(Math.max(0, begun + (turn * everyMs) / runs - performance.now()));
    toldAt.set(`${run}/${place}`, performance.now());
    const toldMs = performance.now();
    telling.push(tell(run, place).then(() => void writesMs.push(performance.now() - toldMs)));
  }
  await Promise.all(telling);
  await until(() => done === watchers);
  ending.abort();
  await Promise.all(following);
  return { delaysMs, writesMs, here, wrong, missing: watchers * eventsOfRun - delaysMs.length };
}

/** Waits for what should come soon; what did not come shows in the figures. */
async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + latestMs;
  while (!isSo() && performance.now() < giveUpAt) await sleep(10);
}

async function* places(events: AsyncIterable<object>) {
  for await (const event of events) yield placeOf(event);
}

/**
 * Lets 500 watch, at the bare route and at the hub in turn.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const { env } = await openHome(["--latency", "instant"]);
  const databaseUrl = await openHubDatabase(env);
  const hub = await startServer<{ url: string; key: string }>("hub", env);
  const bare = await startServer<{ url: string }>("bare", { ...env, BENCH_FLOOR: "fan-out" });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  atEnd(() => pool.end());

  const toHub = createClient({ baseUrl: hub.url, apiKey: hub.key });
  const toBare = createClient({ baseUrl: bare.url });
  const hubSide = (round: number): Side => ({
    async tell(run, place) {
      const client = await pool.connect();
      try {
        await client.query("begin");
        await appendEvent(
          async (sql, params) => (await client.query(sql, params)).rows,
          `${run}-${round}`,
          eventOf(place),
        );
        await client.query("commit");
      } finally {
        client.release();
      }
    },
    watch: async (run, signal) =>
      places(toHub.follow("followRun", { params: { id: `${run}-${round}` } }, { signal })),
  });
  const bareSide: Side = {
    async tell(run, place) {
      const body = JSON.stringify(eventOf(place));
      await (await fetch(`${bare.url}/api/memory/${run}`, { method: "POST", body })).body?.cancel();
    },
    watch: async (run, signal) => places(toBare.follow("followRun", { params: { id: run } }, { signal })),
  };

  const found = {
    hub: [] as Awaited<ReturnType<typeof roundOf>>[],
    bare: [] as Awaited<ReturnType<typeof roundOf>>[],
  };
  for (let round = 1; round <= rounds; round++) {
    found.bare.push(await roundOf(bareSide));
    await pool.query(fillSql, [runs, round]);
    const side = hubSide(round);
    // Each watcher's first event: it stands there already, and shows that the stream is open.
    for (let run = 1; run <= runs; run++) await side.tell(`watched${run}`, 0);
    found.hub.push(await roundOf(side));
    await pool.query("update atoll.runs set state = 'succeeded'");
  }
  const sum = (side: typeof found.hub) => ({
    delay: spreadOf(side.flatMap((each) => each.delaysMs)),
    write: spreadOf(side.flatMap((each) => each.writesMs)),
    missing: side.reduce((all, each) => all + each.missing, 0),
    wrong: side.reduce((all, each) => all + each.wrong, 0),
  });
  // Each round against its neighbour, and the middle one: what else runs on the machine comes in bursts.
  const ratios = found.hub.map((mine, index) => {
    const floor = spreadOf(found.bare[index]?.delaysMs ?? []);
    return spreadOf(mine.delaysMs).p95 / floor.p95;
  });
  const figures = {
    ratios,
    runs,
    watchers,
    eventsOfRun,
    everyMs,
    rounds,
    hub: sum(found.hub),
    bare: sum(found.bare),
  };
  return {
    ratio: median(ratios),
    target: 5,
    also: [
      { what: "events missing", ratio: figures.hub.missing, target: 0 },
      { what: "events doubled or out of order", ratio: figures.hub.wrong, target: 0 },
      { what: "seconds until the slowest", ratio: figures.hub.delay.max / 1_000, target: 1 },
    ],
    figures,
    text: [
      `${watchers} watchers of ${runs} runs, ${(runs * 1_000) / everyMs} events a second, each to ${watchersOfRun}; ${rounds} rounds.`,
      "From before an event is written (at the bare route: posted) until a watcher has it.",
      "",
      head,
      lineOf("hub", figures.hub.delay),
      lineOf("hub: of it, being written", figures.hub.write),
      lineOf("bare", figures.bare.delay),
      lineOf("bare: of it, being posted", figures.bare.write),
      "",
      `p95 of the hub against p95 of the bare route, by rounds: ${ratios.map((each) => each.toFixed(2)).join(", ")}`,
      `hub:  ${figures.hub.delay.count} came, ${figures.hub.missing} missing, ${figures.hub.wrong} doubled or out of order`,
      `bare: ${figures.bare.delay.count} came, ${figures.bare.missing} missing, ${figures.bare.wrong} doubled or out of order`,
    ].join("\n"),
  };
}
