import type { RolloutTarget, TargetState } from "@atoll/contract/schemas/fleet";
import { targetStates } from "@atoll/contract/schemas/fleet";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint, plain } from "../../output/paint.ts";
import { interrupted } from "../../until-interrupted.ts";
import { endingOf, followRollout, left, progressLine, rolloutExit } from "./follow.ts";
import { all, columns, countIn } from "./words.ts";

/** `schema rollout list`: the newest ones. */
export async function* rolloutList(context: CommandContext, { limit }: { limit: string }): Handler {
  const many = countIn("limit", limit, 500);
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const { items } = await desk.schemas.rollouts({ limit: many });
    const rows = items.map((each) => [
      each.id,
      each.state,
      `${each.blueprint} ${each.toVersion}`,
      each.environment,
      each.createdAt.slice(0, 16).replace("T", " "),
      progressLine(each),
    ]);
    return {
      result: { items },
      text: items.length === 0 ? "No rollout yet." : columns(rows).join("\n"),
      exitCode: exitCode.ok,
    };
  });
}

function stateNamed(name: string | undefined): TargetState | undefined {
  const found = targetStates.find((each) => each === name);
  if (found !== undefined || name === undefined) return found;
  throw new Fault("rejected", {
    what: `No database is "${name}".`,
    next: `Use one of: ${targetStates.join(", ")}.`,
    field: "state",
  });
}

const styles: Partial<Record<TargetState, Parameters<typeof paint>[0]>> = { done: "green", failed: "red" };

const cells = (each: RolloutTarget) => [
  each.instance,
  each.wave === 0 ? "canary" : `wave ${each.wave}`,
  paint(styles[each.state] ?? "yellow", each.state),
  `${each.fromVersion ?? "?"} → ${each.version ?? "–"}`,
  each.durationMs === undefined ? "" : duration(each.durationMs),
  each.restorePoint === undefined ? "" : plain(each.restorePoint.what),
];

/** `schema rollout show`: one rollout with its databases. */
export async function* rolloutShow(
  context: CommandContext,
  { id, state: given }: { id: string; state?: string | undefined },
): Handler {
  const state = stateNamed(given);
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const rollout = await desk.schemas.rollout(id);
    const targets = await all((cursor) => desk.schemas.targets(id, { state, limit: 500, cursor }));
    const lines = columns(targets.map(cells)).flatMap((line, at) => {
      const fault = targets[at]?.fault;
      return fault ? [line, `      ${plain(fault.what)}`, `      next: ${plain(fault.next)}`] : [line];
    });
    return {
      result: { rollout, targets },
      text: [...lines, endingOf({ rollout, failed: [], leftBehind: [] }), `  ${progressLine(rollout)}`].join(
        "\n",
      ),
      exitCode: exitCode.ok,
    };
  });
}

/** `schema rollout pause` and `stop`: what is under way in a database ends, nothing further begins. */
export async function* rolloutHold(
  context: CommandContext,
  { id, act }: { id: string; act: "pause" | "stop" },
): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const rollout = await desk.schemas[act](id, desk.operator);
    return {
      result: { rollout },
      text: `${paint("green", "✓")} ${id} is ${rollout.state}: nothing further begins. \`atoll schema rollout resume ${id}\` goes on.`,
      exitCode: exitCode.ok,
    };
  });
}

/** `schema rollout resume` and `approve`: goes on, and follows it to its end. */
export async function* rolloutGoOn(
  context: CommandContext,
  { id, act }: { id: string; act: "resume" | "approve" },
): Handler {
  return yield* withDesk(context, { worker: true }, async function* (desk) {
    await desk.schemas[act](id, desk.operator);
    const end = yield* followRollout(desk, id, interrupted());
    if (end === undefined) return left(id);
    const { rollout, failed, leftBehind } = end;
    return {
      result: { rollout: { ...rollout, failed, leftBehind } },
      text: endingOf(end),
      exitCode: rolloutExit(rollout),
    };
  });
}
