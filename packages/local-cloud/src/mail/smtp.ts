import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import type { Mailbox } from "./mailbox.ts";

/** A mail server that keeps everything in the mailbox. */
export interface SmtpSink {
  port: number;
  close(): Promise<void>;
}

const largestBytes = 30 * 1024 * 1024;

/** Listens on the loopback interface; takes any user, so that any SMTP_URL works. */
export async function startSmtp(port: number, mailbox: Mailbox): Promise<SmtpSink> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    size: largestBytes,
    logger: false,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? "anyone" }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          const envelope = session.envelope.rcptTo.map((each) => each.address);
          mailbox.add({
            by: "smtp",
            from: mail.from?.address ?? (session.envelope.mailFrom ? session.envelope.mailFrom.address : ""),
            to: envelope,
            subject: mail.subject ?? "",
            text: mail.text ?? "",
            html: mail.html ?? "",
            headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
          });
          done();
        }, done);
      });
    },
  });
  server.on("error", () => {}); // a client that hangs up halfway
  for (let at = port; ; at++) {
    const taken = await new Promise<boolean>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) =>
        error.code === "EADDRINUSE" ? resolve(true) : reject(error);
      server.server.once("error", failed);
      server.listen(at, "127.0.0.1", () => {
        server.server.off("error", failed);
        resolve(false);
      });
    });
    if (!taken) break;
    if (at > port + 100) throw new Error(`No free port for the mail server from ${port} to ${at}.`);
  }
  const { port: listening } = server.server.address() as AddressInfo; // it listens on TCP
  return { port: listening, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
