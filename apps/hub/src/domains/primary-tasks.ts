import { Fault } from "@atoll/core/fault";
import type { Look, Task } from "@atoll/core/operation";
import { type DomainJob, keep, mustFind, noted } from "./job.ts";
import { choosePrimary, type DomainRow } from "./rows.ts";

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
