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

interface DomainBody {
  name: string;
  apexName: string;
  verified: boolean;
  /** Only that of production counts: a domain with a branch shows a preview. */
  gitBranch?: string | null;
  verification?: { type: string; domain: string; value: string }[];
}

interface ConfigBody {
  misconfigured: boolean;
  recommendedIPv4?: { rank: number; value: string[] }[];
  recommendedCNAME?: { rank: number; value: string }[];
}

interface Page {
  pagination?: { next: number | null };
}

interface DomainsOptions {
  /** Milliseconds since 1970; the default is this machine's clock. */
  now?(): number;
}

const host = "Vercel";
const path = "/v9/projects/{projectId}/domains";

/** Custom domains of Vercel projects ("prj_…"), by Vercel's public API: verification, DNS and certificates. */
export function domains(api: Http, { now = Date.now }: DomainsOptions = {}): Domains {
  const of = (projectId: string, domain?: string) => ({
    params: { projectId, ...(domain !== undefined && { domain }) },
  });
  const read = (projectId: string, domain: string) =>
    api.getOrGone<DomainBody>(`${path}/{domain}`, of(projectId, domain));

  /** Pages of a list: Vercel gives the `until` of the next one. */
  async function* pages<T extends Page>(at: string, call: object): AsyncGenerator<T> {
    for (let until: number | null | undefined; until !== null; ) {
      const page: T = await api.get<T>(at, { ...call, query: { limit: 100, until } });
      yield page;
      until = page.pagination?.next ?? null;
    }
  }

  async function list(projectId: string): Promise<string[]> {
    const found: string[] = [];
    for await (const page of pages<Page & { domains: DomainBody[] }>(path, of(projectId)))
      for (const { name, gitBranch } of page.domains)
        if (!gitBranch && !name.endsWith(".vercel.app")) found.push(name);
    return found;
  }

  async function add(projectId: string, domain: string): Promise<void> {
    try {
      await api.post("/v10/projects/{projectId}/domains", {
        ...of(projectId),
        body: { name: domain },
        safe: true,
      });
    } catch (fault) {
      // 400 = on this project already, or not a domain; 409 = on another one.
      if (!(fault instanceof HttpFault) || (fault.status !== 400 && fault.status !== 409)) throw fault;
      if (await read(projectId, domain)) return;
      throw fault.status === 409 ? domainTaken(host, domain) : fault;
    }
  }

  /** When the team's newest certificate for the domain ends. */
  async function certificateEnd(domain: string): Promise<number | undefined> {
    const wildcard = domain.replace(/^[^.]+/, "*");
    let end: number | undefined;
    for await (const page of pages<Page & { certs: { cns: string[]; expiresAt: number }[] }>("/v8/certs", {}))
      for (const { cns, expiresAt } of page.certs)
        if (cns.includes(domain) || cns.includes(wildcard)) end = Math.max(end ?? 0, expiresAt);
    return end;
  }

  async function stateOf(projectId: string, body: DomainBody): Promise<DomainState> {
    const domain = body.name;
    const config = await api.get<ConfigBody>("/v6/domains/{domain}/config", {
      params: { domain },
      query: { projectIdOrName: projectId },
    });
    const { verified } = body;
    const { misconfigured } = config;
    const end = verified ? await certificateEnd(domain) : undefined;
    return {
      verified,
      records: recordsOf(body, config),
      misconfigured,
      certificate: certificateState(end, verified && !misconfigured, now()),
    };
  }

  async function state(projectId: string, domain: string): Promise<DomainState> {
    const body = await read(projectId, domain);
    if (!body) throw domainMissing(host, domain);
    return await stateOf(projectId, body);
  }

  return {
    list,
    add,
    state,

    async remove(projectId, domain) {
      await api.delete(`${path}/{domain}`, of(projectId, domain));
    },

    async verify(projectId, domain) {
      const before = await read(projectId, domain);
      if (!before) throw domainMissing(host, domain);
      if (before.verified) return await stateOf(projectId, before);
      try {
        await api.post(`${path}/{domain}/verify`, { ...of(projectId, domain), safe: true });
      } catch (fault) {
        // 400: the record is not there yet, or is another one. The state says what is missing.
        if (!(fault instanceof HttpFault) || fault.status !== 400) throw fault;
      }
      return await state(projectId, domain);
    },
  };
}

/** Lowest rank first: Vercel prefers that. */
const preferred = <T>(ranked: { rank: number; value: T }[] | undefined): T | undefined =>
  ranked?.toSorted((a, b) => a.rank - b.rank)[0]?.value;

function recordsOf({ name, apexName, verification = [] }: DomainBody, config: ConfigBody): DnsRecord[] {
  const proofs = verification.map(({ type, domain, value }) => ({
    type,
    name: domain,
    value,
    why: "Proves that the domain is yours, since another Vercel account has used it.",
  }));
  const cname = preferred(config.recommendedCNAME);
  const why = "Leads visitors to the site.";
  // An apex cannot have a CNAME beside its SOA and NS records.
  if (name !== apexName && cname !== undefined)
    return [...proofs, { type: "CNAME", name, value: cname, why }];
  const addresses = preferred(config.recommendedIPv4) ?? [];
  return [...proofs, ...addresses.map((value) => ({ type: "A", name, value, why }))];
}
