import { Fault } from "@atoll/core/fault";
import type { Action } from "@atoll/core/resource";

/** A mail to one person. */
export interface MailIn {
  to: string;
  subject: string;
  html: string;
  text: string;
  /** Default: the account's sender. */
  from?: string;
  replyTo?: string;
}

/** What the mail service calls it. */
export interface MailOut {
  messageId: string;
}

/** A way for mails to leave the house. `key` is the same for all tries of one mail, and no other's. */
export interface Transport {
  deliver(mail: MailIn, key: string): Promise<MailOut>;
}

const address = /^[^\s@<>(),;:"\\[\]]{1,64}@[^\s@<>(),;:"\\[\]]{1,255}$/;

/** Sends a mail, once for each key. */
export function send(transport: Transport): Action<MailIn, MailOut> {
  return {
    kind: "email.send",
    async run({ key, want }) {
      for (const field of ["to", "replyTo"] as const) checkAddress(field, want[field]);
      // A line break in a subject is the start of another header.
      const subject = want.subject.replace(/[\s\p{Cc}]+/gu, " ").trim();
      return await transport.deliver({ ...want, subject }, key);
    },
  };
}

/** One address and nothing around it: a comma or a line break in it would add other receivers. */
function checkAddress(field: "to" | "replyTo", value: string | undefined): void {
  if (value === undefined || address.test(value)) return;
  throw new Fault("rejected", {
    what: `The mail's ${field === "to" ? "receiver" : "address for answers"} is not an e-mail address.`,
    next: "Correct the address, then retry the run.",
    field,
  });
}
