import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { withProof } from "../proof.ts";
import { watchRun } from "../run.ts";

/**
 * Removes everything that Atoll made for an instance, and proves it. `confirm` has to repeat the slug. One that cools
 * off is not waited for: until when it can be cancelled is said, and a worker does it then.
 */
export async function* destroy(
  context: CommandContext,
  { slug, confirm, now = false }: { slug: string; confirm: string | undefined; now?: boolean },
): Handler {
  if (confirm !== slug) {
    throw new Fault("rejected", {
      what: `Destroying "${slug}" removes its database, repository and deployment for good, and was not confirmed.`,
      next: `Repeat the slug: \`atoll destroy ${slug} --confirm ${slug}\`.`,
      field: "confirm",
    });
  }
  return yield* withDesk(context, { worker: true, about: slug }, async function* (desk) {
    const runId = await desk.destroy(slug, { by: desk.operator, now });
    const { notBefore } = (await desk.journal.runs(slug)).find(({ id }) => id === runId) ?? {};
    if (notBefore !== undefined && Date.parse(notBefore) > Date.now())
      return {
        result: { slug, run: runId, state: "waiting", notBefore },
        text: [
          `\n${paint("yellow", "…")} ${slug} cools off: nothing is removed before ${notBefore}. Its site goes on meanwhile.`,
          `  \`atoll cancel ${slug}\` keeps it. A worker removes it then: the hub, or \`atoll worker\`.`,
        ].join("\n"),
        exitCode: exitCode.ok,
      };
    const outcome = yield* watchRun(desk, "destroy", slug, runId, {
      done: ({ durationMs }) =>
        `\n${paint("green", "✓")} ${slug} is removed: every resource was looked for again and is gone  (${duration(durationMs)}). The slug stays reserved.`,
    });
    return withProof(desk, outcome);
  });
}
