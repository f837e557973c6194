import { z } from "@hono/zod-openapi";
import { time } from "./common.ts";
import { faultReport } from "./problem.ts";

/** States of a custom domain, in the order in which it goes through them. */
const domainStates = ["waiting", "verifying", "certificate", "live", "broken"] as const;

const dnsRecord = z
  .object({
    type: z.string().describe('As in "CNAME".'),
    name: z.string().describe("In full."),
    value: z.string(),
    why: z.string(),
  })
  .openapi("DnsRecord");

const domain = z
  .object({
    domain: z.string().describe("In small letters; other scripts as punycode."),
    state: z
      .enum(domainStates)
      .describe(
        "`waiting` for DNS, `verifying` by its host, waiting for its `certificate`, `live`, or `broken`: it was live and its DNS or certificate has gone.",
      ),
    isPrimary: z.boolean().describe("Mails of the instance lead there."),
    isIn: z.boolean().describe("Resolvers lead it here, and sign-ins may return there."),
    isFound: z
      .boolean()
      .describe("It stood at the site before it was added here: removing it leaves it there."),
    host: z.string().describe("Who serves it."),
    records: z.array(dnsRecord).describe("What its DNS has to hold."),
    certificate: z
      .object({ state: z.enum(["none", "pending", "issued", "failed"]), expiresAt: time.optional() })
      .optional(),
    problem: faultReport.optional().describe("Why it could not be looked at last time."),
    addedAt: time,
    lookedAt: time.optional(),
    nextLookAt: time.optional(),
    liveAt: time.optional().describe("Since when it works, or worked last."),
    brokenAt: time.optional(),
  })
  .openapi("Domain");

/** The custom domains of an instance's site. */
export const domains = z
  .object({
    address: z.string().optional().describe("The site's address at its host."),
    items: z.array(domain).describe("The primary one first."),
  })
  .openapi("Domains");

export type InstanceDomains = z.infer<typeof domains>;
export type InstanceDomain = z.infer<typeof domain>;
