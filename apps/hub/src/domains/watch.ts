import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import type { DomainState, Domains } from "@atoll/provider-kit/custom-domain";
import { sql } from "kysely";
import type { Accounts } from "../accounts.ts";
import { inPool } from "../schema/pool.ts";
import { reportOf } from "../schema/states.ts";
import type { Letters } from "../services/letters.ts";
import type { Store } from "../store/store.ts";
import type { DomainRow } from "./rows.ts";
import { type Found, writeSeen } from "./seen.ts";
import { tellOfDomains } from "./tell.ts";

/** An environment, as far as its domains need it. */
export interface DomainPlace {
  name: string;
  accounts: Pick<Accounts, "sites">;
  journal: Pick<Journal, "submit">;
}

interface Watching {
  store(): Promise<Store>;
  environments: readonly DomainPlace[];
  everyMs: number;
}

/** One round of the watch over custom domains. */
export type DomainWatch = (telling: { letters: Letters; baseUrl: string }) => Promise<void>;

/** Who asks for runs here, as their author and in the audit log. */
const watcher = "domain watch";

const atOnce = 4;
const atATick = 50;
// A look that dies with its hub is taken up by another one after so long, in milliseconds.
const lostAfterMs = 120_000;

type Due = DomainRow & { environment: string; due: string };

/** Looks at domains that are due, has runs let in what leads here now, and tells once of each that broke. */
export function watchDomains({ store, environments, everyMs }: Watching): DomainWatch {
  return async (telling) => {
    if (everyMs === 0) return;
    const db = await store();
    const due = await dueDomains(
      db,
      environments.map(({ name }) => name),
    );
    await inPool(due, atOnce, async (row) => {
      const place = environments.find(({ name }) => name === row.environment);
      const host = place?.accounts.sites.get(row.site_kind);
      if (place === undefined || host === undefined || !(await take(db, row))) return;
      const { domains } = host;
      const found = await seenAt(domains, row);
      await writeSeen(db, row, found, everyMs);
      // What is not ours to change in passing is changed by a run.
      if (found.seen && leads(found.seen) && row.verified_at === null)
        await place.journal
          .submit("domain", row.subdomain, { by: watcher, input: { do: "verify", domain: row.host } })
          .catch((error: unknown) => {
            if (!(error instanceof Fault)) throw error; // a run is under way: at the next look
          });
    });
    await tellOfDomains(db, telling);
  };
}

const leads = ({ verified, misconfigured }: DomainState) => verified && !misconfigured;

async function dueDomains(store: Store, environments: readonly string[]): Promise<Due[]> {
  const { rows } = await sql<Due>`select d.*, i.environment, d.due_at::text as due
    from atoll.domains d join atoll.instances i on i.slug = d.subdomain
    where d.site_id is not null and d.due_at <= clock_timestamp() and i.environment = any(${[...environments]}::text[])
      and i.state in ('live', 'updating', 'failed', 'paused')
    order by d.due_at limit ${atATick}`.execute(store);
  return rows;
}

/** Takes a turn, so that no other hub takes it. */
async function take(store: Store, { host, due }: Due): Promise<boolean> {
  const taken = await sql`update atoll.domains
    set due_at = clock_timestamp() + ${lostAfterMs}::float8 * interval '1 millisecond'
    where host = ${host} and due_at::text = ${due}`.execute(store);
  return taken.numAffectedRows === 1n;
}

/** One that works is only looked at; of any other the host is asked to look at the DNS itself. */
async function seenAt(domains: Domains, row: Due): Promise<Found> {
  try {
    const isWell = row.state === "live" && row.misses === 0;
    return {
      seen: await (isWell ? domains.state(row.site_id, row.host) : domains.verify(row.site_id, row.host)),
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // The site does not have it: somebody took it off there. Every other trouble says nothing of the domain.
    if (error.kind !== "rejected") return { problem: reportOf(error) };
    const gone: DomainState = {
      verified: false,
      misconfigured: true,
      records: row.records,
      certificate: { state: "none" },
    };
    return { seen: gone, problem: reportOf(error) };
  }
}
