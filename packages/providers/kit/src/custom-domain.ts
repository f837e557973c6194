import { Fault } from "@atoll/core/fault";

/** A record that has to stand in the DNS of a domain. */
export interface DnsRecord {
  type: "A" | "CNAME" | "TXT" | (string & {});
  /** In full: "_vercel.example.com". */
  name: string;
  value: string;
  /** What it is for, one sentence. */
  why: string;
}

/** The certificate of a domain. `failed` = it has ended, and no newer one came. */
interface Certificate {
  state: "none" | "pending" | "issued" | "failed";
  /** ISO 8601. */
  expiresAt?: string;
}

/** How a host sees one custom domain of a site. */
export interface DomainState {
  /** The host took it as this site's. Until then it serves nothing there. */
  verified: boolean;
  /** What its DNS has to hold, whether it does or not. */
  records: DnsRecord[];
  /** Its DNS does not lead to the host (any more). */
  misconfigured: boolean;
  certificate: Certificate;
}

/** A host's custom domains of its sites, by the host's id of a site. Domains are in small letters, without scheme. */
export interface Domains {
  list(siteId: string): Promise<string[]>;
  /** There already is success; at another site, ours or somebody's, is a fault "not-ours". */
  add(siteId: string, domain: string): Promise<void>;
  /** Gone already is success. */
  remove(siteId: string, domain: string): Promise<void>;
  /** Reads only. A fault "rejected" where the site does not have the domain. */
  state(siteId: string, domain: string): Promise<DomainState>;
  /** Has the host look at the DNS now, as far as it does that on demand; then as `state`. */
  verify(siteId: string, domain: string): Promise<DomainState>;
}

/** Says that a domain is at another site of the host. */
export const domainTaken = (host: string, domain: string) =>
  new Fault("not-ours", {
    what: `The domain ${domain} belongs to another site at ${host}.`,
    next: `Remove it there, or prove to ${host} that it is yours, then add it again.`,
  });

/** Says that a site does not have a domain that was asked about. */
export const domainMissing = (host: string, domain: string) =>
  new Fault("rejected", {
    what: `The site at ${host} does not have the domain ${domain}.`,
    next: "Add the domain again, or take it off the instance.",
  });

/** The state of the newest certificate by when it ends (milliseconds since 1970; absent = there is none). */
export function certificateState(
  expiresAtMs: number | undefined,
  isAwaited: boolean,
  nowMs: number,
): Certificate {
  if (expiresAtMs === undefined) return { state: isAwaited ? "pending" : "none" };
  const expiresAt = new Date(expiresAtMs).toISOString();
  return { state: expiresAtMs > nowMs ? "issued" : "failed", expiresAt };
}
