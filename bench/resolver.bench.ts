// How much of a bare Hono route's throughput the resolver keeps with 10,000 instances in its registry, and how soon
// every process knows of a change. Both servers are asked for the same addresses, in rounds that alternate.
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { startServer } from "./kit/child.ts";
import { head, lineOf, spreadOf } from "./kit/figures.ts";
import { median } from "./kit/home.ts";
import { keepOnCore, load, type Round } from "./kit/load.ts";
import { instances } from "./kit/many-instances.ts";
import { openRegistry } from "./kit/registry.ts";

const domain = "atoll.test";
// Short and many: what else runs on the machine comes and goes within seconds, and hits both of a pair.
const rounds = 101;
const calls = 2_000;
const connections = 32;
const addresses = 500;
const processes = 4;
const changes = 100;

interface Server {
  url: string;
  pid?: number;
}

/** The middle one, and between which half of them lie. */
function line(what: string, figures: readonly number[]): string {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const found = sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
    return found < 10 ? found.toFixed(2) : found.toFixed(0);
  };
  return `${what.padEnd(28)} ${at(0.5)} (half of them ${at(0.25)} to ${at(0.75)})`;
}

/**
 * Loads both in turn, then changes names and watches who knows them.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const { databaseUrl, sql, env } = await openRegistry();
  const resolverEnv = { ...env, BENCH_DATABASE_URL: databaseUrl, ATOLL_DOMAIN: domain };
  const ours = await startServer<Server>("resolver", resolverEnv);
  await knows(ours);
  const { rows } = await sql.query<{ subdomain: string }>(
    "select subdomain from atoll.instance_registry where is_active order by md5(subdomain) limit $1",
    [addresses],
  );
  const paths = rows.map(({ subdomain }) => `/resolve?host=${subdomain}.${domain}`);
  const answer = await (await fetch(ours.url + paths[0])).text();
  const bare = await startServer<Server>("bare", { ...env, BENCH_FLOOR: "resolve", BENCH_ANSWER: answer });

  // One core for whichever server is asked, the other one for who asks: nobody takes from the other.
  const pinned =
    availableParallelism() > 1 &&
    [keepOnCore(ours.pid, 0), keepOnCore(bare.pid, 0), keepOnCore(process.pid, 1)].every(Boolean);
  for (const server of [ours, bare]) await load(10 * calls, server.url, paths, connections);
  const measured: { ours: Round; bare: Round }[] = [];
  for (let round = 0; round < rounds; round++) {
    const once = (server: Server) => load(calls, server.url, paths, connections);
    // Who is first takes turns, too.
    const first = round % 2 === 0 ? await once(ours) : undefined;
    const bareRound = await once(bare);
    measured.push({ ours: first ?? (await once(ours)), bare: bareRound });
  }
  const shares = measured.map((each) => each.ours.perSecond / each.bare.perSecond);
  const took = {
    ours: spreadOf(measured.flatMap((each) => each.ours.tookMs)),
    bare: spreadOf(measured.flatMap((each) => each.bare.tookMs)),
  };

  const others = await Promise.all(
    Array.from({ length: processes - 1 }, () => startServer<Server>("resolver", resolverEnv)),
  );
  const all = [ours, ...others];
  for (const each of all) await knows(each);
  const known = spreadOf(await changeTimes(all.map(({ url }) => url)));

  async function changeTimes(urls: string[]): Promise<number[]> {
    const subdomain = rows[0]?.subdomain ?? "";
    const tookMs: number[] = [];
    for (let change = 0; change < changes; change++) {
      const name = `Change ${change}`;
      // They are asked from before the change on, again and again.
      const committed = Promise.withResolvers<number>();
      const seen = urls.map(async (url) => {
        for (;;) {
          const asked = await fetch(`${url}/resolve?host=${subdomain}.${domain}`);
          const { name: now } = (await asked.json()) as { name: string };
          if (now === name) return performance.now() - (await committed.promise);
        }
      });
      await sql.query(
        "update atoll.instances set answers = answers || jsonb_build_object('name', $2::text) where slug = $1",
        [subdomain, name],
      );
      committed.resolve(performance.now());
      // Who knows before we heard of the commit knows at once.
      tookMs.push(Math.max(0, ...(await Promise.all(seen))));
    }
    return tookMs;
  }

  return {
    ratio: median(shares),
    target: 0.85,
    atLeast: true,
    also: [
      {
        what: `change known to ${processes} processes at worst, in seconds`,
        ratio: known.max / 1000,
        target: 1,
      },
    ],
    figures: {
      instances,
      rounds,
      calls,
      connections,
      addresses,
      pinned,
      shares,
      took,
      known,
      bytes: answer.length,
    },
    text: [
      `${instances} instances, ${addresses} addresses of them, ${connections} connections, ${rounds} rounds of ${calls} calls each in turn${pinned ? ", one core for the server" : ""}.`,
      "",
      line(
        "calls a second, resolver",
        measured.map((each) => each.ours.perSecond),
      ),
      line(
        "calls a second, bare",
        measured.map((each) => each.bare.perSecond),
      ),
      line("share", shares),
      "",
      head,
      lineOf("a call, resolver", took.ours),
      lineOf("a call, bare", took.bare),
      lineOf(`${changes} changes, all know`, known),
      "",
    ].join("\n"),
  };
}

/** Waits until a resolver answers from memory. */
async function knows({ url }: Server): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    if ((await fetch(`${url}/ready`)).ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The resolver at ${url} never had its registry.`);
}
