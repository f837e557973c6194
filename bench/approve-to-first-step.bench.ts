// How long it takes from a click on Approve until the first step is seen in the run's stream, at a hub as `npm start`
// starts it. The floor hands over as often between processes that do nothing else, and is watched by the same client.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@atoll/contract/client";
import pg from "pg";
import { startServer } from "./kit/child.ts";
import { atEnd } from "./kit/ending.ts";
import { head, lineOf, spreadOf } from "./kit/figures.ts";
import { answersOf, openHome } from "./kit/home.ts";
import { openHubDatabase } from "./kit/hub-database.ts";

const warmUps = 3;
const turns = 21;
/** Pause between two looks whether the request has a run by now. */
const lookEveryMs = 5;
const longestMs = 60_000;

/** When what was seen, in milliseconds since the click. */
interface Seen {
  answeredMs: number;
  runMs: number;
  queuedMs: number;
  runningMs: number;
  stepMs: number;
}

/** Approves and watches as a page does: the answer, the request until it has a run, the run's stream. */
async function approve(client: Client, id: string): Promise<Seen & { run: string }> {
  const begun = performance.now();
  const since = () => performance.now() - begun;
  const signal = AbortSignal.timeout(longestMs);
  let { run } = await client.call("approveRequest", { params: { id }, body: {} });
  const answeredMs = since();
  for (; run === undefined; { run } = await client.call("showRequest", { params: { id } }, { signal }))
    await sleep(lookEveryMs);
  const runMs = since();
  let [queuedMs, runningMs] = [Number.NaN, Number.NaN];
  for await (const event of client.follow("followRun", { params: { id: run } }, { signal })) {
    if (event.type === "run" && event.state === "queued") queuedMs = since();
    if (event.type === "run" && event.state === "running") runningMs = since();
    if (event.type === "step-started")
      return { run, answeredMs, runMs, queuedMs, runningMs, stepMs: since() };
  }
  throw new Error(`The run "${run}" ended without a step.`);
}

/** Asks as a client does and gives the request's id. */
async function ask(hub: Client, slug: string): Promise<string> {
  const { name, adminEmail } = answersOf(slug);
  await hub.call("submitRequest", {
    body: { blueprint: "business", locale: "en", answers: { name, slug, adminEmail } },
  });
  const { items } = await hub.call("listRequests", { query: { search: slug } });
  const found = items.find((each) => each.slug === slug);
  if (found === undefined) throw new Error(`The request of ${slug} is not there.`);
  return found.id;
}

/**
 * Approves one request after the other, at the hub and at the floor in turn; each run has ended before the next.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const { env } = await openHome(["--latency", "instant"]);
  const databaseUrl = await openHubDatabase(env);
  const hub = await startServer<{ url: string; key: string }>("hub", { ...env, BENCH_WORKER: "yes" });
  const bare = await startServer<{ url: string }>("bare", {
    ...env,
    BENCH_FLOOR: "approval",
    BENCH_DATABASE_URL: databaseUrl,
  });
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  atEnd(() => sql.end());

  const toHub = createClient({ baseUrl: hub.url, apiKey: hub.key });
  const toBare = createClient({ baseUrl: bare.url });
  const { answer: settings, etag = "" } = await toHub.callTagged("showSettings", {});
  await toHub.call("changeSettings", { body: { ...settings, confirmEmail: false } }, { ifMatch: etag });

  const seen: Record<"hub" | "bare", Seen[]> = { hub: [], bare: [] };
  for (let turn = 1; turn <= warmUps + turns; turn++) {
    const floor = await approve(toBare, `bare-${turn}`);
    const request = await ask(toHub, `client-${turn}`);
    // The public form lets an address ask ten times an hour.
    await sql.query("update atoll.requests set asker = null");
    const mine = await approve(toHub, request);
    for await (const _ of toHub.follow("followRun", { params: { id: mine.run } }));
    if (turn > warmUps) {
      seen.bare.push(floor);
      seen.hub.push(mine);
    }
  }

  const spreads = (side: Seen[]) => ({
    answered: spreadOf(side.map((each) => each.answeredMs)),
    run: spreadOf(side.map((each) => each.runMs)),
    running: spreadOf(side.map((each) => each.runningMs)),
    step: spreadOf(side.map((each) => each.stepMs)),
  });
  const figures = { turns, hub: spreads(seen.hub), bare: spreads(seen.bare) };
  return {
    ratio: figures.hub.step.p50 / figures.bare.step.p50,
    target: 10,
    also: [{ what: "seconds until it is seen, at p95", ratio: figures.hub.step.p95 / 1_000, target: 1 }],
    figures,
    text: [
      `From the click until it is seen, ${turns} approvals one after the other.`,
      "",
      head,
      lineOf("hub: answered", figures.hub.answered),
      lineOf("hub: has a run", figures.hub.run),
      lineOf("hub: run begins", figures.hub.running),
      lineOf("hub: first step", figures.hub.step),
      lineOf("floor: answered", figures.bare.answered),
      lineOf("floor: has a run", figures.bare.run),
      lineOf("floor: run begins", figures.bare.running),
      lineOf("floor: first step", figures.bare.step),
    ].join("\n"),
  };
}
