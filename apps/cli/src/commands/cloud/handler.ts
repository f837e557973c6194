import { Fault } from "@atoll/core/fault";
import { runningCloud, startCloud } from "@atoll/hub/cloud";
import { stopClouds } from "@atoll/hub/environments/clouds";
import { homeFolder } from "@atoll/hub/home";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";

type CloudAction = "start" | "stop" | "status";

const actions: readonly CloudAction[] = ["start", "stop", "status"];

/** Starts, ends or shows the local cloud: emulators of every provider, a process of its own. */
export async function* cloud(env: NodeJS.ProcessEnv, input: { action: string; args: string[] }): Handler {
  const home = homeFolder(env);
  switch (actions.find((each) => each === input.action)) {
    case "start": {
      const { cloud: running, pid, startedHere } = await startCloud(home, { args: input.args, env });
      const text = [
        `${paint("green", "✓")} The local cloud ${startedHere ? "is up" : "was running already"} at ${running.url} (process ${pid}).`,
        `  mailbox    ${running.url}/mailbox`,
        `  inventory  ${running.url}/control/inventory`,
        "  `atoll cloud stop` ends it; what it holds stays in the home folder.",
      ];
      return { result: { url: running.url, pid, startedHere }, text: text.join("\n"), exitCode: exitCode.ok };
    }
    case "stop": {
      const stopped = await stopClouds(env, home);
      return {
        result: { stopped },
        text: stopped ? "The local cloud has ended." : "No local cloud was running.",
        exitCode: exitCode.ok,
      };
    }
    case "status": {
      const running = await runningCloud(home);
      return {
        result:
          running === undefined ? { running: false } : { running: true, url: running.url, pid: running.pid },
        text:
          running === undefined
            ? "No local cloud is running. `atoll cloud start` starts one."
            : `The local cloud runs at ${running.url} (process ${running.pid}).`,
        exitCode: running === undefined ? exitCode.differs : exitCode.ok,
      };
    }
    default:
      throw new Fault("rejected", {
        what: `"${input.action}" is nothing that the local cloud can do.`,
        next: `Use one of: ${actions.join(", ")}.`,
        field: "action",
      });
  }
}
