// How the hub's API answers a load that goes on for minutes while 50 runs are under way, against the same load on the
// same hub while nothing else goes on. Hub and two workers are processes of their own; the local cloud has no applications.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@atoll/contract/client";
import pg from "pg";
import { atEnd } from "./kit/ending.ts";
import { head, lineOf } from "./kit/figures.ts";
import { answersOf, openHome } from "./kit/home.ts";
import { openHubDatabase } from "./kit/hub-database.ts";
import { type Sustained, sustain } from "./load/sustained.ts";
import { startProgram, type Usage } from "./scale/program.ts";

const workers = 2;
const runsAtOnce = 50;
const connections = 10;
const perSecond = 20;
const lookEveryMs = 1_000;

const secondsOf = (flags: readonly string[]) => {
  const given = flags[flags.indexOf("--minutes") + 1];
  if (flags.includes("--minutes") && given !== undefined) return Number(given) * 60;
  return flags.includes("--quick") ? 20 : 600;
};

/**
 * Loads an idle hub, then one with 50 runs at a time.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const seconds = secondsOf(process.argv.slice(3));
  const home = await openHome(["--latency", "local"]);
  const databaseUrl = await openHubDatabase(home.env);
  const hub = await startProgram<{ url: string; key: string }>("hub", home.env);
  for (let count = 0; count < workers; count++) await startProgram<object>("worker", home.env);
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  atEnd(() => sql.end());
  const { url, key } = hub.ready;
  const client = createClient({ baseUrl: url, apiKey: key });

  let asked = 0;
  /** Approves until there are so many runs under way. */
  async function fill(): Promise<number> {
    const { rows } = await sql.query<{ open: number; ended: number; failed: number }>(
      `select count(*) filter (where state in ('pending', 'approved', 'provisioning'))::int as open,
              count(*) filter (where state = 'deployed')::int as ended,
              count(*) filter (where state = 'failed')::int as failed
         from atoll.requests where id like 'bench-%'`,
    );
    const { open = 0, ended = 0, failed = 0 } = rows[0] ?? {};
    if (failed > 0) throw new Error(`${failed} of the runs failed.`);
    for (let count = open; count < runsAtOnce; count++) {
      const slug = `client-${asked++}`;
      const answers = answersOf(slug);
      await sql.query(
        `insert into atoll.requests (id, blueprint, slug, name, email, locale, answers, confirmed_at)
         values ($1, 'business', $2, $3, $4, 'en', $5, now())`,
        [`bench-${slug}`, slug, answers.name, answers.adminEmail, JSON.stringify(answers)],
      );
      await client.call("approveRequest", { params: { id: `bench-${slug}` }, body: {} });
    }
    return ended;
  }

  const paths = [
    "/api/instances?limit=50",
    "/api/instances?limit=50&search=client",
    "/api/requests?limit=50",
    "/api/runs?limit=50",
    "/api/monitor",
  ];
  const load = { perSecond, connections };
  await sustain(url, key, paths, { ...load, seconds: 5 }); // warm
  const idle = await sustain(url, key, paths, { ...load, seconds: Math.min(60, seconds) });
  await fill();
  const before = await hub.usage();
  let over = false;
  let ended = 0;
  const keeping = (async () => {
    while (!over) {
      ended = await fill();
      await sleep(lookEveryMs);
    }
  })();
  const busy = await sustain(url, key, paths, { ...load, seconds });
  over = true;
  await keeping;
  const after = await hub.usage();
  const figures = {
    seconds,
    perSecond,
    connections,
    runsAtOnce,
    runsEnded: ended,
    idle,
    busy,
    before,
    after,
  };
  return {
    ratio: busy.tookMs.p50 / idle.tookMs.p50,
    target: 3,
    also: [
      {
        what: "errors, timeouts and answers other than 2xx",
        ratio: busy.errors + busy.timeouts + busy.others,
        target: 0,
      },
    ],
    figures,
    text: textOf(figures),
  };
}

interface Figures {
  seconds: number;
  runsEnded: number;
  idle: Sustained;
  busy: Sustained;
  before: Usage;
  after: Usage;
}

function textOf({ seconds, runsEnded, idle, busy, before, after }: Figures): string {
  const rate = ({ calls, seconds: over }: Sustained) => (calls / over).toFixed(1);
  return [
    `${connections} connections, ${perSecond} calls a second wanted, ${seconds} s, ${runsAtOnce} runs at a time.`,
    "",
    head,
    lineOf("nothing else goes on", idle.tookMs),
    lineOf(`${runsAtOnce} runs under way`, busy.tookMs),
    "",
    `calls                    ${idle.calls} (${rate(idle)} a second), then ${busy.calls} (${rate(busy)} a second)`,
    `errors                   ${busy.errors} broken, ${busy.timeouts} without an answer in time, ${busy.others} other than 2xx`,
    `runs that ended meanwhile ${runsEnded}`,
    `memory of the hub        ${before.nowMiB.toFixed(0)} MiB before, ${after.nowMiB.toFixed(0)} after, ${after.peakMiB.toFixed(0)} at most`,
  ].join("\n");
}
