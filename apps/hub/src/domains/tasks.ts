import { Fault } from "@atoll/core/fault";
import type { Look, Situation, Task } from "@atoll/core/operation";
import type { DomainState } from "@atoll/provider-kit/custom-domain";
import type { Accounts } from "../accounts.ts";
import type { Store } from "../store/store.ts";
import type { SitePlace } from "./place.ts";
import {
  choosePrimary,
  claimDomain,
  type DomainRow,
  dropDomain,
  findDomain,
  letIn,
  mustBeFree,
  writeRecords,
} from "./rows.ts";

/** What every task of a domain works with. */
export interface DomainJob {
  store: Store;
  auth: Accounts["authSite"];
  place: SitePlace;
  at: Situation;
  domain: string;
  /** What looks of this tick noted, by task. */
  fresh: Map<string, unknown>;
}

/** Of this very tick, too: what a look has just found is not among the notes yet when its act reads them. */
const noted = <T>({ at, fresh }: DomainJob, step: string) =>
  (fresh.get(step) ?? at.notes.get(step)) as T | undefined; // each reads what it wrote

function keep<T>({ fresh }: DomainJob, step: string, note: T): T {
  fresh.set(step, note);
  return note;
}

const stateAt = ({ place, domain }: DomainJob) => place.host.domains.state(place.siteId, domain);
const listAt = ({ place }: DomainJob) => place.host.domains.list(place.siteId);

const siteKind = ({ place }: DomainJob) => place.kind.replace(/\.[^.]*$/, ".domain");

/** Its DNS leads to the host, and the host took it. */
const leads = ({ verified, misconfigured }: DomainState) => verified && !misconfigured;

async function mustFind({ store, place, domain }: DomainJob): Promise<DomainRow> {
  const row = await findDomain(store, place.slug, domain);
  if (row !== undefined) return row;
  throw new Fault("rejected", {
    what: `"${place.slug}" does not have the domain ${domain}.`,
    next: `Add it first: \`atoll domain add ${place.slug} ${domain}\`.`,
    field: "domain",
  });
}

// --- add

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

// --- verify

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

// --- primary

/** Refuses to make a domain the instance's address that does not work. */
async function mustLead(job: DomainJob): Promise<DomainRow> {
  const row = await mustFind(job);
  if (row.verified_at !== null && row.state === "live") return row;
  throw new Fault("rejected", {
    what: `${job.domain} is not live yet: mails would lead to a site that does not answer.`,
    next: `Set its DNS records, then wait until \`atoll domain list ${job.place.slug}\` says live.`,
    field: "domain",
  });
}

/** Moves the site's address at Auth: mails lead there from then on. */
export function siteUrlTask(job: DomainJob, to: string | undefined): Task {
  const { auth, place, domain } = job;
  return {
    step: "sign-in",
    kind: "supabase.auth-config",
    name: domain,
    needs: [],
    async look(): Promise<Look> {
      await mustLead(job);
      if (place.authRef === undefined) return { is: "done", note: { left: "Auth is the client's own" } };
      const { siteUrl } = await auth.read(place.authRef, []);
      if (to === undefined || siteUrl === to) return { is: "done" };
      return {
        is: "todo",
        does: "update",
        says: `moves the address of sign-ins from ${siteUrl} to ${to}`,
        note: keep(job, "sign-in", { from: siteUrl }),
      };
    },
    act: async () => {
      if (to !== undefined) await auth.move(place.authRef ?? "", { siteUrl: to });
      return noted<{ from: string }>(job, "sign-in");
    },
    async undo() {
      const from = noted<{ from?: string }>(job, "sign-in")?.from;
      if (from !== undefined && place.authRef !== undefined)
        await auth.move(place.authRef, { siteUrl: from });
    },
  };
}

/** Makes it the instance's first host. */
export function primaryTask(job: DomainJob): Task {
  const { store, place, domain } = job;
  const current = async () =>
    (
      await store
        .selectFrom("domains")
        .select("host")
        .where("subdomain", "=", place.slug)
        .where("is_primary", "=", true)
        .executeTakeFirst()
    )?.host;
  return {
    step: "primary",
    kind: "domain",
    name: domain,
    needs: ["sign-in"],
    async look(): Promise<Look> {
      const before = await current();
      if (before === domain) return { is: "done" };
      return {
        is: "todo",
        does: "update",
        says: "makes it the instance's first address",
        note: keep(job, "primary", { before: before ?? null }),
      };
    },
    act: async () => {
      await choosePrimary(store, place.slug, domain);
      return noted<object>(job, "primary");
    },
    undo: () =>
      choosePrimary(store, place.slug, noted<{ before: string | null }>(job, "primary")?.before ?? undefined),
  };
}

// --- remove

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
