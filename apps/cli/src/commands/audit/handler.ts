import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";

/** Goes through the audit log's chain of hashes: was a row changed or removed? */
export async function* audit(context: CommandContext): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const check = await desk.verifyAudit();
    return {
      result: check,
      text: check.ok
        ? `${paint("green", "✓")} ${check.what}`
        : `${paint("red", "✗")} ${check.what}\n  next  Compare with a backup of the hub's database; whoever can write there can do this.`,
      exitCode: check.ok ? exitCode.ok : exitCode.differs,
    };
  });
}
