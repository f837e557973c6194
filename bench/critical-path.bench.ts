// How long a client waits, against the least that the providers' own latencies allow. Time is compressed on both
// sides alike: the local cloud by `--time-scale`, the hub by the same factor.
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { criticalPath, type TimedStep } from "@atoll/core/critical-path";
import { connect } from "@atoll/hub/accounts";
import { providerSettings } from "@atoll/hub/settings";
import { type BareStep, runBare } from "./kit/bare.ts";
import { answersOf, median, openHome } from "./kit/home.ts";
import { startHub } from "./kit/hub.ts";

/** The path takes about 16 s then. What is not latency (our work, the emulators' own) weighs five times what it really does. */
const timeScale = 5;
const runs = 3;

interface Latencies {
  callMs: number;
  supabaseReadyMs: number;
  keysMs: number;
  repositoryFillMs: number;
  buildMs: number;
}

/** Steps that wait for what the provider does by itself, and since when that goes on. */
const settles: Record<string, { takes: keyof Latencies; since: string }> = {
  "api-keys": { takes: "keysMs", since: "project" },
  database: { takes: "supabaseReadyMs", since: "project" },
  repository: { takes: "repositoryFillMs", since: "repository" },
  deployment: { takes: "buildMs", since: "deployment" },
};

/**
 * The least that each step can take: its calls, and what the provider needs by itself. Each is cut where its thing is
 * made, since the provider's own work begins there, when the call arrives, and not when the step has seen it.
 */
function floors(steps: readonly BareStep[], latencies: Latencies): TimedStep[] {
  return steps.flatMap(({ step, needs, rounds, roundsUntilMade }) => {
    const settle = settles[step];
    const own = settle?.since === step;
    const before = Math.max(0, roundsUntilMade - 1) * latencies.callMs;
    const after = rounds * latencies.callMs - before;
    const made = { step: `${step} (made)`, needs, durationMs: before };
    if (settle === undefined || own)
      return [made, { step, needs: [made.step], durationMs: after + (settle ? latencies[settle.takes] : 0) }];
    const settled = {
      step: `${step} (settled)`,
      needs: [`${settle.since} (made)`],
      durationMs: latencies[settle.takes],
    };
    return [settled, made, { step, needs: [made.step, settled.step], durationMs: after }];
  });
}

/** The same, one step at a time: what a provider does by itself still goes on while other steps have their turn. */
function oneAfterTheOther(timed: readonly TimedStep[]): number {
  const ends = new Map<string, number>();
  let now = 0;
  for (const { step, needs, durationMs } of timed) {
    const since = Math.max(0, ...needs.map((need) => ends.get(need) ?? 0));
    if (step.endsWith("(settled)")) ends.set(step, since + durationMs);
    else {
      now = Math.max(now, since) + durationMs;
      ends.set(step, now);
    }
  }
  return now;
}

async function latenciesOf(cloudUrl: string): Promise<Latencies> {
  const answer = await fetch(`${cloudUrl}/control/latency`);
  return (await answer.json()) as Latencies; // as the control endpoint documents
}

/** The same steps, each waiting for the one before it. */
function inTurn(blueprint: AnyBlueprint): AnyBlueprint {
  return {
    ...blueprint,
    name: `${blueprint.name}-in-turn`,
    steps: blueprint.steps.map((step, index, all) => {
      const before = all[index - 1];
      return before ? { ...step, needs: [...new Set([...step.needs, before.step])] } : step;
    }),
  };
}

/** Provisions some clients, one at a time; one more whose steps take turns; and one by the bare adapters. */
export async function measure() {
  await using home = await openHome(["--latency", "real", "--time-scale", String(timeScale)]);
  const { url } = home.cloud;
  const latencies = await latenciesOf(url);
  const [business] = connect(await providerSettings(home.env, async () => home.cloud)).blueprints;
  if (business === undefined) throw new Error("There is no blueprint to measure.");

  const bare = await runBare(business, answersOf("bare"), url);
  const timed = floors(bare.steps, latencies);
  const path = criticalPath(timed);
  const floorMs = path.durationMs / timeScale;

  const turns = inTurn(business);
  await using hub = await startHub(home, [business, turns], timeScale);
  const done = [];
  for (let count = 1; count <= runs; count++)
    done.push(await hub.provision(business.name, `client-${count}`));
  const slow = await hub.provision(turns.name, "in-turn");

  const wallsMs = done.map((each) => Math.round(each.wallMs));
  const wallMs = median(wallsMs);
  const began = Date.parse(done.at(-1)?.run.createdAt ?? "");
  const at = (time: string | undefined) => Date.parse(time ?? "") - began;
  const figures = {
    timeScale,
    latencies,
    wallsMs,
    floorMs: Math.round(floorMs),
    path: path.steps,
    inTurnMs: {
      hub: Math.round(slow.wallMs),
      bare: Math.round(bare.wallMs),
      floor: Math.round(oneAfterTheOther(timed) / timeScale),
    },
    steps: (done.at(-1)?.run.steps ?? []).map(({ step, startedAt, endedAt }) => {
      const alone = bare.steps.find((each) => each.step === step);
      return {
        step,
        startMs: at(startedAt),
        endMs: at(endedAt),
        calls: alone?.rounds,
        bareMs: Math.round(alone?.tookMs ?? 0),
      };
    }),
  };
  return {
    ratio: wallMs / floorMs,
    target: 1.1,
    // Like is compared with like: the same worker, whose steps take turns.
    also: [{ what: "share of the same steps in turn", ratio: wallMs / slow.wallMs, target: 0.5 }],
    figures,
    text: textOf(figures),
  };
}

interface Figures {
  timeScale: number;
  wallsMs: number[];
  floorMs: number;
  path: string[];
  inTurnMs: { hub: number; bare: number; floor: number };
  steps: { step: string; startMs: number; endMs: number; calls: number | undefined; bareMs: number }[];
}

function textOf({ timeScale: scale, wallsMs, floorMs, path, inTurnMs, steps }: Figures): string {
  const share = (of: number) => (median(wallsMs) / of).toFixed(3);
  return [
    `Milliseconds, of which each stands for ${scale} at the providers.`,
    "",
    `critical path by latencies   ${floorMs}   ${path.join(" > ")}`,
    `one client                   ${median(wallsMs)}   median of ${wallsMs.join(", ")}`,
    `steps in turn, same worker   ${inTurnMs.hub}   one client takes ${share(inTurnMs.hub)} of it`,
    `steps in turn, bare adapters ${inTurnMs.bare}   ${share(inTurnMs.bare)}`,
    `steps in turn, by latencies  ${inTurnMs.floor}   ${share(inTurnMs.floor)}; the critical path itself is ${(floorMs / inTurnMs.floor).toFixed(3)} of it`,
    "",
    "step                   start    end  took   bare  calls in a row (the last client)",
    ...steps.map(
      ({ step, startMs, endMs, bareMs, calls }) =>
        `${step.padEnd(20)} ${[startMs, endMs, endMs - startMs, bareMs].map((ms) => String(ms).padStart(6)).join(" ")} ${String(calls ?? "").padStart(6)}`,
    ),
  ].join("\n");
}
