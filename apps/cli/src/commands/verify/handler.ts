import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { planSummary, planText } from "../../output/words.ts";

/** Is everything as wanted, and does it really answer? Reads only. */
export async function* verify(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const { items, problems } = await desk.journal.verify(input.slug);
    const differing = items.filter((each) => each.does !== "keep");
    const healthy = problems.length === 0 && differing.length === 0;
    const text = healthy
      ? `${paint("green", "✓")} ${input.slug}: ${items.length} steps are as wanted and answer.`
      : [
          ...(differing.length > 0 ? [planText(differing), "", planSummary(differing)] : []),
          ...problems.map((each) => `  ${paint("red", "✗")} ${each.step}: ${plain(each.problem)}`),
          `  next  \`atoll repair ${input.slug}\` brings it back to what is wanted.`,
        ].join("\n");
    return {
      result: { slug: input.slug, healthy, items, problems },
      text,
      exitCode: healthy ? exitCode.ok : exitCode.differs,
    };
  });
}
