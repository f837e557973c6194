import { type CommandContext, withDesk } from "../../context.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { latestRun, watchRun } from "../run.ts";

/** Cancels the run that is under way. A first provisioning is undone; any other run stays where it is. */
export async function* cancel(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: true, about: input.slug }, async function* (desk) {
    const run = await latestRun(desk, input.slug);
    await desk.journal.cancel(run.id);
    return yield* watchRun(desk, run.kind, input.slug, run.id, {
      done: ({ slug }) => `\n${paint("green", "✓")} ${slug}: the run had ended before it could be cancelled.`,
    });
  });
}
