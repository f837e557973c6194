import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Tables } from "../store/tables.ts";
import { planUnseen, type Seen, type SeenItem } from "./seen.ts";

const most = 500; // characters of a value that are kept
const cut = (text: string | undefined): string | null =>
  text === undefined ? null : text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;

/** SHA-256 of what makes a difference this one and no other, in hex. */
const digestOf = ({ act, from, to, why }: SeenItem): string =>
  createHash("sha256")
    .update(JSON.stringify([act, from, to, why]))
    .digest("hex")
    .slice(0, 32);

/** After so long a rest what comes back is no fight any more. */
const restDays = 7;

/**
 * Writes down what a look found. One that is another difference than before, or came back, is new: nobody has heard of
 * it and nobody accepted it. What was not looked at stays as it was.
 */
export async function noteDrift(
  tx: Transaction<Tables>,
  instanceId: string,
  seen: Seen,
  dueAt: Date,
): Promise<void> {
  const now = sql<Date>`clock_timestamp()`;
  const look = {
    problems: JSON.stringify(seen.problems),
    besides: JSON.stringify(seen.besides),
    due_at: dueAt,
    decided: false,
    deciding_until: null,
  };
  await tx
    .insertInto("drift_looks")
    .values({ instance_id: instanceId, ...look, looked_at: now })
    .onConflict((conflict) => conflict.column("instance_id").doUpdateSet({ ...look, looked_at: now }))
    .execute();
  for (const item of seen.items) {
    const { path, area, step, kind, act, after } = item;
    const facts = {
      area,
      step,
      kind,
      act,
      stands: cut(item.from),
      wanted: cut(item.to),
      why: cut(item.why),
      next: cut(item.next),
      after: JSON.stringify(after),
      digest: digestOf(item),
    };
    // One that went and came back, or changed, begins anew; how often it was repaired is remembered for a while.
    const isOld = sql<boolean>`(instance_drift.gone_at is null and instance_drift.digest = excluded.digest)`;
    const kept = <T>(column: string) =>
      sql<T>`case when ${isOld} then instance_drift.${sql.ref(column)} else null end`;
    const isRested = sql<boolean>`(instance_drift.gone_at < clock_timestamp() - make_interval(days => ${restDays}))`;
    await tx
      .insertInto("instance_drift")
      .values({ instance_id: instanceId, path: keyOf(path), ...facts })
      .onConflict((conflict) =>
        conflict.columns(["instance_id", "path"]).doUpdateSet({
          ...facts,
          last_seen_at: now,
          first_seen_at: sql<Date>`case when instance_drift.gone_at is null then instance_drift.first_seen_at else clock_timestamp() end`,
          gone_at: null,
          told: kept("told"),
          accepted_by: kept("accepted_by"),
          accepted_at: kept("accepted_at"),
          repairs: sql<number>`case when ${isRested} then 0 else instance_drift.repairs end`,
          stopped_at: sql<Date | null>`case when ${isRested} then null else instance_drift.stopped_at end`,
        }),
      )
      .execute();
  }
  await forget(tx, instanceId, seen);
}

/** A path as its row has it: short enough for an index, and unique all the same. */
function keyOf(path: string): string {
  if (path.length <= 300) return path;
  return `${path.slice(0, 260)}…${createHash("sha256").update(path).digest("hex").slice(0, 12)}`;
}

/** What was seen before and was looked for in vain is gone. */
async function forget(tx: Transaction<Tables>, instanceId: string, { items, blind }: Seen): Promise<void> {
  let gone = tx
    .updateTable("instance_drift")
    .set({ gone_at: sql<Date>`clock_timestamp()` })
    .where("instance_id", "=", instanceId)
    .where("gone_at", "is", null);
  if (items.length > 0)
    gone = gone.where(
      "path",
      "not in",
      items.map(({ path }) => keyOf(path)),
    );
  if (blind.size > 0) gone = gone.where("step", "not in", [...blind]);
  if (blind.has(planUnseen)) gone = gone.where("step", "in", ["vault", "users"]); // the only ones beside the plan
  await gone.execute();
}
