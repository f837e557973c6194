import type { Fault } from "@atoll/core/fault";
import type { Transport } from "@atoll/email/send";
import { sql, type Transaction } from "kysely";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";

/** A mail as the templates give it. */
export interface Letter {
  subject: string;
  html: string;
  text: string;
}

/** Puts a mail into the outbox, in the transaction of the fact that it tells. The same key is sent once. */
export async function post(
  tx: Transaction<Tables>,
  key: string,
  recipient: string,
  { subject, html, text }: Letter,
): Promise<void> {
  await tx
    .insertInto("outbox")
    .values({ key, recipient, subject: subject.replace(/\s+/g, " "), html, body_text: text })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}

const mostAttempts = 12;

/** Sends what is due, each mail by one process at a time; gives how many went. */
export async function sendDue(store: Store, transport: Transport): Promise<number> {
  let sent = 0;
  for (let count = 0; count < 50; count++) {
    const went = await sendOne(store, transport);
    if (went === "nothing") break;
    if (went === "sent") sent += 1;
  }
  return sent;
}

/** Sends one mail now if it is due; where another process is just doing it, waits until that is over. */
export async function sendNow(store: Store, transport: Transport, key: string): Promise<void> {
  await sendOne(store, transport, key);
}

async function sendOne(
  store: Store,
  transport: Transport,
  only?: string,
): Promise<"sent" | "later" | "nothing"> {
  return store.transaction().execute(async (tx) => {
    const due = tx
      .selectFrom("outbox")
      .selectAll()
      .where("sent_at", "is", null)
      .where("attempts", "<", mostAttempts)
      .where("due_at", "<=", sql<Date>`clock_timestamp()`)
      .orderBy("due_at")
      .limit(1)
      .forUpdate();
    const mail = await (only === undefined
      ? due.skipLocked()
      : due.where("key", "=", only)
    ).executeTakeFirst();
    if (mail === undefined) return "nothing";
    const { key, recipient: to, subject, html, body_text: text } = mail;
    const attempts = mail.attempts + 1;
    try {
      await transport.deliver({ to, subject, html, text }, `hub/${key}`);
      await tx
        .updateTable("outbox")
        // Links in it open doors: its words are not needed any more.
        .set({ sent_at: sql`clock_timestamp()`, attempts, problem: null, html: "", body_text: "" })
        .where("key", "=", key)
        .execute();
      return "sent";
    } catch (error) {
      const wait = Math.min(3600, 2 ** attempts);
      await tx
        .updateTable("outbox")
        .set({
          attempts,
          problem: (error as Fault).what ?? "The mail service did not take it.", // every other error says no more
          due_at: sql`clock_timestamp() + make_interval(secs => ${wait})`,
        })
        .where("key", "=", key)
        .execute();
      return "later";
    }
  });
}
