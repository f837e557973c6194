// How long a client waits when a blank project stands ready, against the time that the deployment takes by itself, and
// against making the project. Time is compressed on both sides alike, as in `critical-path`.
import { criticalPath, type TimedStep } from "@atoll/core/critical-path";
import { runBare } from "./kit/bare.ts";
import { floors, type Latencies } from "./kit/floor.ts";
import { answersOf, median, openHome } from "./kit/home.ts";
import { openStage } from "./warm-pool/stage.ts";

const timeScale = 3;
const runs = 3;

/** Times that were given for doing it by hand or by a script: the task's sources. */
const sources = { firstS: [95, 190], againS: 5, goalS: 120 } as const;

/** Latencies of the local cloud, changed by what is given. */
async function latenciesOf(cloudUrl: string, change: Partial<Latencies> = {}): Promise<Latencies> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${cloudUrl}/control/latency`, {
    method: "POST",
    headers,
    body: JSON.stringify(change),
  });
  return (await answer.json()) as Latencies; // as the control endpoint documents
}

const ofDeployment = ["repository", "client-config", "site", "environment", "deployment"];
const stemOf = (step: string) => step.replace(/ \((made|settled)\)$/, "");

/** The steps that a deployment needs, without the database that its environment names. */
function deploymentAlone(timed: readonly TimedStep[]): TimedStep[] {
  const isOf = (step: string) => ofDeployment.includes(stemOf(step));
  return timed.filter(({ step }) => isOf(step)).map((each) => ({ ...each, needs: each.needs.filter(isOf) }));
}

/**
 * Counts the calls of each step, then provisions some clients without the pool and some with it, and brings the last
 * ones up to date again.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const home = await openHome(["--latency", "real", "--time-scale", String(timeScale)]);
  const { url } = home.cloud;
  const latencies = await latenciesOf(url);
  const stage = await openStage(home, timeScale);

  // Only the calls are counted here, so nothing needs to settle.
  await latenciesOf(url, { supabaseReadyMs: 0, keysMs: 0, repositoryFillMs: 0, buildMs: 0 });
  const bare = await runBare(stage.business, answersOf("bare"), url);
  await latenciesOf(url, latencies);
  const timed = floors(bare.steps, latencies);
  const alone = criticalPath(deploymentAlone(timed));
  const whole = criticalPath(timed);

  const walls = async (kind: "provision" | "update", name: string) => {
    const all: number[] = [];
    for (let count = 1; count <= runs; count++) all.push((await stage.run(kind, `${name}-${count}`)).wallMs);
    return all;
  };
  const without = await walls("provision", "cold");
  const fillMs = await stage.fill(runs);
  const warm = await walls("provision", "warm");
  const left = await stage.ready();
  if (left !== 0)
    throw new Error(`${left} of the pool were not claimed: the runs made projects of their own.`);
  const again = await walls("update", "warm");

  const realS = (ms: number) => Math.round((ms * timeScale) / 100) / 10;
  const figures = {
    timeScale,
    latencies,
    realSeconds: {
      deploymentAlone: Math.round(alone.durationMs / 100) / 10,
      criticalPathWithout: Math.round(whole.durationMs / 100) / 10,
      withoutPool: without.map(realS),
      withPool: warm.map(realS),
      again: again.map(realS),
      filling: realS(fillMs),
    },
    alonePath: alone.steps,
    sources,
  };
  const warmS = realS(median(warm));
  return {
    ratio: (median(warm) * timeScale) / alone.durationMs,
    target: 1.25,
    also: [
      { what: "share of the same without a pool", ratio: median(warm) / median(without), target: 0.9 },
      { what: `share of the goal of ${sources.goalS} s`, ratio: warmS / sources.goalS, target: 1 },
    ],
    figures,
    text: textOf(figures),
  };
}

interface Figures {
  timeScale: number;
  alonePath: string[];
  realSeconds: {
    deploymentAlone: number;
    criticalPathWithout: number;
    withoutPool: number[];
    withPool: number[];
    again: number[];
    filling: number;
  };
}

function textOf({ timeScale: scale, alonePath, realSeconds: real }: Figures): string {
  const line = (what: string, figure: number, more: string) =>
    `${what.padEnd(36)} ${figure.toFixed(1).padStart(7)}  ${more}`;
  const of = (all: number[]) => `median of ${all.join(", ")}`;
  return [
    `Seconds at the providers' own latencies; measured at a ${scale}th of them.`,
    "",
    line("deployment alone, by latencies", real.deploymentAlone, alonePath.join(" > ")),
    line("critical path without, by latencies", real.criticalPathWithout, ""),
    line("one client, without a pool", median(real.withoutPool), of(real.withoutPool)),
    line("one client, with the pool", median(real.withPool), of(real.withPool)),
    line("the same client again", median(real.again), of(real.again)),
    line("filling the pool", real.filling, `${runs} projects, in the background`),
    "",
    `The sources: ${sources.firstS.join(" to ")} s for the first time, ${sources.againS} s again; the goal: under ${sources.goalS} s.`,
  ].join("\n");
}
