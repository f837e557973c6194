import { keepWorkers } from "@atoll/hub/environments/workers";
import { startHub } from "@atoll/hub/start";
import { consoleFolder } from "../../console-folder.ts";
import type { CommandContext } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { mainProgram } from "../../program.ts";
import { openTelling } from "../../telling.ts";
import { interrupted } from "../../until-interrupted.ts";

/**
 * Serves the hub until it is asked to end. With `worker` it does runs, too: those of the default environment in
 * this process, those of each further one in a process of their own.
 */
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
      const telling = openTelling();
      const workers = input.worker
        ? keepWorkers({ env: context.env, program: mainProgram, tell: telling.tell })
        : undefined;
      try {
        yield* telling.until(ending);
      } finally {
        await workers?.stop();
      }
    } finally {
      await running.close();
    }
  } finally {
    await runtime.close();
  }
  return { result: { ended: true }, text: "Ended.", exitCode: exitCode.ok };
}
