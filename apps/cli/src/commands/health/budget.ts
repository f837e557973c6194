import { runKinds } from "@atoll/contract/schemas/run";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration } from "../../output/paint.ts";
import { columns, countIn } from "../schema/words.ts";

const longest = 86_400; // a day: whatever takes longer is no run of ours

function kindIn(given: string): (typeof runKinds)[number] {
  const kind = runKinds.find((each) => each === given);
  if (kind !== undefined) return kind;
  throw new Fault("rejected", {
    what: `"${given}" is no kind of run.`,
    next: `Name one of: ${runKinds.join(", ")}.`,
    field: "kind",
  });
}

/** `health budget`: how long runs may take, by kind; with seconds it is changed, with `usual` it is as it was at first. */
export async function* healthBudget(
  context: CommandContext,
  { kind: typed, seconds }: { kind: string | undefined; seconds: string | undefined },
): Handler {
  const kind = typed === undefined ? undefined : kindIn(typed);
  const wanted =
    seconds === undefined || seconds === "usual" ? undefined : countIn("seconds", seconds, longest);
  return yield* withDesk(context, { worker: false }, async (desk) => {
    if (kind !== undefined && seconds !== undefined)
      await desk.monitor.setRunBudget(kind, wanted, desk.operator);
    const budgets = await desk.monitor.runBudgets();
    const shown = runKinds.filter((each) => kind === undefined || each === kind);
    const rows = shown.map((each) => {
      const budget = budgets[each];
      return [each, budget === undefined ? "as long as it takes" : duration(budget * 1_000)];
    });
    return { result: { budgets }, text: columns(rows).join("\n"), exitCode: exitCode.ok };
  });
}
