import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { operate } from "../operate.ts";
import { withProof } from "../proof.ts";
import { followRun } from "../run.ts";

interface ArchiveOptions {
  slug: string;
  confirm?: string;
  plan?: boolean;
  withoutBackup?: boolean;
}

/** Puts an instance away and proves what went; or shows what it would do. `confirm` has to repeat the slug. */
export async function* archive(context: CommandContext, options: ArchiveOptions): Handler {
  const { slug, confirm, plan, withoutBackup } = options;
  const input = withoutBackup ? { withoutBackup } : undefined;
  if (plan) return yield* operate(context, "archive", { slug, plan, input }, "");
  if (confirm !== slug)
    throw new Fault("rejected", {
      what: `Archiving "${slug}" removes its site, workflows and database, and was not confirmed.`,
      next: `Look at \`atoll archive ${slug} --plan\`, then repeat the slug: \`atoll archive ${slug} --confirm ${slug}\`.`,
      field: "confirm",
    });
  return yield* withDesk(context, { worker: true, about: slug }, async function* (desk) {
    const outcome = yield* followRun(desk, "archive", slug, {
      input,
      done: ({ durationMs }) =>
        `\n${paint("green", "✓")} ${slug} is archived  (${duration(durationMs)}). \`atoll repair ${slug}\` makes its things anew.`,
    });
    return withProof(desk, outcome);
  });
}
