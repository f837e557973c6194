import { type CommandContext, withDesk } from "../../context.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { latestRun, watchRun } from "../run.ts";

/** Goes on with a run that failed or was cancelled; where removals are owed, with those. */
export async function* retry(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: true, about: input.slug }, async function* (desk) {
    const run = await latestRun(desk, input.slug);
    const owed = run.owed.length > 0 && run.kind !== "destroy";
    await (owed ? desk.journal.retryUndo(run.id) : desk.journal.retry(run.id));
    return yield* watchRun(desk, run.kind, input.slug, run.id, {
      done: ({ slug, durationMs }) =>
        `\n${paint("green", "✓")} ${slug}: the ${run.kind} is done  (${duration(durationMs)})`,
    });
  });
}
