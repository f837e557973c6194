// What an instance costs the hub: its own CPU time, and its calls to the providers. The floor of the CPU time is that
// of the very same calls, sent by a bare loop around `fetch` in the same process.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "@atoll/hub/accounts";
import { providerSettings } from "@atoll/hub/settings";
import { runBare, type SentCall } from "./kit/bare.ts";
import { answersOf, median, openHome } from "./kit/home.ts";
import { startHub } from "./kit/hub.ts";

const warmUps = 3;
const instances = 11;

/** `npm run bench -- overhead --keep` makes what is measured the new baseline. */
const baselineFile = new URL("overhead.baseline.json", import.meta.url);

/** Calls of one instance, by provider, method and path template. */
type Calls = Record<string, number>;

/**
 * CPU time of this process for one piece of work, in milliseconds: its own and that of the system on its behalf.
 * The median of some turns, since what else runs on the machine makes single ones dearer.
 */
async function cpuMsOf(turns: number, work: (turn: number) => Promise<unknown>): Promise<number> {
  const used: number[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    const before = process.cpuUsage();
    await work(turn);
    const { user, system } = process.cpuUsage(before);
    used.push((user + system) / 1_000);
  }
  return median(used);
}

/** Sends what was sent before once more and reads the answers, which may be other ones now. */
async function replay(calls: readonly SentCall[]): Promise<void> {
  for (const { url, init } of calls) {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    const text = await answer.text();
    if (text.startsWith("{") || text.startsWith("[")) JSON.parse(text);
  }
}

async function control<T>(url: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(url, { ...init, headers: { "content-type": "application/json" } });
  return (await answer.json()) as T; // as the control endpoint documents
}

const total = (calls: Calls) => Object.values(calls).reduce((sum, each) => sum + each, 0);

/**
 * Provisions instances one after the other on a cloud on which nothing takes time.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const home = await openHome(["--latency", "instant"]);
  const { url } = home.cloud;
  // Nothing settles, so that no call is a look at something that is not ready yet.
  const nothing = { supabaseReadyMs: 0, keysMs: 0, repositoryFillMs: 0, buildMs: 0 };
  await control(`${url}/control/latency`, { method: "POST", body: JSON.stringify(nothing) });

  const seen = new Map<string, number>();
  const { blueprints } = connect(await providerSettings(home.env, async () => home.cloud), {
    onCall({ provider, method, path }) {
      const name = `${provider} ${method} ${path}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    },
  });
  const [business] = blueprints;
  if (business === undefined) throw new Error("There is no blueprint to measure.");

  const { calls: sent } = await runBare(business, answersOf("bare"), url);
  await cpuMsOf(warmUps, () => replay(sent));
  const floorCpuMs = await cpuMsOf(instances, () => replay(sent));

  const hub = await startHub(home, blueprints, 1);
  await cpuMsOf(warmUps, (turn) => hub.provision(business.name, `warm-up-${turn}`));
  seen.clear();
  const since = (await control<{ seq: number }[]>(`${url}/control/log`)).at(-1)?.seq ?? 0;
  const cpuMs = await cpuMsOf(instances, (turn) => hub.provision(business.name, `client-${turn}`));
  const log = await control<unknown[]>(`${url}/control/log?since=${since}`);
  const arrived = Math.round((log.length / instances) * 10) / 10;

  const calls: Calls = Object.fromEntries(
    [...seen]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => [name, Math.round((count / instances) * 10) / 10]),
  );
  const baseline: Calls = existsSync(baselineFile)
    ? (JSON.parse(readFileSync(baselineFile, "utf8")) as Calls) // written below
    : calls;
  if (process.argv.includes("--keep")) writeFileSync(baselineFile, `${JSON.stringify(calls, null, 2)}\n`);
  const figures = { instances, cpuMs, floorCpuMs, bareCalls: sent.length, arrived, calls, baseline };
  return {
    ratio: cpuMs / floorCpuMs,
    // Measured 5.4 to 7.7 on 2026-11-21, more when the machine is busy: each step is checkpointed, its journal is read and written, its events are told.
    target: 8,
    // Leaves room for a look or two at a deployment that is not ready yet.
    also: [{ what: "calls against the baseline", ratio: total(calls) / total(baseline), target: 1.03 }],
    figures,
    text: textOf(figures),
  };
}

interface Figures {
  instances: number;
  cpuMs: number;
  floorCpuMs: number;
  bareCalls: number;
  arrived: number;
  calls: Calls;
  baseline: Calls;
}

function textOf({
  instances: count,
  cpuMs,
  floorCpuMs,
  bareCalls,
  arrived,
  calls,
  baseline,
}: Figures): string {
  const names = [...new Set([...Object.keys(calls), ...Object.keys(baseline)])].sort();
  return [
    `Per instance, over ${count} instances provisioned one after the other by a warm worker.`,
    "",
    `CPU time of the hub               ${cpuMs.toFixed(0)} ms`,
    `CPU time of the bare calls        ${floorCpuMs.toFixed(0)} ms (${bareCalls} calls)`,
    `calls sent                        ${total(calls).toFixed(1)} (baseline ${total(baseline).toFixed(1)}; ${arrived} arrived at the cloud)`,
    "",
    " calls  baseline",
    ...names.map((name) => {
      const [now, then] = [calls[name] ?? 0, baseline[name] ?? 0];
      return `${String(now).padStart(6)} ${String(then).padStart(9)}  ${name}${now === then ? "" : "  <"}`;
    }),
  ].join("\n");
}
