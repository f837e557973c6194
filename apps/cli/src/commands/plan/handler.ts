import { type CommandContext, withDesk } from "../../context.ts";
import { gatherAnswers } from "../../input/answers.ts";
import { wantedOf } from "../../input/wanted.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { planSummary, planText } from "../../output/words.ts";
import type { UpInput } from "../up/handler.ts";

/** Shows what `up` would do. Reads only: nothing is written at a provider or in the journal. */
export async function* plan(context: CommandContext, input: UpInput): Handler {
  const answers = gatherAnswers(input, input.slug);
  return yield* withDesk(context, { worker: false, environment: input.environment }, async (desk) => {
    const wanted = await wantedOf(desk, input, answers);
    const { slug, items } = await desk.plan(input.blueprint, input.slug, wanted);
    const differs = items.some((each) => each.does !== "keep");
    return {
      result: { slug, items },
      text: `${planText(items)}\n\n${planSummary(items)}`,
      exitCode: differs ? exitCode.differs : exitCode.ok,
    };
  });
}
