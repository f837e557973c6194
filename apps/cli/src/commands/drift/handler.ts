import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { planText } from "../../output/words.ts";

/** What was changed behind our back. Reads only. */
export async function* drift(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const items = await desk.journal.drift(input.slug);
    return {
      result: { slug: input.slug, items },
      text:
        items.length === 0
          ? `${paint("green", "✓")} ${input.slug}: no drift.`
          : `${planText(items)}\n  next  \`atoll repair ${input.slug}\` sets it right.`,
      exitCode: items.length === 0 ? exitCode.ok : exitCode.differs,
    };
  });
}
