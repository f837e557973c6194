import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/** What somebody did, to what. `details` hold no secret and nothing that a client typed beyond names. */
export interface Deed {
  actor: string;
  /** As in "request.approve". */
  action: string;
  /** As in "request/abc". */
  subject: string;
  details?: Record<string, unknown>;
}

interface Row extends Required<Deed> {
  seq: number;
  at: string;
}

const lockKey = 4_729_002; // rows are chained: one at a time
const genesis = "0".repeat(64);

/** Keys sorted at every depth: the same row has the same text whatever the database did to its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}

function hashOf(before: string, row: Row): string {
  const { seq, at, actor, action, subject, details } = row;
  return createHash("sha256")
    .update(`${before}\n${canonical({ seq, at, actor, action, subject, details })}`)
    .digest("hex");
}

/** Appends a row in the transaction of what it tells: both stand, or neither. */
export async function record(tx: Transaction<Tables>, deed: Deed): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockKey})`.execute(tx);
  const last = await tx
    .selectFrom("audit")
    .select(["seq", "hash"])
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  const now = await sql<{ at: Date }>`select date_trunc('milliseconds', clock_timestamp()) as at`.execute(tx);
  const at = now.rows[0]?.at ?? new Date(0);
  const seq = Number(last?.seq ?? 0) + 1;
  const row: Row = { details: {}, ...deed, seq, at: at.toISOString() };
  await tx
    .insertInto("audit")
    .values({
      seq: String(seq),
      at,
      actor: row.actor,
      action: row.action,
      subject: row.subject,
      details: JSON.stringify(row.details),
      hash: hashOf(last?.hash ?? genesis, row),
    })
    .execute();
}

/** Goes through the whole chain. A changed row shows itself, a removed one at the row after it. */
export async function verifyChain(
  store: Store,
): Promise<{ ok: boolean; rows: number; brokenAt?: number; what: string }> {
  let before = genesis;
  let seq = 0;
  for (;;) {
    const rows = await store
      .selectFrom("audit")
      .selectAll()
      .where("seq", ">", String(seq))
      .orderBy("seq")
      .limit(1000)
      .execute();
    if (rows.length === 0) break;
    for (const each of rows) {
      const expected = seq + 1;
      const here = Number(each.seq);
      const { actor, action, subject, details, hash } = each;
      if (here !== expected)
        return { ok: false, rows: seq, brokenAt: expected, what: `Row ${expected} is missing.` };
      const row: Row = { seq: here, at: each.at.toISOString(), actor, action, subject, details };
      if (hashOf(before, row) !== hash)
        return { ok: false, rows: seq, brokenAt: here, what: `Row ${here} is not as it was written.` };
      before = hash;
      seq = here;
    }
  }
  return { ok: true, rows: seq, what: `All ${seq} rows are as they were written.` };
}
