import type { Look, Task } from "@atoll/core/operation";
import { type DomainJob, keep, listAt, noted, siteKind, stateAt } from "./job.ts";
import { claimDomain, dropDomain, findDomain, mustBeFree, writeRecords } from "./rows.ts";

/** Takes the name for this instance before anybody else is asked. */
export function claimTask(job: DomainJob): Task {
  const { store, place, domain } = job;
  return {
    step: "name",
    kind: "domain",
    name: domain,
    needs: [],
    async look(): Promise<Look> {
      await mustBeFree(store, place.slug, domain);
      if ((await findDomain(store, place.slug, domain)) !== undefined) return { is: "done" };
      // What stood at the site before us stays there when the domain is removed here.
      const found = (await listAt(job)).includes(domain);
      return {
        is: "todo",
        does: "create",
        says: `takes ${domain} for ${place.slug}`,
        note: keep(job, "name", { found }),
      };
    },
    async act() {
      const { found } = noted<{ found: boolean }>(job, "name") ?? { found: false };
      await claimDomain(store, { domain, slug: place.slug, kind: place.kind, siteId: place.siteId, found });
    },
    undo: () => dropDomain(store, place.slug, domain),
    did: "created",
  };
}

/** Adds it to the site at its host. */
export function hostTask(job: DomainJob): Task {
  const { place, domain } = job;
  const { domains, name } = place.host;
  return {
    step: "host",
    kind: siteKind(job),
    name: domain,
    needs: ["name"],
    async look(): Promise<Look> {
      if ((await listAt(job)).includes(domain)) return { is: "done" };
      return { is: "todo", does: "create", says: `adds it to the site at ${name}` };
    },
    act: () => domains.add(place.siteId, domain),
    undo: () => domains.remove(place.siteId, domain),
  };
}

/** Writes down what its DNS has to hold: shown from then on. */
export function recordsTask(job: DomainJob): Task {
  const { store, place, domain } = job;
  return {
    step: "dns-records",
    kind: "domain",
    name: domain,
    needs: ["host"],
    async look(): Promise<Look> {
      const row = await findDomain(store, place.slug, domain);
      if (row !== undefined && row.records.length > 0) return { is: "done", note: { records: row.records } };
      return { is: "todo", does: "update", says: "notes the DNS records that have to be set" };
    },
    async act() {
      const { records } = await stateAt(job);
      await writeRecords(store, domain, records);
      return { records };
    },
  };
}
