import { type CommandContext, withDesk } from "../../context.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { followRun } from "../run.ts";

/** Brings an instance back to what was last accepted for it. */
export async function* repair(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: true, about: input.slug }, async function* (desk) {
    return yield* followRun(desk, "repair", input.slug, {
      done: ({ slug, durationMs }) =>
        `\n${paint("green", "✓")} ${slug} is as it should be  (${duration(durationMs)})`,
    });
  });
}
