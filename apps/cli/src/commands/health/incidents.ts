import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { countIn } from "../schema/words.ts";
import { incidentText } from "./words.ts";

/** `health incidents`: the newest incidents. Exit code 3 when one of them is open. */
export async function* healthIncidents(
  context: CommandContext,
  { slug, open, limit: given }: { slug: string | undefined; open: boolean; limit: string },
): Handler {
  const limit = countIn("limit", given, 500);
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const { items } = await desk.monitor.incidents({ limit, slug, ...(open && { only: "open" }) });
    return {
      result: { items },
      text: items.length === 0 ? "No incidents." : items.map(incidentText).join("\n"),
      exitCode: items.every(({ closedAt }) => closedAt !== undefined) ? exitCode.ok : exitCode.differs,
    };
  });
}
