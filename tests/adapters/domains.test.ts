import { request } from "node:http";
import { domains as netlifyDomains } from "@atoll/netlify/domains";
import type { DnsRecord, Domains } from "@atoll/provider-kit/custom-domain";
import { domains as vercelDomains } from "@atoll/vercel/domains";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudWithAdapters, faultOf } from "./adapters.ts";

let on: Awaited<ReturnType<typeof cloudWithAdapters>>;
beforeAll(async () => {
  on = await cloudWithAdapters();
});
afterAll(() => on?.close());

/** What the DNS of the local cloud's world says, as the resolver of a machine would. */
async function resolve(name: string) {
  const all: DnsRecord[] = (await on.cloud.call("GET", `/control/dns?name=${name}`)).body;
  const of = (type: string) => all.filter((each) => each.type === type).map(({ value }) => value);
  return { a: of("A"), cname: of("CNAME") };
}

/** Somebody's registrar: sets all records of a domain. */
const setDns = async (domain: string, records: readonly object[], more: object = {}) => {
  const { status } = await on.cloud.call("POST", "/control/dns", { domain, records, ...more });
  expect(status).toBe(201);
};
const asSet = (records: readonly DnsRecord[]) =>
  records.map(({ type, name, value }) => ({ type, name, value }));

/** What a site's server answers to who asks for a name. `fetch` would not send another host. */
function statusAt(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

const team = "teamId=team_atoll";
const hosts: {
  host: string;
  adapter(now?: () => number): Domains;
  /** A site with a deployment. */
  site(): Promise<{ id: string; url: string }>;
  /** Whether a new domain has to be proven by a TXT record. */
  proves: boolean;
}[] = [
  {
    host: "Vercel",
    adapter: (now) => vercelDomains(on.api.vercel, now && { now }),
    proves: true,
    async site() {
      const { id, name, repoId } = await on.vercelProject();
      const { body } = await on.behind.vercel(`POST /v13/deployments?forceNew=1&${team}`, {
        ...{ name, project: id, target: "production" },
        gitSource: { type: "github", repoId, ref: "main" },
      });
      const url = `http://${body.url}`;
      await expect.poll(async () => (await fetch(url)).status, { timeout: 20_000 }).toBe(200);
      return { id, url };
    },
  },
  {
    host: "Netlify",
    adapter: (now) => netlifyDomains(on.api.netlify, { resolve, ...(now && { now }) }),
    proves: false,
    async site() {
      const { id, url } = await on.netlifySite();
      await expect.poll(async () => (await fetch(url)).status, { timeout: 20_000 }).toBe(200);
      return { id, url };
    },
  },
];

let count = 0;
const newDomain = (sub = "www.") => `${sub}toko${++count}.example`;

describe.each(hosts)("custom domains at $host", ({ adapter, site, proves }) => {
  /** Added, its DNS set as the host says, verified, with its certificate. */
  async function ready(siteId: string, domain: string) {
    await adapter().add(siteId, domain);
    await setDns(domain, asSet((await adapter().state(siteId, domain)).records));
    await adapter().verify(siteId, domain);
    await expect.poll(async () => (await adapter().state(siteId, domain)).certificate.state).toBe("issued");
  }

  test("wait for the DNS, are verified, served, and get a certificate", async () => {
    const { id, url } = await site();
    const domain = newDomain();
    await adapter().add(id, domain);
    await adapter().add(id, domain);
    expect(await adapter().list(id)).toEqual([domain]);
    const before = await adapter().verify(id, domain);
    expect(before).toMatchObject({ verified: !proves, misconfigured: true, certificate: { state: "none" } });
    expect(await statusAt(url, domain)).toBe(proves ? 404 : 200);
    expect(before.records.map(({ type }) => type)).toEqual(proves ? ["TXT", "CNAME"] : ["CNAME"]);
    expect(before.records.every(({ why }) => why.endsWith("."))).toBe(true);

    await setDns(domain, asSet(before.records));
    expect(await adapter().verify(id, domain)).toMatchObject({ verified: true, misconfigured: false });
    await expect
      .poll(async () => (await adapter().state(id, domain)).certificate)
      .toMatchObject({
        state: "issued",
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      });
    expect(await statusAt(url, domain)).toBe(200);
    expect(await statusAt(url, `${domain}:443`)).toBe(200);
    expect(await statusAt(url, newDomain())).toBe(404);
    expect(await statusAt(url, "localhost:1")).toBe(200);
  });

  test("an apex is led by an A record", async () => {
    const { id } = await site();
    const domain = newDomain("");
    await adapter().add(id, domain);
    const { records } = await adapter().state(id, domain);
    expect(records.at(-1)).toMatchObject({ type: "A", name: domain });
    await setDns(domain, asSet(records));
    expect(await adapter().verify(id, domain)).toMatchObject({ verified: true, misconfigured: false });
  });

  test("break with their DNS and heal with it", async () => {
    const { id } = await site();
    const domain = newDomain();
    await ready(id, domain);
    const { records } = await adapter().state(id, domain);
    await setDns(domain, [{ type: "A", value: "203.0.113.9" }]);
    expect(await adapter().state(id, domain)).toMatchObject({ verified: true, misconfigured: true });
    await setDns(domain, asSet(records));
    expect(await adapter().state(id, domain)).toMatchObject({ verified: true, misconfigured: false });
  });

  test("a certificate that ended is told", async () => {
    const { id } = await site();
    const domain = newDomain();
    await ready(id, domain);
    const records = asSet((await adapter().state(id, domain)).records);
    const certificateExpiresAt = "2027-03-01T00:00:00.000Z";
    await setDns(domain, records, { certificateExpiresAt });
    const at = (time: string) => adapter(() => Date.parse(time)).state(id, domain);
    expect((await at("2027-02-28T23:59:59Z")).certificate).toEqual({
      state: "issued",
      expiresAt: certificateExpiresAt,
    });
    expect((await at("2027-03-01T00:00:01Z")).certificate).toEqual({
      state: "failed",
      expiresAt: certificateExpiresAt,
    });
  });

  test("a wrong record proves nothing, and is no error", async () => {
    const { id } = await site();
    const domain = newDomain();
    await adapter().add(id, domain);
    const { records } = await adapter().state(id, domain);
    await setDns(
      domain,
      asSet(records).map((each) => ({ ...each, value: `${each.value}x` })),
    );
    expect(await adapter().verify(id, domain)).toMatchObject({ verified: !proves, misconfigured: true });
  });

  test("one of another site is not taken; one that is no domain is refused", async () => {
    const [ours, theirs] = [await site(), await site()];
    const domain = newDomain();
    await adapter().add(theirs.id, domain);
    expect(await faultOf(adapter().add(ours.id, domain))).toMatchObject({
      kind: "not-ours",
      what: expect.stringContaining(domain),
    });
    expect(await adapter().list(ours.id)).toEqual([]);
    expect(await faultOf(adapter().add(ours.id, "no domain"))).toMatchObject({ kind: "rejected" });
    for (const verb of ["state", "verify"] as const)
      expect(await faultOf(adapter()[verb](ours.id, domain)), verb).toMatchObject({ kind: "rejected" });
  });

  test("removed, they are gone; the others stay", async () => {
    const { id, url } = await site();
    const all = [newDomain(), newDomain(), newDomain()] as const;
    for (const each of all) await ready(id, each);
    expect((await adapter().list(id)).toSorted()).toEqual(all.toSorted());
    await adapter().remove(id, all[0]);
    await adapter().remove(id, all[0]);
    expect(await statusAt(url, all[0])).toBe(404);
    for (const each of all.slice(1)) {
      expect(await adapter().state(id, each)).toMatchObject({
        verified: true,
        certificate: { state: "issued" },
      });
      expect(await statusAt(url, each)).toBe(200);
    }
    await adapter().remove(id, all[2]);
    expect(await adapter().list(id)).toEqual([all[1]]);
  });
});

test("domains are kept over a restart of the local cloud", async () => {
  const { id } = await on.vercelProject();
  const domain = newDomain();
  const adapter = vercelDomains(on.api.vercel);
  await adapter.add(id, domain);
  await setDns(domain, asSet((await adapter.state(id, domain)).records));
  await adapter.verify(id, domain);
  await expect.poll(async () => (await adapter.state(id, domain)).certificate.state).toBe("issued");
  const before = await adapter.state(id, domain);
  await on.cloud.restart();
  const { id: again } = (await on.behind.vercel(`GET /v9/projects/${id}?${team}`)).body;
  expect(again).toBe(id);
  const { body } = await on.behind.vercel(`GET /v8/certs?${team}`);
  const held = body.certs.find((each: { cns: string[] }) => each.cns.includes(domain));
  expect(new Date(held.expiresAt).toISOString()).toBe(before.certificate.expiresAt);
});
