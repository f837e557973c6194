import { resolve4, resolveCname } from "node:dns/promises";
import {
  certificateState,
  type DnsRecord,
  type DomainState,
  type Domains,
  domainMissing,
  domainTaken,
} from "@atoll/provider-kit/custom-domain";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";

interface SiteBody {
  id: string;
  name: string;
  custom_domain?: string | null;
  domain_aliases?: string[] | null;
  managed_dns?: boolean;
}

interface CertificateBody {
  state?: string;
  domains?: string[];
  /** ISO 8601. */
  expires_at?: string;
}

/** What the DNS says of a name; empty where it says nothing. */
interface Resolved {
  a: string[];
  cname: string[];
}

interface DomainsOptions {
  /** Asks the DNS: Netlify's API does not tell what it sees there. Default: this machine's resolver. */
  resolve?(name: string): Promise<Resolved>;
  /** Milliseconds since 1970; the default is this machine's clock. */
  now?(): number;
}

const host = "Netlify";
// Netlify's docs, "Configure external DNS for a custom domain": both lead to the same load balancer.
const loadBalancer = { a: "75.2.60.5", name: "apex-loadbalancer.netlify.com" };

/**
 * Custom domains of Netlify sites (UUIDs). A site has one primary domain and aliases; which of them a domain becomes
 * depends on who came first. Netlify takes a domain as the site's at once, so it is verified when it is there.
 */
export function domains(api: Http, options: DomainsOptions = {}): Domains {
  const { resolve = resolveBySystem, now = Date.now } = options;
  const of = (siteId: string) => ({ params: { siteId } });

  async function read(siteId: string): Promise<{ body: SiteBody; domains: string[]; aliases: string[] }> {
    const body = await api.get<SiteBody>("/sites/{siteId}", of(siteId));
    const aliases = body.domain_aliases ?? [];
    return { body, aliases, domains: [...(body.custom_domain ? [body.custom_domain] : []), ...aliases] };
  }

  const change = (siteId: string, body: object) =>
    api.patch("/sites/{siteId}", { ...of(siteId), body, safe: true });

  async function add(siteId: string, domain: string): Promise<void> {
    const there = await read(siteId);
    if (there.domains.includes(domain)) return;
    try {
      await change(
        siteId,
        there.body.custom_domain ? { domain_aliases: [...there.aliases, domain] } : { custom_domain: domain },
      );
    } catch (fault) {
      if (fault instanceof HttpFault && fault.status === 422 && /must be unique/.test(fault.what))
        throw domainTaken(host, domain);
      throw fault;
    }
  }

  async function remove(siteId: string, domain: string): Promise<void> {
    const { body, domains, aliases } = await read(siteId);
    if (!domains.includes(domain)) return;
    const [first, ...others] = aliases;
    await change(
      siteId,
      body.custom_domain === domain
        ? { custom_domain: first ?? null, domain_aliases: others }
        : { domain_aliases: aliases.filter((each) => each !== domain) },
    );
  }

  async function certificateEnd(siteId: string, domain: string): Promise<number | undefined> {
    const held = await api.getOrGone<CertificateBody[]>("/sites/{siteId}/ssl/certificates", {
      ...of(siteId),
      query: { domain },
    });
    const ends = (held ?? []).flatMap(({ expires_at }) => (expires_at ? [Date.parse(expires_at)] : []));
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  async function state(siteId: string, domain: string): Promise<DomainState> {
    const { body, domains } = await read(siteId);
    if (!domains.includes(domain)) throw domainMissing(host, domain);
    const misconfigured = body.managed_dns !== true && !leadsTo(body.name, await resolve(domain));
    const end = await certificateEnd(siteId, domain);
    return {
      verified: true,
      records: recordsOf(body.name, domain),
      misconfigured,
      certificate: certificateState(end, !misconfigured, now()),
    };
  }

  return {
    list: async (siteId) => (await read(siteId)).domains,
    add,
    remove,
    state,

    async verify(siteId, domain) {
      const before = await state(siteId, domain);
      if (before.misconfigured || before.certificate.state === "issued") return before;
      try {
        await api.post("/sites/{siteId}/ssl", { ...of(siteId), safe: true });
      } catch (fault) {
        // 422: Netlify itself does not see the DNS yet, or has the certificate and renews it by itself.
        if (!(fault instanceof HttpFault) || fault.status !== 422) throw fault;
      }
      return await state(siteId, domain);
    },
  };
}

const bare = (name: string) => name.toLowerCase().replace(/\.$/, "");

function leadsTo(siteName: string, { a, cname }: Resolved): boolean {
  const targets = [`${siteName}.netlify.app`, loadBalancer.name];
  return a.includes(loadBalancer.a) || cname.some((each) => targets.includes(bare(each)));
}

function recordsOf(siteName: string, domain: string): DnsRecord[] {
  const why = "Leads visitors to the site.";
  // What is registered by itself; of "example.co.uk" a provider's form says that a CNAME is refused there.
  const isApex = domain.split(".").length === 2;
  return isApex
    ? [{ type: "A", name: domain, value: loadBalancer.a, why }]
    : [{ type: "CNAME", name: domain, value: `${siteName}.netlify.app`, why }];
}

/** A name that does not exist, or has no such record, is an empty answer; a resolver that fails is none. */
async function resolveBySystem(name: string): Promise<Resolved> {
  const orNone = (work: Promise<string[]>) =>
    work.catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTFOUND" || error.code === "ENODATA") return [];
      throw error;
    });
  const [a, cname] = await Promise.all([orNone(resolve4(name)), orNone(resolveCname(name))]);
  return { a, cname };
}
