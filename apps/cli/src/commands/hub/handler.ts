import { startHub } from "@atoll/hub/start";
import { consoleFolder } from "../../console-folder.ts";
import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { interrupted } from "../../until-interrupted.ts";

/** Serves the hub until it is asked to end. Runs are done by workers: in this process only with `worker`. */
export async function* hub(context: CommandContext, input: { worker: boolean }): Handler {
  const ending = interrupted();
  const runtime = await context.open({ worker: input.worker });
  try {
    const folder = consoleFolder();
    const running = await startHub({
      runtime,
      env: context.env,
      ...(folder !== undefined && { consoleFolder: folder }),
    });
    try {
      yield* context.remarks();
      const link = await running.firstOwnerLink();
      const words =
        link === undefined ? "" : `\nThe first owner's link, which works once, for a day: ${link}`;
      yield { type: "remark", text: `The hub answers at ${running.url}${words}` };
      await ending;
    } finally {
      await running.close();
    }
  } finally {
    await runtime.close();
  }
  return { result: { ended: true }, text: "Ended.", exitCode: exitCode.ok };
}
