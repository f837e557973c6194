import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { CloudContext } from "./context.ts";

/** What `POST /control/dns` takes. Records without a name are the domain's own. */
export const zoneSchema = z.strictObject({
  domain: z.string().min(1).max(253).toLowerCase(),
  records: z
    .array(
      z.strictObject({
        type: z.enum(["A", "AAAA", "CNAME", "TXT", "CAA"]),
        name: z.string().toLowerCase().optional(),
        value: z.string(),
      }),
    )
    .default([]),
  /** When certificates of the domain end, ISO 8601: they are not renewed until this is taken back. */
  certificateExpiresAt: z.iso.datetime().optional(),
});
type Given = z.infer<typeof zoneSchema>;

/** A record of the world's DNS, which here is what was put there through the control endpoint. */
interface DnsRecord {
  type: Given["records"][number]["type"];
  name: string;
  value: string;
}

interface Zone {
  domain: string;
  records: DnsRecord[];
  /** Of the last change; milliseconds since 1970. */
  since: number;
  certificateExpiresAt?: number;
}

/** A certificate that a host had issued for a domain. Times in milliseconds since 1970. */
export interface Certificate {
  id: string;
  domain: string;
  issuedAt: number;
  expiresAt: number;
}

/** The DNS of the local cloud's world, and what hosts make of it. */
export interface Dns {
  put(zone: Given): void;
  list(name?: string): DnsRecord[];
  /** Since when one of a name's records is right; undefined = none is. */
  rightSince(name: string, isRight: (record: DnsRecord) => boolean): number | undefined;
  /**
   * A host's certificate for a domain: issued once the domain has been right for as long as a build takes, renewed
   * when it ends while the domain is right.
   */
  certificate(host: string, domain: string, rightSince: number | undefined): Certificate | undefined;
  /** Forgets a host's certificate, since the domain left it. */
  drop(host: string, domain: string): void;
}

const lifetimeMs = 90 * 24 * 3600 * 1000; // Let's Encrypt's

/** Opens what was put there; records and certificates outlive a restart. */
export function openDns({ store, clock, settings }: CloudContext): Dns {
  const zones = store.collection<Zone>("dns.zones");
  const certificates = store.collection<Certificate>("dns.certificates");
  const named = (name: string) =>
    zones.values().filter((zone) => zone.records.some((each) => each.name === name));

  return {
    put({ domain, records, certificateExpiresAt }) {
      zones.set(domain, {
        domain,
        records: records.map(({ type, name = domain, value }) => ({ type, name, value })),
        since: clock.now(),
        ...(certificateExpiresAt && { certificateExpiresAt: Date.parse(certificateExpiresAt) }),
      });
    },

    list: (name) =>
      zones
        .values()
        .flatMap((zone) => zone.records)
        .filter((each) => name === undefined || each.name === name),

    rightSince(name, isRight) {
      const right = named(name).filter((zone) =>
        zone.records.some((each) => each.name === name && isRight(each)),
      );
      return right.length === 0 ? undefined : Math.min(...right.map((zone) => zone.since));
    },

    certificate(host, domain, rightSince) {
      const key = `${host}/${domain}`;
      const forced = zones.get(domain)?.certificateExpiresAt;
      const held = certificates.get(key);
      const isOver = held === undefined || held.expiresAt <= clock.now();
      const isDue = rightSince !== undefined && clock.passed(rightSince, settings.latencies.buildMs);
      const now = clock.now();
      const made =
        isOver && isDue
          ? certificates.set(key, {
              id: `cert_${randomBytes(12).toString("hex")}`,
              domain,
              issuedAt: now,
              expiresAt: now + lifetimeMs,
            })
          : held;
      return made && { ...made, expiresAt: forced ?? made.expiresAt };
    },

    drop: (host, domain) => void certificates.delete(`${host}/${domain}`),
  };
}
