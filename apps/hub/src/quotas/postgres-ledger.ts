import { performance } from "node:perf_hooks";
import pg from "pg";
import { type Account, newAccount } from "./account.ts";
import { decide } from "./decide.ts";
import type { Ledger } from "./ledger.ts";

/** A ledger that all processes on one database share. */
export interface SharedLedger extends Ledger {
  /** Hears of an account that another process was refused on: what was kept for later is worth nothing. */
  onRefusal(heard: (account: string) => void): void;
  close(): Promise<void>;
}

interface LedgerOptions {
  databaseUrl: string;
  /** Of this process, unlike any other's. */
  process: string;
  /** Returns when the hub's tables are there. */
  prepared(): Promise<unknown>;
}

const channel = "atoll_quotas";
/** A server that went without a word is noticed: calls that wait for it are told to come again. */
const longestAnswerMs = 30_000;
const mostTries = 50;

// Answers whether the change went through, and what stands there now. A version of 0 is a row to be made.
const change = `
  with kept as (
    insert into atoll.quotas as q (account, state, version) select $1, $2::jsonb, 1 where $3::bigint = 0
    on conflict do nothing returning version),
  changed as (
    update atoll.quotas set state = $2::jsonb, version = version + 1, changed_at = clock_timestamp()
     where account = $1 and version = $3::bigint and $3::bigint > 0 returning version),
  told as (select pg_notify('${channel}', $1 || ' ' || $4) where $5 and exists (select 1 from kept union all select 1 from changed))
  select (select version::float8 from (select version from kept union all select version from changed) one) as version,
         (select count(*) from told) as told, extract(epoch from clock_timestamp()) * 1000 as now`;

const read = `
  select q.state, coalesce(q.version, 0)::float8 as version, extract(epoch from clock_timestamp()) * 1000 as now
    from (values ($1)) one (account) left join atoll.quotas q using (account)`;

/**
 * Accounts in the hub's Postgres. The decision is made here on the state that was seen last, and goes through where
 * nobody changed it meanwhile: one statement where a process is alone, some more where several press at once. All go by
 * the database's clock, so that processes whose clocks differ agree.
 */
export function postgresLedger({ databaseUrl, process, prepared }: LedgerOptions): SharedLedger {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 2,
    application_name: "atoll quotas",
    connectionTimeoutMillis: longestAnswerMs,
    query_timeout: longestAnswerMs,
    // A server that crashes may forget the last permits of a moment: the provider's headers say so soon enough.
    options: "-c synchronous_commit=off",
  });
  pool.on("error", () => {});
  const seen = new Map<string, { state: Account; version: number }>();
  let aheadMs = 0;
  let known = false;
  const heard: ((account: string) => void)[] = [];
  const now = () => performance.timeOrigin + performance.now() + aheadMs;

  /** The middle of question and answer is when the database looked at its clock. */
  function clock(nowMs: number, askedMs: number): void {
    const here = performance.timeOrigin + (askedMs + performance.now()) / 2;
    // A slow answer says little of the time: a better guess is kept.
    if (!known || performance.now() - askedMs < 50) aheadMs = nowMs - here;
    known = true;
  }

  async function look(account: string): Promise<{ state: Account; version: number }> {
    const asked = performance.now();
    const { rows } = await pool.query<{ state: Account | null; version: number; now: number }>(read, [
      account,
    ]);
    const [row] = rows;
    if (row === undefined) throw new Error("The database answered without a row.");
    clock(Number(row.now), asked);
    const found = { state: row.state ?? newAccount(), version: row.version };
    seen.set(account, found);
    return found;
  }

  const listener = listen(databaseUrl, (account, by) => {
    seen.delete(account);
    if (by !== process) for (const each of heard) each(account);
  });

  return {
    now,
    onRefusal: (hears) => void heard.push(hears),
    async ask(account, ask) {
      await prepared();
      await listener.ready();
      let at = seen.get(account) ?? (await look(account));
      // Nothing to say: only what the others know is wanted.
      if (ask.wants.length === 0 && ask.heard.length === 0)
        return { ...decide(at.state, ask, now()), nowMs: now() };
      for (let tries = 0; tries < mostTries; tries++) {
        const nowMs = now();
        const decision = decide(at.state, ask, nowMs);
        const refused = ask.heard.some(({ is }) => is === "refused");
        const asked = performance.now();
        const { rows } = await pool.query<{ version: number | null; now: number }>(change, [
          account,
          JSON.stringify(decision.account),
          at.version,
          process,
          refused,
        ]);
        const [row] = rows;
        if (row !== undefined) clock(Number(row.now), asked);
        if (row !== undefined && row.version !== null) {
          seen.set(account, { state: decision.account, version: row.version });
          return { ...decision, nowMs };
        }
        at = await look(account);
      }
      throw new Error(`The ledger of ${account} changed ${mostTries} times while it was asked.`);
    },
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}

const relistenMs = 1_000;

/** Listens on a connection of its own, anew when it is lost. */
function listen(databaseUrl: string, heard: (account: string, by: string) => void) {
  let client: pg.Client | undefined;
  let closed = false;
  let opening: Promise<void> | undefined;

  async function open(): Promise<void> {
    const made = new pg.Client({
      connectionString: databaseUrl,
      application_name: "atoll quotas",
      connectionTimeoutMillis: longestAnswerMs,
      query_timeout: longestAnswerMs,
      keepAlive: true,
    });
    const lost = () => {
      if (client !== made) return;
      client = undefined;
      opening = undefined;
      if (!closed) setTimeout(() => void ready().catch(() => {}), relistenMs).unref();
    };
    made.on("error", lost);
    made.on("end", lost);
    made.on("notification", ({ payload = "" }) => {
      const [account = "", by = ""] = payload.split(" ");
      heard(account, by);
    });
    await made.connect();
    client = made;
    await made.query(`listen ${channel}`);
  }

  /** Nobody is let through by a process that would not hear of a refusal. */
  async function ready(): Promise<void> {
    opening ??= open();
    try {
      await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  return {
    ready,
    async close() {
      closed = true;
      await opening?.catch(() => {});
      const last = client;
      client = undefined;
      await last?.end();
    },
  };
}
