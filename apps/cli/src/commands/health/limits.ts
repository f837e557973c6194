import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, plain } from "../../output/paint.ts";
import { waitsOf } from "../../output/waits.ts";
import { columns, countIn } from "../schema/words.ts";
import { moment, percent } from "./words.ts";

/** `health limits`: what providers said last about their limits. Exit code 3 where less than a tenth is left. */
export async function* healthLimits(context: CommandContext): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const items = await desk.monitor.quotas();
    const accounts = await desk.monitor.accounts();
    const rows = items.map(({ environment, provider, limit, remaining, share, resetAt }) => [
      plain(provider),
      environment,
      `${remaining} of ${limit} left`,
      percent(share),
      resetAt === undefined ? "" : `full again ${moment(resetAt)}`,
    ]);
    return {
      result: { items, accounts },
      text: [
        rows.length === 0 ? "No provider has told of a limit yet." : columns(rows).join("\n"),
        ...accounts.flatMap(waitsOf),
      ].join("\n"),
      exitCode: items.every(({ share }) => share >= 0.1) ? exitCode.ok : exitCode.differs,
    };
  });
}

/** `health runs`: how long runs and their steps take. Exit code 3 where a kind is over its budget. */
export async function* healthRuns(context: CommandContext, { days: given }: { days: string }): Handler {
  const days = countIn("days", given, 365);
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const times = await desk.monitor.runTimes(days);
    const text = times.kinds.map(({ kind, runs, p50Ms, p95Ms, budgetMs, isOver, steps }) =>
      [
        `${kind}: ${runs} runs, half within ${duration(p50Ms)}, 95 of 100 within ${duration(p95Ms)}${
          budgetMs === undefined
            ? ""
            : `; budget ${duration(budgetMs)}${isOver ? ", which is too little" : ""}`
        }`,
        ...columns(
          steps.map((step) => [
            plain(step.step),
            duration(step.p50Ms),
            duration(step.p95Ms),
            `longest ${duration(step.maxMs)}`,
          ]),
        ),
      ].join("\n"),
    );
    return {
      result: times,
      text: text.length === 0 ? `No run has succeeded in the last ${days} days.` : text.join("\n\n"),
      exitCode: times.kinds.every(({ isOver }) => !isOver) ? exitCode.ok : exitCode.differs,
    };
  });
}
