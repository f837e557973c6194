// How long a client waits, against the least that the providers' own latencies allow. Time is compressed on both
// sides alike: the local cloud by `--time-scale`, the hub by the same factor.
import type { AnyBlueprint, Step } from "@atoll/core/blueprint";
import { criticalPath } from "@atoll/core/critical-path";
import { connect } from "@atoll/hub/accounts";
import { providerSettings } from "@atoll/hub/settings";
import { runBare } from "./kit/bare.ts";
import { floors, type Latencies, oneAfterTheOther } from "./kit/floor.ts";
import { answersOf, median, openHome } from "./kit/home.ts";
import { startHub } from "./kit/hub.ts";

/** The path takes about 26 s then. What is not latency (our work, the emulators' own) weighs three times what it really does. */
const timeScale = 3;
const runs = 3;

/** Latencies of the local cloud, changed by what is given. */
async function latenciesOf(cloudUrl: string, change: Partial<Latencies> = {}): Promise<Latencies> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(change) };
  const answer = await fetch(`${cloudUrl}/control/latency`, init);
  return (await answer.json()) as Latencies; // as the control endpoint documents
}

/** The same steps, each waiting for the one before it. */
function inTurn(blueprint: AnyBlueprint): AnyBlueprint {
  const turn = (steps: readonly Step[]) =>
    steps.map((step, index, all) => {
      const before = all[index - 1];
      return before ? { ...step, needs: [...new Set([...step.needs, before.step])] } : step;
    });
  const { stepsFor } = blueprint;
  return {
    ...blueprint,
    name: `${blueprint.name}-in-turn`,
    steps: turn(blueprint.steps),
    ...(stepsFor && { stepsFor: (recorded, answers) => turn(stepsFor(recorded, answers)) }),
  };
}

/**
 * Counts the calls of each step, then provisions some clients, one at a time, and one whose steps take turns.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const home = await openHome(["--latency", "real", "--time-scale", String(timeScale)]);
  const { url } = home.cloud;
  const latencies = await latenciesOf(url);
  const [business] = connect(await providerSettings(home.env, async () => home.cloud)).blueprints;
  if (business === undefined) throw new Error("There is no blueprint to measure.");

  // Only the calls are counted here, so nothing needs to settle.
  await latenciesOf(url, { supabaseReadyMs: 0, keysMs: 0, repositoryFillMs: 0, buildMs: 0 });
  const bare = await runBare(business, answersOf("bare"), url);
  await latenciesOf(url, latencies);
  const timed = floors(bare.steps, latencies);
  const path = criticalPath(timed);
  const floorMs = path.durationMs / timeScale;

  const turns = inTurn(business);
  const hub = await startHub(home, [business, turns], timeScale);
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
  inTurnMs: { hub: number; floor: number };
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
    `steps in turn, by latencies  ${inTurnMs.floor}   ${share(inTurnMs.floor)}; the critical path itself is ${(floorMs / inTurnMs.floor).toFixed(3)} of it`,
    "",
    "step                  start    end   took   bare  calls in a row (the last client; bare: without settling)",
    ...steps.map(
      ({ step, startMs, endMs, bareMs, calls }) =>
        `${step.padEnd(20)} ${[startMs, endMs, endMs - startMs, bareMs].map((ms) => String(ms).padStart(6)).join(" ")} ${String(calls ?? "").padStart(6)}`,
    ),
  ].join("\n");
}
