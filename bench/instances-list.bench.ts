// How fast the list of 10,000 instances is answered, by page and by search, against a bare Hono route around one bare
// statement. Both are called over HTTP on a connection that stays open, in turn.
import { performance } from "node:perf_hooks";
import { createClient } from "@atoll/contract/client";
import pg from "pg";
import { startServer } from "./kit/child.ts";
import { atEnd } from "./kit/ending.ts";
import { head, lineOf, type Spread, spreadOf } from "./kit/figures.ts";
import { openHome } from "./kit/home.ts";
import { openHubDatabase } from "./kit/hub-database.ts";
import { fillInstances, instances } from "./kit/many-instances.ts";

const limit = 50;
const turns = 200;
const warmUps = 40;

interface Query {
  limit: number;
  search?: string;
  cursor?: string;
}

/** A place in the list, as each side names it: the hub's cursor is opaque, the bare route's is the slug. */
interface Page {
  hub: Query;
  bare: Query;
}

/**
 * Reads pages of the list and of searches from both, in turn.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const { env } = await openHome(["--latency", "instant"]);
  const databaseUrl = await openHubDatabase(env);
  const hub = await startServer<{ url: string; key: string }>("hub", env);
  const bare = await startServer<{ url: string }>("bare", {
    ...env,
    BENCH_FLOOR: "list",
    BENCH_DATABASE_URL: databaseUrl,
  });
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  atEnd(() => sql.end());
  await fillInstances(sql);

  const toHub = createClient({ baseUrl: hub.url, apiKey: hub.key });
  const toBare = createClient({ baseUrl: bare.url });
  const ask = {
    hub: (query: Query) => toHub.call("listInstances", { query }),
    bare: (query: Query) => toBare.call("listInstances", { query }),
  };

  /** Asks both for the same, a turn each: what else runs on the machine slows both. */
  async function both(pages: Page[]): Promise<{ hub: Spread; bare: Spread }> {
    const tookMs = { hub: [] as number[], bare: [] as number[] };
    for (let turn = 0; turn < warmUps + turns; turn++) {
      const page = pages[turn % pages.length];
      if (page === undefined) break;
      const counts: string[] = [];
      for (const side of ["hub", "bare"] as const) {
        const begun = performance.now();
        const { items, total } = await ask[side](page[side]);
        if (turn >= warmUps) tookMs[side].push(performance.now() - begun);
        counts.push(`${items.length} of ${total}, ${items[0]?.slug} to ${items.at(-1)?.slug}`);
      }
      if (counts[0] !== counts[1]) throw new Error(`The hub gives ${counts[0]}, the statement ${counts[1]}.`);
    }
    return { hub: spreadOf(tookMs.hub), bare: spreadOf(tookMs.bare) };
  }

  // All pages of the whole list, found by walking it; that also says whether it is complete.
  const pages: Page[] = [];
  const slugs = new Set<string>();
  for (let page: Page | undefined = { hub: { limit }, bare: { limit } }; page !== undefined; ) {
    pages.push(page);
    const answer = await ask.hub(page.hub);
    for (const { slug } of answer.items) slugs.add(slug);
    const last = answer.items.at(-1)?.slug;
    page =
      answer.nextCursor === undefined || last === undefined
        ? undefined
        : { hub: { limit, cursor: answer.nextCursor }, bare: { limit, cursor: last } };
  }
  if (slugs.size !== instances) throw new Error(`Walking the list gave ${slugs.size} instances.`);

  const searches = ["Warung", "client-0423", "9999", "nobody"].map((search): Page => {
    const query = { limit, search };
    return { hub: query, bare: query };
  });
  const page = await both(pages);
  const search = await both(searches);
  const figures = { instances, limit, pages: pages.length, turns, page, search };
  return {
    ratio: page.hub.p50 / page.bare.p50,
    target: 3,
    also: [
      { what: "search", ratio: search.hub.p50 / search.bare.p50, target: 3 },
      { what: "page, at p95", ratio: page.hub.p95 / page.bare.p95, target: 3 },
    ],
    figures,
    text: [
      `${instances} instances, ${limit} a page, ${turns} calls each, over HTTP.`,
      "",
      head,
      lineOf("page, hub", page.hub),
      lineOf("page, bare", page.bare),
      lineOf("search, hub", search.hub),
      lineOf("search, bare", search.bare),
    ].join("\n"),
  };
}
