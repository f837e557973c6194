import { createHash } from "node:crypto";
import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { redactor } from "@atoll/provider-kit/redact";
import { createTransport } from "nodemailer";
import type { Transport } from "./send.ts";

interface SmtpOptions {
  /** "smtp://user:password@host:587" or "smtps://…:465". */
  url: Secret;
  /** "Name <address>" */
  from: string;
}

/** What errors of the SMTP client tell. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  responseCode?: number;
}

const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000 };

/**
 * Sends over SMTP. Each mail's Message-ID comes from its key: SMTP has no idempotency, but a mail that was sent twice
 * is taken for one by the receivers that look at it.
 */
export function smtp({ url, from }: SmtpOptions): Transport {
  const { transport, redact } = connect(url);
  return {
    async deliver(mail, key) {
      const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
      const messageId = `<${name}@${domainOf(mail.from ?? from)}>`;
      try {
        await transport.sendMail({ ...mail, from: mail.from ?? from, messageId });
      } catch (error) {
        throw faultOf(error, redact);
      }
      return { messageId };
    },
  };
}

/** Signs in and out again without sending; throws the fault that a mail would meet. */
export async function signInBySmtp(url: Secret): Promise<void> {
  const { transport, redact } = connect(url);
  try {
    await transport.verify();
  } catch (error) {
    throw faultOf(error, redact);
  } finally {
    transport.close();
  }
}

function connect(url: Secret) {
  const parsed = URL.parse(url.expose());
  if (!parsed || !/^smtps?:$/.test(parsed.protocol))
    throw new Fault("rejected", {
      what: "The address of the mail server is not an smtp or smtps URL.",
      next: "Correct SMTP_URL: smtp://user:password@host:587",
    });
  const password = decodeURIComponent(parsed.password);
  const redact = redactor([url, ...(password === "" ? [] : [new Secret("SMTP password", password)])]);
  // Nothing that a mail names may make the client read files or addresses of this machine.
  const transport = createTransport({
    ...timeouts,
    url: url.expose(),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { transport, redact };
}

function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? "localhost";
}

/** Words of errors that come before the mail was handed over. */
const beforehand =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connection timeout|Greeting never/;

function faultOf(error: unknown, redact: (text: string) => string): Fault {
  const { code, command, responseCode, message } = error as SmtpError; // the client throws nothing else
  const what = `The mail server refused: ${redact(message)}`;
  if (code === "EAUTH" && !isPassing(responseCode))
    return new Fault("sign-in-again", { what, next: "Correct user and password in SMTP_URL, then retry." });
  if (code === "ETLS" || /certificate/i.test(message))
    return new Fault("rejected", {
      what,
      next: "Check the mail server's certificate and the scheme of SMTP_URL (smtps for port 465), then retry.",
    });
  if (isPassing(responseCode) || code === "EDNS" || beforehand.test(message))
    return new Fault("try-again", {
      what: `The mail server is not ready: ${redact(message)}`,
      next: "Nothing: it is repeated. If it goes on, check SMTP_URL and the mail server.",
    });
  if (responseCode !== undefined || code === "EENVELOPE" || code === "EMESSAGE")
    return new Fault("rejected", {
      what,
      next: "Correct what was refused, then retry the run.",
      ...(command === "RCPT TO" && { field: "to" }),
    });
  return new Fault("outcome-unknown", {
    what: `The connection to the mail server broke off: ${redact(message)}`,
    next: "Look whether the mail arrived: it may have been sent, and is sent once more.",
  });
}

const isPassing = (responseCode: number | undefined) =>
  responseCode !== undefined && responseCode >= 400 && responseCode < 500;
