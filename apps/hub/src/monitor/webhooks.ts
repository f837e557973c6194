import { randomUUID } from "node:crypto";
import type { Webhook, WebhookDelivery, WebhookEvent } from "@atoll/contract/schemas/monitor";
import { Fault } from "@atoll/core/fault";
import { Vault } from "@atoll/engine/seal";
import { sql, type Transaction } from "kysely";
import type { SecretKeys } from "../home.ts";
import { present } from "../server/shown.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { mustBeSendable, sendTo } from "./send.ts";
import { newWebhookSecret, signedHeaders } from "./sign.ts";

/** Seconds until the next try, after each try that failed: a receiver may be away for three days. */
const pausesSeconds = [5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/** A delivery that is being sent by somebody is left alone for so long. */
const leaseSeconds = 60;

interface DeliveryRow {
  id: string;
  webhook_id: string;
  event: WebhookEvent;
  body: string;
  attempts: number;
  created_at: Date;
  sent_at: Date | null;
  status: number | null;
  problem: string | null;
}

interface HookRow {
  id: string;
  url: string;
  nonce: Buffer;
  sealed: Buffer;
}

const shownDelivery = (row: DeliveryRow): WebhookDelivery => ({
  id: row.id,
  event: row.event,
  createdAt: row.created_at.toISOString(),
  attempts: row.attempts,
  ...present({
    sentAt: row.sent_at?.toISOString(),
    status: row.status ?? undefined,
    problem: row.problem ?? undefined,
  }),
});

/** What a webhook's secret is bound to where it is sealed. */
export const placeOf = (id: string) => ["hub", `webhook/${id}`] as const;

/** Addresses that are told of incidents. Secrets are sealed with the hub's key, and leave it as signatures only. */
export interface Webhooks {
  list(): Promise<Webhook[]>;
  /** Records one; the secret is given this once. */
  create(
    tx: Transaction<Tables>,
    hook: { url: string; label: string; by: string },
  ): Promise<{ id: string; secret: string }>;
  /** False = there is none. */
  remove(tx: Transaction<Tables>, id: string): Promise<boolean>;
  /** Has everybody told, in the transaction of the fact. */
  announce(tx: Transaction<Tables>, event: WebhookEvent, data: object): Promise<void>;
  /** Sends one a test at once, and gives what came of it. Undefined = there is no such webhook. */
  test(id: string): Promise<WebhookDelivery | undefined>;
  /** The newest 50. */
  deliveries(id: string): Promise<WebhookDelivery[]>;
  /** Sends what is due; gives how many arrived. */
  deliver(): Promise<number>;
}

/** Opens the webhooks of a hub. `allowsInside`: they may lead to this machine or an inner network. */
export function openWebhooks(
  open: () => Promise<Store>,
  { keys, allowsInside }: { keys: SecretKeys; allowsInside: boolean },
): Webhooks {
  const vault = new Vault(keys.key, keys.olderKeys);

  async function send(store: Store, row: DeliveryRow, hook: HookRow): Promise<boolean> {
    const secret = vault.open(...placeOf(hook.id), hook);
    // The time is of this try: receivers refuse old ones.
    const headers = signedHeaders(secret, {
      id: row.id,
      atSeconds: Math.floor(Date.now() / 1_000),
      body: row.body,
    });
    let status: number | null = null;
    let problem: string | null = null;
    try {
      status = await sendTo(hook.url, { body: row.body, headers }, allowsInside);
      if (status < 200 || status >= 300) problem = `The receiver answered ${status}.`;
    } catch (error) {
      problem = error instanceof Fault ? error.what : "The receiver does not answer.";
    }
    const pause = pausesSeconds[Math.min(row.attempts, pausesSeconds.length - 1)];
    await sql`update atoll.webhook_deliveries
      set attempts = attempts + 1, status = ${status}, problem = ${problem},
          sent_at = case when ${problem}::text is null then clock_timestamp() end,
          due_at = clock_timestamp() + make_interval(secs => ${pause})
      where id = ${row.id} and sent_at is null`.execute(store);
    return problem === null;
  }

  const hookOf = async (store: Store, id: string): Promise<HookRow | undefined> =>
    (await sql<HookRow>`select id, url, nonce, sealed from atoll.webhooks where id = ${id}`.execute(store))
      .rows[0];

  async function enqueue(tx: Store, webhook: string, event: WebhookEvent, data: object): Promise<string> {
    const id = `msg_${randomUUID().replaceAll("-", "")}`;
    const body = JSON.stringify({ type: event, timestamp: new Date().toISOString(), data });
    await sql`insert into atoll.webhook_deliveries (id, webhook_id, event, body)
      values (${id}, ${webhook}, ${event}, ${body})`.execute(tx);
    return id;
  }

  return {
    async list() {
      const { rows } = await sql<{
        id: string;
        url: string;
        label: string;
        created_by: string;
        created_at: Date;
        last_sent_at: Date | null;
        waiting: number;
        problem: string | null;
      }>`select w.id, w.url, w.label, w.created_by, w.created_at, max(d.sent_at) as last_sent_at,
             count(d.id) filter (where d.sent_at is null and d.due_at < 'infinity' and d.attempts <= ${pausesSeconds.length})::integer as waiting,
             (select l.problem from atoll.webhook_deliveries l where l.webhook_id = w.id
               order by l.created_at desc limit 1) as problem
           from atoll.webhooks w left join atoll.webhook_deliveries d on d.webhook_id = w.id
          group by w.id order by w.created_at`.execute(await open());
      return rows.map((row) => ({
        id: row.id,
        url: row.url,
        label: row.label,
        createdBy: row.created_by,
        createdAt: row.created_at.toISOString(),
        waiting: row.waiting,
        ...present({ lastSentAt: row.last_sent_at?.toISOString(), problem: row.problem ?? undefined }),
      }));
    },

    async create(tx, { url, label, by }) {
      mustBeSendable(url, allowsInside);
      const id = randomUUID();
      const secret = newWebhookSecret();
      const { nonce, sealed } = vault.seal(...placeOf(id), secret);
      await sql`insert into atoll.webhooks (id, url, label, nonce, sealed, created_by)
        values (${id}, ${url}, ${label}, ${nonce}, ${sealed}, ${by})`.execute(tx);
      return { id, secret };
    },

    async remove(tx, id) {
      const gone = await sql`delete from atoll.webhooks where id = ${id}`.execute(tx);
      return gone.numAffectedRows === 1n;
    },

    async announce(tx, event, data) {
      const { rows } = await sql<{ id: string }>`select id from atoll.webhooks`.execute(tx);
      for (const { id } of rows) await enqueue(tx, id, event, data);
    },

    async test(id) {
      const store = await open();
      const hook = await hookOf(store, id);
      if (hook === undefined) return undefined;
      const made = await enqueue(store, id, "test", { what: "This is a test: nothing is wrong." });
      const read = async () =>
        (await sql<DeliveryRow>`select * from atoll.webhook_deliveries where id = ${made}`.execute(store))
          .rows[0];
      const row = await read();
      if (row === undefined) return undefined;
      await send(store, row, hook);
      // Whoever asks sees what came of it; nobody waits for a test that arrives tomorrow.
      await sql`update atoll.webhook_deliveries set due_at = 'infinity' where id = ${made}`.execute(store);
      const after = await read();
      return after && shownDelivery(after);
    },

    async deliveries(id) {
      const { rows } = await sql<DeliveryRow>`select * from atoll.webhook_deliveries where webhook_id = ${id}
        order by created_at desc limit 50`.execute(await open());
      return rows.map(shownDelivery);
    },

    async deliver() {
      const store = await open();
      // Put off before it is sent: whoever else looks leaves it alone, and after a crash it is sent again.
      const { rows } = await sql<DeliveryRow>`
        update atoll.webhook_deliveries set due_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
         where id in (select id from atoll.webhook_deliveries
                       where sent_at is null and due_at <= clock_timestamp() and attempts <= ${pausesSeconds.length}
                       order by due_at limit 50 for update skip locked)
        returning *`.execute(store);
      const sent = await Promise.all(
        rows.map(async (row) => {
          const hook = await hookOf(store, row.webhook_id);
          return hook !== undefined && (await send(store, row, hook));
        }),
      );
      return sent.filter(Boolean).length;
    },
  };
}
