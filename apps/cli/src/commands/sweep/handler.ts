import { setTimeout as sleep } from "node:timers/promises";
import type { StrayThing, Sweep, SweepRemoval } from "@atoll/contract/schemas/sweep";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { counted } from "../schema/words.ts";

/** What `sweep` is told on its line. */
export interface SweepInput {
  ids: string[];
  environment?: string;
  remove: boolean;
  confirm?: string;
}

const dayMs = 86_400_000;

function ageOf({ createdAt }: StrayThing, now: string): string[] {
  if (createdAt === undefined) return [];
  const days = Math.floor((Date.parse(now) - Date.parse(createdAt)) / dayMs);
  return [days < 1 ? "made today" : `${counted(days, "day")} old`];
}

function thingText(thing: StrayThing, sign: string, now: string): string[] {
  const { provider, kind, name, id, monthly, currency = "", why } = thing;
  const facts = [
    ...ageOf(thing, now),
    ...(monthly === undefined ? [] : [`${monthly.toFixed(2)} ${plain(currency)} a month`]),
  ];
  return [
    `${sign} ${plain(provider)}  ${kind}  ${plain(name)}  ${paint("dim", plain(id))}`,
    `    ${[plain(why), ...facts].join("  ")}`,
  ];
}

function textOf({ orphans, unproven, problems, leftOut, lookedAt }: Sweep): string {
  return [
    ...orphans.flatMap((each) => thingText(each, paint("yellow", "~"), lookedAt)),
    ...(unproven.length === 0
      ? []
      : ["Look like ours, and cannot be proven to be: never removed from here."]),
    ...unproven.flatMap((each) => thingText(each, paint("dim", "?"), lookedAt)),
    ...problems.flatMap(({ provider, what, next }) => [
      `${paint("red", "✗")} ${plain(provider)}: ${plain(what)}`,
      `  next  ${plain(next)}`,
    ]),
    ...(leftOut.young + leftOut.busy === 0
      ? []
      : [`Left out: ${leftOut.young} too young, ${leftOut.busy} of instances with a run that goes on.`]),
    orphans.length === 0
      ? `${paint("green", "✓")} Everything that is provably ours has an owner.`
      : `${counted(orphans.length, "orphan")}.\n  next  \`atoll sweep --remove --confirm ${orphans.length}\` removes ${orphans.length === 1 ? "it" : "them"} for good.`,
  ].join("\n");
}

function confirmed(given: string | undefined): number {
  const count = Number(given);
  if (given !== undefined && Number.isInteger(count) && count >= 0) return count;
  throw new Fault("rejected", {
    what: "Removing orphans removes databases and repositories for good, and was not confirmed.",
    next: "Say how many there are: `atoll sweep` lists them, `--confirm COUNT` confirms.",
    field: "confirm",
  });
}

const signs: Record<SweepRemoval["state"], string> = {
  asked: paint("yellow", "~"),
  removed: paint("green", "✓"),
  kept: paint("dim", "="),
  failed: paint("red", "✗"),
};

const removalText = ({ state, kind, name, said, fault }: SweepRemoval) =>
  [
    `${signs[state]} ${kind}  ${plain(name)}  ${state}${said === undefined ? "" : `: ${plain(said)}`}`,
    ...(fault === undefined ? [] : [`    ${plain(fault.what)}\n    next  ${plain(fault.next)}`]),
  ].join("\n");

/** Waits until all of these have ended; where no hub does it, this process does. */
async function followed(desk: Desk, ids: ReadonlySet<string>): Promise<SweepRemoval[]> {
  for (;;) {
    await desk.sweeps.round();
    const all = (await desk.sweeps.removals()).filter(({ id }) => ids.has(id));
    if (all.every(({ state }) => state !== "asked")) return all;
    await sleep(500);
  }
}

/** What carries our mark and has no owner, or its removal. Exit code 3 when there is some, 1 when one stays. */
export async function* sweep(context: CommandContext, input: SweepInput): Handler {
  const { ids, environment, remove } = input;
  if (ids.length > 0 && !remove)
    throw new Fault("rejected", {
      what: "Things are named, and nothing says that they are to be removed.",
      next: "Say `--remove` too, or leave them out.",
      field: "remove",
    });
  const confirm = remove ? confirmed(input.confirm) : 0;
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    if (!remove) {
      const found = await desk.sweeps.look(environment);
      const isWell = found.orphans.length === 0 && found.problems.length === 0;
      return { result: found, text: textOf(found), exitCode: isWell ? exitCode.ok : exitCode.differs };
    }
    const asked = await desk.sweeps.remove(
      { confirm, ...(environment !== undefined && { environment }), ...(ids.length > 0 && { ids }) },
      desk.operator,
    );
    const items = await followed(desk, new Set(asked.map(({ id }) => id)));
    return {
      result: { items },
      text: items.length === 0 ? "Nothing was to be removed." : items.map(removalText).join("\n"),
      exitCode: items.every(({ state }) => state === "removed") ? exitCode.ok : exitCode.failed,
    };
  });
}
