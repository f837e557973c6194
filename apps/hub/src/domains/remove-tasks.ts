import { Fault } from "@atoll/core/fault";
import type { Look, Task } from "@atoll/core/operation";
import { type DomainJob, keep, listAt, mustFind, noted, siteKind } from "./job.ts";
import {
  choosePrimary,
  claimDomain,
  type DomainRow,
  dropDomain,
  findDomain,
  letIn,
  writeRecords,
} from "./rows.ts";

/** Has Auth forget the domain; where it was the site's address, that is its host's own again. */
export function authLeavesTask(job: DomainJob): Task {
  const { auth, place, domain } = job;
  const ref = place.authRef;
  return {
    step: "sign-in",
    kind: "supabase.auth-config",
    name: domain,
    needs: [],
    async look(): Promise<Look> {
      if (ref === undefined) return { is: "done", note: { left: "Auth is the client's own" } };
      const { siteUrl, lets } = await auth.read(ref, [domain]);
      const isAddress = siteUrl === `https://${domain}`;
      if (!isAddress && lets.length === 0) return { is: "done" };
      if (isAddress && place.url === undefined)
        throw new Fault("rejected", {
          what: `${domain} is the address of "${place.slug}", and its host's own is not known.`,
          next: "Repair the instance, then remove the domain.",
          field: "domain",
        });
      return {
        is: "todo",
        does: "update",
        says: isAddress
          ? `moves the address of sign-ins back to ${place.url}`
          : "lets no link of sign-ins lead there any more",
        note: keep(job, "sign-in", { isAddress, was: lets.length > 0 }),
      };
    },
    async act() {
      const { siteUrl } = await auth.read(ref ?? "", []);
      const isAddress = siteUrl === `https://${domain}` && place.url !== undefined;
      await auth.move(ref ?? "", { gone: [domain], ...(isAddress && { siteUrl: place.url }) });
      return noted<object>(job, "sign-in");
    },
    async undo() {
      const before = noted<{ isAddress?: boolean; was?: boolean }>(job, "sign-in");
      if (ref === undefined || before === undefined) return;
      await auth.move(ref, {
        ...(before.was && { come: [domain] }),
        ...(before.isAddress && { siteUrl: `https://${domain}` }),
      });
    },
  };
}

/** Takes it off the site at its host, unless it stood there before us. */
export function hostLeavesTask(job: DomainJob): Task {
  const { store, place, domain } = job;
  const { domains, name } = place.host;
  return {
    step: "host",
    kind: siteKind(job),
    name: domain,
    needs: ["sign-in"],
    async look(): Promise<Look> {
      const row = await findDomain(store, place.slug, domain);
      if (row === undefined) return { is: "done" }; // nothing of ours: another one's site may have it
      if (row.found) return { is: "done", note: { left: `it was at ${name} before us` } };
      if (!(await listAt(job)).includes(domain)) return { is: "done" };
      return { is: "todo", does: "remove", says: `takes it off the site at ${name}` };
    },
    act: () => domains.remove(place.siteId, domain),
    undo: () => domains.add(place.siteId, domain),
  };
}

/** What has to be put back where a removal is taken back. */
interface Kept {
  row: { found: boolean; verified: boolean; primary: boolean; records: DomainRow["records"] } | null;
}

/** Gives the name up: it leads nowhere. */
export function nameLeavesTask(job: DomainJob): Task {
  const { store, place, domain } = job;
  return {
    step: "name",
    kind: "domain",
    name: domain,
    needs: ["host"],
    async look(): Promise<Look> {
      const row = await findDomain(store, place.slug, domain);
      if (row === undefined) return { is: "done" };
      const kept: Kept = {
        row: {
          found: row.found,
          verified: row.verified_at !== null,
          primary: row.is_primary,
          records: row.records,
        },
      };
      return {
        is: "todo",
        does: "remove",
        says: `${domain} leads nowhere any more`,
        note: keep(job, "name", kept),
      };
    },
    async act() {
      await dropDomain(store, place.slug, domain);
      return noted<Kept>(job, "name");
    },
    async undo() {
      const row = noted<Kept>(job, "name")?.row;
      if (!row) return;
      const { kind, siteId, slug } = place;
      await claimDomain(store, { domain, slug, kind, siteId, found: row.found });
      await writeRecords(store, domain, row.records);
      if (row.verified) await letIn(store, domain, true);
      if (row.primary) await choosePrimary(store, slug, domain);
    },
  };
}

/** Refuses to remove what the instance does not have. */
export function mustHaveTask(job: DomainJob): Task {
  return {
    step: "domain",
    kind: "domain",
    name: job.domain,
    needs: [],
    async look(): Promise<Look> {
      // Once this run is on its way the name may be gone already.
      if (noted(job, "domain") !== undefined) return { is: "done" };
      await mustFind(job);
      return { is: "done", note: { there: true } };
    },
    act: async () => undefined,
  };
}
