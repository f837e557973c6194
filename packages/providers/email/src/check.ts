import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import type { Finding } from "@atoll/provider-kit/finding";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { signInBySmtp } from "./smtp.ts";

interface DomainsBody {
  data: { name: string; status: string }[];
}

/** Looks, without sending, whether Resend takes the key and has verified the sender's domain. */
export async function checkResend(api: Http, from: string): Promise<Finding[]> {
  const subject = "Resend key";
  try {
    const { data } = await api.get<DomainsBody>("/domains");
    const valid = { ok: true, subject, what: "Is valid, and may do more than send.", next: "" };
    return [
      { ...valid, next: 'One with "Sending access" is enough.', excess: ["full access"] },
      sender(from, data),
    ];
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    // A key that may only send is the right one, and cannot list domains.
    if (fault instanceof HttpFault && fault.code === "restricted_api_key")
      return [{ ok: true, subject, what: "Is valid, and may send only, as it should be.", next: "" }];
    return [{ ok: false, subject, what: fault.what, next: fault.next }];
  }
}

function sender(from: string, domains: DomainsBody["data"]): Finding {
  const domain = (/@([^\s>]+)/.exec(from)?.[1] ?? "").toLowerCase();
  const subject = `Mail sender ${from}`;
  const found = domains.find(({ name }) => domain === name || domain.endsWith(`.${name}`));
  if (found?.status === "verified") return { ok: true, subject, what: "Its domain is verified.", next: "" };
  return {
    ok: false,
    subject,
    what: found ? `Its domain is ${found.status} at Resend.` : `Resend does not know the domain ${domain}.`,
    next: "Add the domain at Resend (Domains) and set the DNS records that it shows.",
  };
}

/** Looks, without sending, whether the mail server lets us in. */
export async function checkSmtp(url: Secret): Promise<Finding[]> {
  const subject = "Mail server";
  try {
    await signInBySmtp(url);
    return [{ ok: true, subject, what: "Lets us in.", next: "" }];
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return [{ ok: false, subject, what: fault.what, next: fault.next }];
  }
}
