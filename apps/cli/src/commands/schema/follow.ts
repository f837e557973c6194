import type { Rollout, RolloutTarget } from "@atoll/contract/schemas/fleet";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Outcome, Progress } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { noWorker } from "../../output/words.ts";
import { all, counted } from "./words.ts";

const pollMs = 500;
const shownAtMost = 20;

/** A rollout that does nothing more by itself, with the databases that need somebody. */
export interface Ended {
  rollout: Rollout;
  failed: RolloutTarget[];
  leftBehind: RolloutTarget[];
}

const waveWord = (wave: number) => (wave === 0 ? "the canary" : `wave ${wave}`);

/** "wave 1: 12 of 100 done, 8 under way, 1 waits, 1 failed". */
export function progressLine({ state, wave, counts, waves }: Rollout): string {
  if (state === "queued") return "queued";
  const total = waves.reduce((sum, { targets }) => sum + targets, 0);
  return [
    `${waveWord(wave)}: ${counts.done} of ${total} done`,
    counts.running > 0 && `${counts.running} under way`,
    counts.waiting > 0 && `${counts.waiting} ${counts.waiting === 1 ? "waits" : "wait"} for another try`,
    counts.failed > 0 && `${counts.failed} failed`,
    counts.leftBehind > 0 && `${counts.leftBehind} left behind`,
  ]
    .filter((each) => each !== false)
    .join(", ");
}

const isActive = ({ state }: Rollout) => state === "queued" || state === "running";

/** Tells each change of a rollout until it does nothing more by itself; undefined = the person left before. */
export async function* followRollout(
  desk: Desk,
  id: string,
  interruption: Promise<undefined>,
): AsyncGenerator<Progress, Ended | undefined> {
  let isLeft = false;
  void interruption.then(() => {
    isLeft = true;
  });
  let [told, toldOfWorker] = ["", false];
  for (;;) {
    const rollout = await desk.schemas.rollout(id);
    const line = progressLine(rollout);
    if (line !== told) yield { type: "remark", text: line };
    told = line;
    if (rollout.lacksWorker && !toldOfWorker) {
      toldOfWorker = true;
      yield { type: "remark", text: noWorker(rollout.environment) };
    }
    if (!isActive(rollout)) return { rollout, ...(await troubled(desk, rollout)) };
    if (isLeft) return undefined;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, pollMs)), interruption]);
  }
}

async function troubled(desk: Desk, { id, counts }: Rollout) {
  const those = (state: "failed" | "left-behind", count: number) =>
    count === 0 ? [] : all((cursor) => desk.schemas.targets(id, { state, limit: 500, cursor }));
  return {
    failed: await those("failed", counts.failed),
    leftBehind: await those("left-behind", counts.leftBehind),
  };
}

/** Ctrl-C ends the watching, not the rollout. */
export function left(id: string): Outcome {
  return {
    result: { rollout: id, state: "running" },
    text: `\nLeft. The rollout goes on as soon as a worker is there (\`atoll worker\`); \`atoll schema rollout show ${id}\` looks at it, \`pause\` and \`stop\` hold it.`,
    exitCode: exitCode.interrupted,
  };
}

/** Exit code by how a rollout ended: 1 when it failed or was stopped, 3 while it waits for a person. */
export function rolloutExit({ state }: Rollout): number {
  if (state === "failed" || state === "stopped") return exitCode.failed;
  return state === "paused" || state === "awaiting-approval" ? exitCode.differs : exitCode.ok;
}

function targetLines(title: string, targets: readonly RolloutTarget[], id: string, state: string): string[] {
  if (targets.length === 0) return [];
  const more = targets.length - shownAtMost;
  return [
    `  ${title}`,
    ...targets
      .slice(0, shownAtMost)
      .flatMap(({ instance, fault }) => [
        `    ${instance}${fault ? `: ${plain(fault.what)}` : ""}`,
        ...(fault ? [`      next: ${plain(fault.next)}`] : []),
      ]),
    ...(more > 0 ? [`    and ${more} more: \`atoll schema rollout show ${id} --state ${state}\``] : []),
  ];
}

/** The command that goes on from a state; a rollout that has ended well has none. */
const commands: Partial<Record<Rollout["state"], (id: string) => string>> = {
  paused: (id) => `\`atoll schema rollout resume ${id}\` goes on.`,
  "awaiting-approval": (id) => `\`atoll schema rollout approve ${id}\` lets the next wave begin.`,
  stopped: (id) => `\`atoll schema rollout resume ${id}\` tries again what is not done.`,
  failed: (id) => `\`atoll schema rollout resume ${id}\` tries again what is not done.`,
};

function signOf(rollout: Rollout): string {
  const code = rolloutExit(rollout);
  if (code === exitCode.failed) return paint("red", "✗");
  return code === exitCode.ok && !isActive(rollout) ? paint("green", "✓") : paint("cyan", "…");
}

/** How a rollout stands, for people: what is done, what failed and what to do about it. */
export function endingOf({ rollout, failed, leftBehind }: Ended): string {
  const { id, blueprint, environment, toVersion, state, counts, why, next } = rollout;
  const command = commands[state]?.(id);
  return [
    "",
    `${signOf(rollout)} ${blueprint} in ${environment}: ${counted(counts.done, "database")} at version ${toVersion}; the rollout ${id} is ${state}.`,
    ...(why === undefined ? [] : [`  ${plain(why)}`]),
    ...targetLines("failed", failed, id, "failed"),
    ...targetLines("left behind", leftBehind, id, "left-behind"),
    ...(next === undefined ? [] : [`  next  ${plain(next)}`]),
    ...(command === undefined ? [] : [`${next === undefined ? "  next  " : "        "}${command}`]),
  ].join("\n");
}
