import type { OperationKind } from "@atoll/core/states";
import { type CommandContext, withDesk } from "../context.ts";
import { exitCode } from "../output/exit-codes.ts";
import type { Handler } from "../output/outcome.ts";
import { duration, paint } from "../output/paint.ts";
import { planSummary, planText } from "../output/words.ts";
import { followRun } from "./run.ts";

interface Asked {
  slug: string;
  /** Only show what it would do. */
  plan?: boolean | undefined;
  input?: Record<string, unknown> | undefined;
}

/** Does an operation and follows its run, or shows what it would do. `done` = what is true afterwards, one clause. */
export async function* operate(
  context: CommandContext,
  kind: OperationKind,
  { slug, plan = false, input }: Asked,
  done: string,
): Handler {
  return yield* withDesk(context, { worker: !plan, about: slug }, async function* (desk) {
    if (!plan)
      return yield* followRun(desk, kind, slug, {
        input,
        done: ({ durationMs }) => `\n${paint("green", "✓")} ${slug} ${done}  (${duration(durationMs)})`,
      });
    const items = await desk.journal.planOperation(kind, slug, input);
    return {
      result: { slug, items },
      text: `${planText(items)}\n\n${planSummary(items)}`,
      exitCode: items.some((each) => each.does !== "keep") ? exitCode.differs : exitCode.ok,
    };
  });
}
