import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";

/** What is known of a mail that went out: `unknown` = nobody can tell us. */
interface Delivery {
  is: "delivered" | "under-way" | "lost" | "unknown";
  what: string;
  next?: string;
}

/** Tells what became of a mail, by the id that sending it gave. */
export type LookAfter = (messageId: string) => Promise<Delivery>;

const arrived = new Set(["delivered", "opened", "clicked"]);
const underWay: Record<string, string> = {
  queued: "is still in Resend's queue",
  scheduled: "is scheduled at Resend",
  sent: "was sent, and its receiver's server has not answered yet",
  delivery_delayed: "is delayed by its receiver's server, and is tried again",
};
const lost: Record<string, string> = {
  bounced: "was refused by its receiver's server",
  complained: "was marked as unwanted by its receiver",
  suppressed: "was not sent, since an earlier mail to this address had bounced",
  failed: "could not be sent",
  canceled: "was canceled",
};

const accepted: Delivery = {
  is: "unknown",
  what: "The mail server took the welcome mail. Whether it arrived is known by that server only.",
};

/** Asks Resend. A mail that went out by SMTP has an id that Resend does not give. */
export function deliveryByResend(api: Http): LookAfter {
  return async (id) => {
    if (id.startsWith("<")) return accepted;
    try {
      const mail = await api.getOrGone<{ last_event?: string }>("/emails/{id}", { params: { id } });
      return deliveryOf(mail?.last_event);
    } catch (fault) {
      if (!(fault instanceof HttpFault) || fault.code !== "restricted_api_key") throw fault;
      return {
        is: "unknown",
        what: "Resend took the welcome mail. Whether it arrived is not shown to a key that may send only.",
        next: "Look at Resend (Emails).",
      };
    }
  };
}

/** SMTP ends where the server has taken the mail. */
export const deliveryBySmtp: LookAfter = async () => accepted;

function deliveryOf(event: string | undefined): Delivery {
  if (event === undefined)
    return {
      is: "unknown",
      what: "Resend does not know the welcome mail any more.",
      next: "Ask the first admin whether it arrived.",
    };
  if (arrived.has(event)) return { is: "delivered", what: `The welcome mail arrived (${event}).` };
  const waits = underWay[event];
  if (waits !== undefined)
    return { is: "under-way", what: `The welcome mail ${waits}.`, next: "Check again in some minutes." };
  return {
    is: "lost",
    what: `The welcome mail ${lost[event] ?? `is "${event}"`}.`,
    next: "Check the first admin's address with the client, and send them a link to choose a password.",
  };
}
