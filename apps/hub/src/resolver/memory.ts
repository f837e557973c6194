import { answerOf, type ReadyAnswer } from "./answer.ts";
import { isWithin } from "./host.ts";
import { type ResolvedRow, standsBelow } from "./rows.ts";

/**
 * Ready answers of all instances by host. It holds what the registry holds and no more: what is unknown is what is not
 * here, so that asking for hosts at random leaves nothing behind.
 */
export interface Memory {
  byHost(host: string): ReadyAnswer | undefined;
  byName(subdomain: string): ReadyAnswer | undefined;
  size(): number;
  /** Everything anew. */
  replace(rows: readonly ResolvedRow[]): void;
  /** These subdomains anew; one without a row says nothing any more. */
  refresh(subdomains: Iterable<string>, rows: readonly ResolvedRow[]): void;
}

interface Known {
  answer: ReadyAnswer;
  hosts: string[];
}

/** An empty memory; `domain` is what subdomains stand below, those of `environment` if it is given. */
export function openMemory(domain: string | undefined, environment?: string): Memory {
  let names = new Map<string, Known>();
  let hosts = new Map<string, Known>();

  function add(row: ResolvedRow): void {
    const own = domain === undefined || !standsBelow(row, environment) ? [] : [`${row.subdomain}.${domain}`];
    // Names below the domain are subdomains' alone, though a hub that knows of no domain let one be written down.
    const others = row.hosts.filter((host) => domain === undefined || !isWithin(host, domain));
    const known = { answer: answerOf(row), hosts: [...own, ...others] };
    names.set(row.subdomain, known);
    for (const host of known.hosts) hosts.set(host, known);
  }

  function forget(subdomain: string): void {
    const known = names.get(subdomain);
    if (known === undefined) return;
    names.delete(subdomain);
    // A host that went over to another instance is that one's already.
    for (const host of known.hosts) if (hosts.get(host) === known) hosts.delete(host);
  }

  return {
    byHost: (host) => hosts.get(host)?.answer,
    byName: (subdomain) => names.get(subdomain)?.answer,
    size: () => names.size,
    replace(rows) {
      names = new Map();
      hosts = new Map();
      for (const row of rows) add(row);
    },
    refresh(subdomains, rows) {
      for (const subdomain of subdomains) forget(subdomain);
      for (const row of rows) add(row);
    },
  };
}
