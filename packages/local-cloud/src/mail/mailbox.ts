import type { CloudContext } from "../kit/context.ts";

/** A mail that arrived, by whichever way. */
export interface Mail {
  id: string;
  seq: number;
  at: string;
  by: "resend" | "smtp" | "auth";
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  /** What became of it, as Resend says it; absent = delivered. */
  lastEvent?: string;
}

/** Everything that was sent on this machine. Nothing leaves it. */
export interface Mailbox {
  add(mail: Omit<Mail, "id" | "seq" | "at">): Mail;
  get(id: string): Mail | undefined;
  /** Says what became of a mail. False = there is no such mail. */
  mark(id: string, lastEvent: string): boolean;
  /** Newest first; `search` looks into addresses and subjects. */
  list(search?: string): Mail[];
}

/** Opens the mailbox, kept in the cloud's store. */
export function openMailbox(context: CloudContext): Mailbox {
  const mails = context.store.collection<Mail>("mail.mails");
  let last = Math.max(0, ...mails.values().map((each) => each.seq));
  const box: Mailbox = {
    add(mail) {
      const id = crypto.randomUUID();
      last += 1;
      return mails.set(id, { ...mail, id, seq: last, at: new Date(context.clock.now()).toISOString() });
    },
    get: (id) => mails.get(id),
    mark(id, lastEvent) {
      const mail = mails.get(id);
      if (mail) mails.set(id, { ...mail, lastEvent });
      return mail !== undefined;
    },
    list(search = "") {
      const wanted = search.toLowerCase();
      return mails
        .values()
        .filter((each) => `${each.from} ${each.to.join(" ")} ${each.subject}`.toLowerCase().includes(wanted))
        .toSorted((a, b) => b.seq - a.seq);
    },
  };
  context.bus.on(
    "auth.mail",
    ({ from, to, subject, text, html }) =>
      void box.add({ by: "auth", from, to: [to], subject, text, html, headers: {} }),
  );
  return box;
}
