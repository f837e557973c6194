import type { RolloutInput } from "@atoll/contract/schemas/fleet";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { interrupted } from "../../until-interrupted.ts";
import { Cancelled, type Prompts } from "../new/prompts.ts";
import { type ChooseInput, type Chosen, choose, mustChoose } from "./choose.ts";
import { type Ended, endingOf, followRollout, left, rolloutExit } from "./follow.ts";
import { mustBeSound, preview } from "./preview.ts";
import { countIn, durationMs, numberIn } from "./words.ts";

/** What `schema update` is told on its line. */
export interface UpdateInput extends ChooseInput {
  waves?: string;
  budget?: string;
  approve: boolean;
  concurrency?: string;
  perServer?: string;
  lockTimeout?: string;
  statementTimeout?: string;
  attempts?: string;
  yes: boolean;
}

type Care = Omit<RolloutInput, "blueprint" | "environment" | "slugs" | "canary">;

/** How carefully, out of the options; what is not said is left to the hub. Throws a fault that names the option. */
function careOf(input: UpdateInput): Care {
  const { waves, budget, approve, concurrency, perServer, lockTimeout, statementTimeout, attempts } = input;
  return {
    approve,
    ...(waves !== undefined && {
      waves: waves.split(",").map((each) => numberIn("waves", each, [0.1, 100])),
    }),
    ...(budget !== undefined && { errorBudget: numberIn("budget", budget.replace(/%$/, ""), [0, 100]) }),
    ...(concurrency !== undefined && { concurrency: countIn("concurrency", concurrency, 64) }),
    ...(perServer !== undefined && { perServer: countIn("per-server", perServer, 64) }),
    ...(lockTimeout !== undefined && {
      lockTimeoutMs: durationMs("lock-timeout", lockTimeout, [100, 600_000]),
    }),
    ...(statementTimeout !== undefined && {
      statementTimeoutMs: durationMs("statement-timeout", statementTimeout, [100, 3_600_000]),
    }),
    ...(attempts !== undefined && { attempts: countIn("attempts", attempts, 10) }),
  };
}

/** Shows what would be done and asks. */
async function agree(desk: Desk, chosen: readonly Chosen[], care: Care, prompts: Prompts): Promise<void> {
  for (const each of chosen) {
    const shown = await prompts.during(`Rehearsing ${each.blueprint} on a scratch database`, () =>
      preview(desk, each, care),
    );
    prompts.note(`${each.blueprint} in ${each.environment}`, shown);
  }
  if (!(await prompts.yes("Begin?", { yes: "Yes", no: "No" }, false))) throw new Cancelled();
}

/**
 * `schema update`: brings instances to the newest version and follows it to its end. `prompts` = a person at a terminal;
 * undefined = nobody can be asked.
 */
export async function* schemaUpdate(
  context: CommandContext,
  input: UpdateInput,
  prompts: Prompts | undefined,
): Handler {
  mustChoose(input);
  const care = careOf(input);
  if (prompts === undefined && !input.yes)
    throw new Fault("rejected", {
      what: "Nobody said that the databases are to be changed.",
      next: "Say it with `--yes`; `atoll schema check` and `atoll schema test` show what there is to do.",
      field: "yes",
    });
  const { environment, slug } = input;
  return yield* withDesk(context, { worker: true, environment, about: slug }, async function* (desk) {
    const chosen = await choose(desk, input);
    if (chosen.length === 0)
      return {
        result: { rollouts: [] },
        text: `${paint("green", "✓")} ${slug === undefined ? "No instance that is meant is behind." : `${slug} is at the newest version.`}`,
        exitCode: exitCode.ok,
      };
    for (const each of chosen) await mustBeSound(desk, each);
    try {
      if (prompts !== undefined && !input.yes) await agree(desk, chosen, care, prompts);
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      return {
        result: { rollouts: [] },
        text: "Nothing was changed.",
        exitCode: exitCode.interrupted,
      };
    }
    return yield* rollOut(desk, chosen, care);
  });
}

/** One rollout after the other; the first that does not end well is the last. */
async function* rollOut(desk: Desk, chosen: readonly Chosen[], care: Care): Handler {
  const interruption = interrupted();
  const ended: Ended[] = [];
  for (const { blueprint, environment, slugs, canary } of chosen) {
    const input: RolloutInput = { ...care, blueprint, environment, slugs, canary };
    const { id } = await desk.schemas.start(input, desk.operator);
    yield { type: "remark", text: `Rollout ${id}: ${blueprint} in ${environment}.` };
    const end = yield* followRollout(desk, id, interruption);
    if (end === undefined) return left(id);
    ended.push(end);
    if (end.rollout.state !== "finished") break;
  }
  return outcomeOf(ended);
}

function outcomeOf(ended: readonly Ended[]): Outcome {
  return {
    result: {
      rollouts: ended.map(({ rollout, failed, leftBehind }) => ({ ...rollout, failed, leftBehind })),
    },
    text: ended.map(endingOf).join("\n"),
    exitCode: Math.max(...ended.map(({ rollout }) => rolloutExit(rollout))),
  };
}
