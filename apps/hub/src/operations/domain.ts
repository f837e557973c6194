import { Fault } from "@atoll/core/fault";
import type { Operation, Task } from "@atoll/core/operation";
import { claimTask, hostTask, recordsTask } from "../domains/add-tasks.ts";
import { type DomainAsked, domainAskedIn } from "../domains/asked.ts";
import type { DomainJob } from "../domains/job.ts";
import { placeOf } from "../domains/place.ts";
import { primaryTask, siteUrlTask } from "../domains/primary-tasks.ts";
import { authLeavesTask, hostLeavesTask, mustHaveTask, nameLeavesTask } from "../domains/remove-tasks.ts";
import { authTask, resolverTask, standingTask, verifyTask } from "../domains/verify-tasks.ts";
import { isWithin } from "../resolver/host.ts";
import type { LaterDesk } from "./desk.ts";

/**
 * Gives an instance's site a custom domain, or takes one away: at the site's host, at the instance's Auth, and for
 * resolvers. What a domain's DNS is to hold is noted; the watch over domains asks for the rest when it is there.
 */
export function domain(later: LaterDesk): Operation {
  return {
    kind: "domain",
    from: ["live", "paused", "failed"],
    input: domainAskedIn,
    async tasks(at) {
      const { store, accounts, ownAddresses } = await later;
      const asked = at.input as DomainAsked; // as `input` gave it
      const own = ownAddresses?.();
      if (own !== undefined) mustNotBeOurs(asked.domain, own);
      const place = placeOf(accounts, at);
      const job = { store, auth: accounts.authSite, place, at, domain: asked.domain, fresh: new Map() };
      return tasksFor(asked.do, job);
    },
  };
}

function tasksFor(deed: DomainAsked["do"], job: DomainJob): Task[] {
  switch (deed) {
    case "add":
      return [claimTask(job), hostTask(job), recordsTask(job)];
    case "verify":
      return [verifyTask(job), authTask(job), resolverTask(job), standingTask(job)];
    case "primary":
      return [siteUrlTask(job, `https://${job.domain}`), primaryTask(job)];
    case "remove": {
      const first = mustHaveTask(job);
      const rest = [authLeavesTask(job), hostLeavesTask(job), nameLeavesTask(job)];
      return [first, ...rest.map((each, index) => (index === 0 ? { ...each, needs: [first.step] } : each))];
    }
  }
}

/** Names below our own domain are instances' subdomains, and the hub's own address is the hub's. */
function mustNotBeOurs(
  name: string,
  { domain: ours, baseUrl }: { domain: string | undefined; baseUrl: string },
) {
  const isHubs = name === new URL(baseUrl).hostname;
  if (!isHubs && (ours === undefined || !isWithin(name, ours))) return;
  throw new Fault("rejected", {
    what: isHubs
      ? `${name} is the hub's own address.`
      : `${name} is ours: names below ${ours} are instances' subdomains.`,
    next: "Choose a domain of the client's own.",
    field: "domain",
  });
}
