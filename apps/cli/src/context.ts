import { openRuntime, type Runtime, type RuntimeOptions } from "@atoll/hub/runtime";
import type { Handler, Outcome, Progress } from "./output/outcome.ts";

/** What every command gets: the environment, and a way to open the machinery it needs. */
export interface CommandContext {
  env: NodeJS.ProcessEnv;
  /** Opens store, providers and blueprints; remarks (a cloud was started, ...) are yielded to the person. */
  open(options: Pick<RuntimeOptions, "worker">): Promise<Runtime>;
  /** Remarks made since the last call. */
  remarks(): Progress[];
}

/** The context of a real process. */
export function commandContext(env: NodeJS.ProcessEnv): CommandContext {
  let told: Progress[] = [];
  return {
    env,
    open: (options) =>
      openRuntime({ ...options, env, remark: (text) => told.push({ type: "remark", text }) }),
    remarks: () => {
      const now = told;
      told = [];
      return now;
    },
  };
}

/** Does a command's work with an open runtime, which is closed whatever happens. */
export async function* withRuntime(
  context: CommandContext,
  options: Pick<RuntimeOptions, "worker">,
  work: (runtime: Runtime) => Handler | Promise<Outcome>,
): Handler {
  const runtime = await context.open(options);
  try {
    yield* context.remarks();
    const working = work(runtime);
    return working instanceof Promise ? await working : yield* working;
  } finally {
    await runtime.close();
  }
}
