import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { latestRun, watchRun } from "../run.ts";

/** Cancels the run that is under way. A first provisioning is undone; any other run stays where it is. */
export async function* cancel(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: true, about: input.slug }, async function* (desk) {
    const run = await latestRun(desk, input.slug);
    await desk.journal.cancel(run.id);
    // Nothing was begun, so nothing is left behind and nothing is taken back.
    if (run.kind === "destroy" && run.state === "waiting")
      return {
        result: { slug: input.slug, run: run.id, state: "cancelled" },
        text: `\n${paint("green", "✓")} ${input.slug} is kept: nothing was removed, and it is as it was.`,
        exitCode: exitCode.ok,
      };
    const outcome = yield* watchRun(desk, run.kind, input.slug, run.id, {
      done: ({ slug }) => `\n${paint("green", "✓")} ${slug}: the run had ended before it could be cancelled.`,
    });
    const { state } = outcome.result as { state: string }; // as `watchRun` gives it
    if (state !== "cancelled" && state !== "undone") return outcome;
    const words =
      state === "undone" ? "cancelled, and what it did was taken back" : "cancelled; nothing more is begun";
    return {
      result: outcome.result,
      text: `\n${paint("green", "✓")} ${input.slug}: the ${run.kind} is ${words}.`,
      exitCode: exitCode.ok,
    };
  });
}
