import { Fault } from "@atoll/core/fault";
import type { Deployed } from "@atoll/provider-kit/deployments";
import type { DeployAsked } from "./asked.ts";

/** Which deployment is meant, and what visitors get now. */
export interface Chosen {
  /** What visitors get now; undefined = nothing. */
  from: Deployed | undefined;
  to: Deployed;
  /** `to` is the newest that could be shown: nothing newer is kept from visitors by showing it. */
  isNewest: boolean;
}

const refused = (what: string, next: string) => new Fault("rejected", { what, next, field: "deployment" });

/** Chooses among a site's deployments (newest first) what was asked for. Throws a fault where there is none such. */
export function chooseDeployment(list: readonly Deployed[], asked: DeployAsked): Chosen {
  const from = list.find(({ isCurrent }) => isCurrent);
  const ready = list.filter(({ state }) => state === "ready");
  const to =
    asked.deployment === undefined
      ? nearest(asked.do, ready, from, list)
      : list.find(({ id }) => id === asked.deployment);
  if (to === undefined && asked.deployment === undefined)
    throw refused(
      `There is no ${asked.do === "rollback" ? "earlier deployment that is ready to go back to" : `deployment to ${asked.do}`}.`,
      asked.do === "rollback" ? "Redeploy, or mend it by a push." : "Push something to its repository first.",
    );
  if (to === undefined)
    throw refused(
      `The site does not have the deployment ${asked.deployment} (any more).`,
      "Choose one of the deployments that are listed.",
    );
  if (asked.do !== "redeploy" && to.state !== "ready")
    throw refused(
      `The deployment ${to.id} is ${to.state}: visitors can get only one that is ready.`,
      "Choose another one.",
    );
  if (asked.do === "rollback" && from !== undefined && to.id !== from.id && to.createdAt > from.createdAt)
    throw refused(
      `The deployment ${to.id} is newer than what visitors get.`,
      "Promote it: going back is for earlier ones.",
    );
  return { from, to, isNewest: ready[0] === undefined || to.createdAt >= ready[0].createdAt };
}

function nearest(
  deed: DeployAsked["do"],
  ready: readonly Deployed[],
  from: Deployed | undefined,
  list: readonly Deployed[],
): Deployed | undefined {
  if (deed === "promote") return ready[0];
  if (deed === "redeploy") return from ?? list[0];
  return ready.find(
    ({ createdAt, id }) => from === undefined || (createdAt < from.createdAt && id !== from.id),
  );
}
