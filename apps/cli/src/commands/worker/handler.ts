import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { interrupted } from "../../until-interrupted.ts";

/** Does runs until it is asked to end: several of them share one journal, and take over from one that dies. */
export async function* worker(context: CommandContext): Handler {
  const ending = interrupted();
  const runtime = await context.open({ worker: true });
  try {
    yield* context.remarks();
    yield { type: "remark", text: "Working; Ctrl-C gives the work back and ends." };
    await ending;
  } finally {
    await runtime.close();
  }
  return {
    result: { ended: true },
    text: "Ended; what was under way goes on at another worker.",
    exitCode: exitCode.ok,
  };
}
