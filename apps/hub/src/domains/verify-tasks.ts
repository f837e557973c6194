import { Fault } from "@atoll/core/fault";
import type { Look, Task } from "@atoll/core/operation";
import { type DomainJob, leads, listAt, mustFind, noted, siteKind, stateAt } from "./job.ts";
import { letIn, writeRecords } from "./rows.ts";
import { isNews, writeSeen } from "./seen.ts";

/** Has the host look at the DNS once. What it does not find is no failure: the state says what is missing. */
export function verifyTask(job: DomainJob): Task {
  const { store, place, domain } = job;
  return {
    step: "host",
    kind: siteKind(job),
    name: domain,
    needs: [],
    async look(): Promise<Look> {
      const row = await mustFind(job);
      const was = noted<{ asked?: true }>(job, "host");
      if (!(await listAt(job)).includes(domain)) {
        if (row.found || was?.asked) throw leftHost(job);
        return { is: "todo", does: "create", says: `adds it to the site at ${place.host.name} again` };
      }
      const state = await stateAt(job);
      const isWell = leads(state) && state.certificate.state === "issued";
      if (isWell || was?.asked)
        return {
          is: "done",
          note: {
            asked: true,
            leads: leads(state),
            certificate: state.certificate,
            ...(!leads(state) && { missing: state.records }),
          },
        };
      return { is: "todo", does: "update", says: `has ${place.host.name} look at its DNS` };
    },
    async act() {
      if (!(await listAt(job)).includes(domain)) await place.host.domains.add(place.siteId, domain);
      const { records } = await place.host.domains.verify(place.siteId, domain);
      await writeRecords(store, domain, records);
      return { asked: true };
    },
  };
}

const leftHost = ({ place, domain }: DomainJob) =>
  new Fault("rejected", {
    what: `The site at ${place.host.name} does not have ${domain} any more.`,
    next: `Remove it here and add it again: \`atoll domain remove ${place.slug} ${domain}\`.`,
    field: "domain",
  });

/** Does the domain lead to its site? As the host says now. */
const isLeading = async (job: DomainJob) =>
  (await listAt(job)).includes(job.domain) && leads(await stateAt(job));

/** Lets links of the instance's Auth lead to the domain, once it is proven to be the instance's. */
export function authTask(job: DomainJob): Task {
  const { auth, place, domain } = job;
  return {
    step: "sign-in",
    kind: "supabase.auth-config",
    name: domain,
    needs: ["host"],
    async look(): Promise<Look> {
      const ref = place.authRef;
      if (ref === undefined) return { is: "done", note: { left: "Auth is the client's own" } };
      const { lets } = await auth.read(ref, [domain]);
      if (lets.length > 0 || !(await isLeading(job))) return { is: "done" };
      return { is: "todo", does: "update", says: `lets links of sign-ins lead to https://${domain}` };
    },
    act: async () => auth.move(place.authRef ?? "", { come: [domain] }),
    undo: async () => {
      if (place.authRef !== undefined) await auth.move(place.authRef, { gone: [domain] });
    },
  };
}

/** Has resolvers lead the domain to the instance. */
export function resolverTask(job: DomainJob): Task {
  const { store, place, domain } = job;
  return {
    step: "resolver",
    kind: "domain",
    name: domain,
    needs: ["sign-in"],
    async look(): Promise<Look> {
      const row = await mustFind(job);
      if (row.verified_at !== null || !(await isLeading(job))) return { is: "done" };
      return { is: "todo", does: "update", says: `has resolvers lead it to ${place.slug}` };
    },
    act: () => letIn(store, domain, true),
    undo: () => letIn(store, domain, false),
  };
}

/** Notes how it stands by now: where no hub watches, nobody else does. */
export function standingTask(job: DomainJob): Task {
  const { store, domain } = job;
  return {
    step: "state",
    kind: "domain",
    name: domain,
    needs: ["resolver"],
    async look(): Promise<Look> {
      const row = await mustFind(job);
      if (!(await listAt(job)).includes(domain) || !isNews(row, await stateAt(job))) return { is: "done" };
      return { is: "todo", does: "update", says: "notes how it is" };
    },
    act: async () => writeSeen(store, await mustFind(job), { seen: await stateAt(job) }),
  };
}
