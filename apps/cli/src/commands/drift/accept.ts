import type { InstanceDrift } from "@atoll/contract/schemas/drift";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { itemLines } from "./words.ts";

interface Chosen {
  slug: string;
  paths: string[];
}

const shown = (drift: InstanceDrift, said: string): Outcome => ({
  result: drift,
  text: [`${paint("green", "✓")} ${said}`, ...itemLines(drift.items)].join("\n"),
  exitCode: exitCode.ok,
});

/** `drift accept`: lets differences be. */
export async function* accept(context: CommandContext, { slug, paths }: Chosen): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) =>
    shown(
      await desk.drifts.accept(slug, paths, desk.operator),
      `Accepted in ${slug}: nobody is told until it changes.`,
    ),
  );
}

/** `drift unaccept`: takes it back. */
export async function* unaccept(context: CommandContext, { slug, paths }: Chosen): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) =>
    shown(await desk.drifts.unaccept(slug, paths, desk.operator), `Not accepted any more in ${slug}.`),
  );
}
