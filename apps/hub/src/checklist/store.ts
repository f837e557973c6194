import { type CheckLine, checklist } from "@atoll/contract/schemas/checklist";
import type { Query } from "./registry.ts";

/** Keeps what was found, in place of what was found before. */
export async function keepChecklist(query: Query, instanceId: string, lines: readonly CheckLine[]) {
  await query(
    `insert into atoll.instance_checklists (instance_id, lines) values ($1, $2)
     on conflict (instance_id) do update set lines = excluded.lines, checked_at = clock_timestamp()`,
    [instanceId, JSON.stringify(lines)],
  );
}

/** What was found last; without lines when nobody has checked yet. */
export async function lastChecklist(query: Query, instanceId: string) {
  const [row] = await query(
    "select lines, checked_at from atoll.instance_checklists where instance_id = $1",
    [instanceId],
  );
  if (row === undefined) return { lines: [] };
  const { lines } = checklist.pick({ lines: true }).parse({ lines: row.lines });
  return { lines, ...(row.checked_at instanceof Date && { checkedAt: row.checked_at.toISOString() }) };
}
