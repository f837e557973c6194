import { Fault } from "@atoll/core/fault";
import type { Runtime, RuntimeOptions } from "@atoll/hub/runtime";
import type { Desk } from "./desk.ts";
import type { Handler, Outcome, Progress } from "./output/outcome.ts";
import { remoteDesk } from "./remote.ts";

/** Whether runs are done here, with which provider accounts, and about which instance. */
type DeskOptions = Pick<RuntimeOptions, "worker" | "environment" | "about">;

/** What every command gets: the environment, and a way to open the machinery it needs. */
export interface CommandContext {
  env: NodeJS.ProcessEnv;
  /** Opens a running hub where ATOLL_URL names one, else the machinery itself in this process. */
  desk(options: DeskOptions): Promise<Desk>;
  /** Opens store, providers and blueprints; remarks (a cloud was started, ...) are yielded to the person. */
  open(options: DeskOptions): Promise<Runtime>;
  /** Remarks made since the last call. */
  remarks(): Progress[];
}

/** The context of a real process. */
export function commandContext(env: NodeJS.ProcessEnv): CommandContext {
  let told: Progress[] = [];
  const open: CommandContext["open"] = async (options) => {
    // Only now: `--help` and a mistyped line need none of it.
    const { openRuntime } = await import("@atoll/hub/runtime");
    return openRuntime({ ...options, env, remark: (text) => told.push({ type: "remark", text }) });
  };
  return {
    env,
    open,
    async desk(options) {
      const { ATOLL_URL: url, ATOLL_API_KEY: apiKey } = env;
      if (!url) return open(options);
      if (apiKey) return remoteDesk({ url, apiKey, environment: options.environment });
      throw new Fault("rejected", {
        what: "ATOLL_URL names a hub, and ATOLL_API_KEY is missing.",
        next: "Have an owner make an API key in the console (Team, API keys), or unset ATOLL_URL to work alone.",
        field: "ATOLL_API_KEY",
      });
    },
    remarks: () => {
      const now = told;
      told = [];
      return now;
    },
  };
}

/** Does a command's work at a desk, which is closed whatever happens. */
export async function* withDesk(
  context: CommandContext,
  options: DeskOptions,
  work: (desk: Desk) => Handler | Promise<Outcome>,
): Handler {
  const desk = await context.desk(options);
  try {
    yield* context.remarks();
    const working = work(desk);
    return working instanceof Promise ? await working : yield* working;
  } finally {
    await desk.close();
  }
}
