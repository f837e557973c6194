import type { Operation } from "@atoll/core/operation";
import { type DeployAsked, deployAskedIn } from "../deployments/asked.ts";
import {
  answersTask,
  buildTask,
  type DeployJob,
  keepTask,
  moveTask,
  publishTask,
} from "../deployments/tasks.ts";
import { placeOf } from "../domains/place.ts";
import type { LaterDesk } from "./desk.ts";

/**
 * Builds an instance's site anew, goes back to an earlier deployment, or on to a newer one. It counts when the site has
 * answered; where it does not, visitors get again what they got before.
 */
export function deploy(later: LaterDesk): Operation {
  return {
    kind: "deploy",
    from: ["live", "failed"],
    input: deployAskedIn,
    async tasks(at) {
      const { store, accounts } = await later;
      const asked = at.input as DeployAsked; // as `input` gave it
      const job: DeployJob = { store, place: placeOf(accounts, at), at, asked, fresh: new Map() };
      if (asked.do === "redeploy")
        return [buildTask(job), publishTask(job), answersTask(job, ["published"]), keepTask(job)];
      return [moveTask(job), answersTask(job, ["deployment"]), keepTask(job)];
    },
  };
}
