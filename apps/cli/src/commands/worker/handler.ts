import { environmentsOf } from "@atoll/hub/environments/names";
import { foreignVariables } from "@atoll/hub/environments/variables";
import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { abandoned, interrupted } from "../../until-interrupted.ts";

/**
 * Does runs of one environment until it is asked to end, or until the process that keeps it is gone: several workers
 * share one journal, and take over from one that dies.
 */
export async function* worker(context: CommandContext, input: { environment?: string }): Handler {
  const ending = Promise.race([interrupted(), abandoned()]);
  const several = environmentsOf(context.env) ?? [];
  const runtime = await context.open({
    worker: true,
    environment: input.environment ?? several[0]?.name,
  });
  const [environment] = runtime.environments;
  try {
    yield* context.remarks();
    const foreign = foreignVariables(context.env, several, environment);
    if (foreign.length > 0)
      yield {
        type: "remark",
        text: `This worker needs the variables of "${environment}" only, and was given those of others: ${foreign.join(", ")}.`,
      };
    const whose = several.length > 0 ? ` for "${environment}"` : "";
    yield { type: "remark", text: `Working${whose}; Ctrl-C gives the work back and ends.` };
    await ending;
  } finally {
    await runtime.close();
    if (process.connected) process.disconnect();
  }
  return {
    result: { ended: true, environment },
    text: "Ended; what was under way goes on at another worker.",
    exitCode: exitCode.ok,
  };
}
