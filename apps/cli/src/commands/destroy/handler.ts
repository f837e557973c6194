import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { followRun } from "../run.ts";

/** Removes everything that Atoll made for an instance. `confirm` has to repeat the slug. */
export async function* destroy(
  context: CommandContext,
  input: { slug: string; confirm: string | undefined },
): Handler {
  if (input.confirm !== input.slug) {
    throw new Fault("rejected", {
      what: `Destroying "${input.slug}" removes its database, repository and deployment for good, and was not confirmed.`,
      next: `Repeat the slug: \`atoll destroy ${input.slug} --confirm ${input.slug}\`.`,
      field: "confirm",
    });
  }
  return yield* withDesk(context, { worker: true, about: input.slug }, async function* (desk) {
    return yield* followRun(desk, "destroy", input.slug, {
      done: ({ slug, durationMs }) =>
        `\n${paint("green", "✓")} ${slug} is removed: every resource was looked for again and is gone  (${duration(durationMs)}). The slug stays reserved.`,
    });
  });
}
