import { randomBytes } from "node:crypto";
import { mayMove, type RequestState, requestMoves } from "@atoll/core/states";
import { type Selectable, sql, type Transaction } from "kysely";
import { notFound, Refusal } from "../server/refusal.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { RequestTable, Tables } from "../store/tables.ts";

export type RequestRow = Selectable<RequestTable>;

/** A request, locked until the transaction ends. */
export async function lockRequest(tx: Transaction<Tables>, id: string): Promise<RequestRow> {
  const row = await tx.selectFrom("requests").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
  if (row === undefined) throw notFound(`request "${id}"`);
  return row;
}

const whyNot: Record<RequestState, string> = {
  pending: "It waits for a decision.",
  approved: "It was approved; its run is about to start.",
  provisioning: "Its run is under way: follow it, or cancel the run.",
  deployed: "It is done: the instance is live.",
  failed: "Its run failed: retry it, or withdraw it.",
  rejected: "It was rejected: the client can ask again.",
  withdrawn: "It was withdrawn: the client can ask again.",
};

function mustMove(row: RequestRow, to: RequestState, does: string): void {
  if (row.state !== to && mayMove(requestMoves, row.state, to)) return;
  throw new Refusal(409, `A request that is ${row.state} cannot be ${does}.`, whyNot[row.state]);
}

/** What somebody asked for, checked already. */
export interface Asked {
  blueprint: string;
  slug: string;
  name: string;
  email: string;
  locale: string;
  answers: Record<string, unknown>;
  asker: string;
  confirmed: boolean;
}

const mostAnHour = 10;

/** Records a request. The same one asked for again by the same address is the one that is open. */
export async function submit(
  tx: Transaction<Tables>,
  asked: Asked,
): Promise<{ id: string; isNew: boolean; confirmed: boolean }> {
  const recent = await tx
    .selectFrom("requests")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("asker", "=", asked.asker)
    .where("submitted_at", ">", sql<Date>`clock_timestamp() - interval '1 hour'`)
    .executeTakeFirstOrThrow();
  if (recent.count >= mostAnHour)
    throw new Refusal(429, "Too many requests came from here.", "Wait an hour, then ask again.");
  const id = randomBytes(9).toString("base64url");
  const made = await tx
    .insertInto("requests")
    .values({
      id,
      blueprint: asked.blueprint,
      slug: asked.slug,
      name: asked.name,
      email: asked.email,
      locale: asked.locale,
      answers: JSON.stringify(asked.answers),
      asker: asked.asker,
      confirmed_at: asked.confirmed ? sql<Date>`clock_timestamp()` : null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (made.numInsertedOrUpdatedRows === 1n) return { id, isNew: true, confirmed: asked.confirmed };
  const open = await tx
    .selectFrom("requests")
    .select(["id", "confirmed_at"])
    .where("blueprint", "=", asked.blueprint)
    .where("slug", "=", asked.slug)
    .where(sql<boolean>`lower(email) = lower(${asked.email})`)
    .where("state", "in", ["pending", "approved", "provisioning"])
    .executeTakeFirstOrThrow();
  return { id: open.id, isNew: false, confirmed: open.confirmed_at !== null };
}

/** Approves, for an environment. Approving twice, from wherever and for whichever, is approving once. */
export async function approve(
  tx: Transaction<Tables>,
  id: string,
  { by, slug, environment }: { by: string; slug: string | undefined; environment: string },
): Promise<RequestRow> {
  const row = await lockRequest(tx, id);
  if (["approved", "provisioning", "deployed"].includes(row.state)) return row;
  if (row.state === "failed")
    throw new Refusal(409, "A request that failed is not approved again.", "Retry it instead.");
  mustMove(row, "approved", "approved");
  await record(tx, {
    actor: by,
    action: "request.approve",
    subject: `request/${id}`,
    details: { slug: slug ?? row.slug, environment },
  });
  return tx
    .updateTable("requests")
    .set({
      state: "approved",
      decided_by: by,
      decided_at: sql`clock_timestamp()`,
      environment,
      ...(slug !== undefined && { slug, answers: JSON.stringify({ ...row.answers, slug }) }),
    })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Rejects with a reason, or withdraws. */
export async function close(
  tx: Transaction<Tables>,
  id: string,
  by: string,
  to: "rejected" | "withdrawn",
  reason: string | null,
): Promise<RequestRow> {
  const row = await lockRequest(tx, id);
  mustMove(row, to, to);
  const action = to === "rejected" ? "request.reject" : "request.withdraw";
  await record(tx, {
    actor: by,
    action,
    subject: `request/${id}`,
    details: reason === null ? {} : { reason },
  });
  return tx
    .updateTable("requests")
    .set({ state: to, reason, decided_by: by, decided_at: sql`clock_timestamp()` })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Puts a failed request back in front of the driver, which starts its next run; under another slug where one is given. */
export async function retry(
  tx: Transaction<Tables>,
  id: string,
  by: string,
  slug: string | undefined,
): Promise<RequestRow> {
  const row = await lockRequest(tx, id);
  if (row.state === "approved" || row.state === "provisioning") return row;
  mustMove(row, "approved", "retried");
  const isOther = slug !== undefined && slug !== row.slug;
  await record(tx, {
    actor: by,
    action: "request.retry",
    subject: `request/${id}`,
    details: isOther ? { slug } : {},
  });
  return tx
    .updateTable("requests")
    .set({
      state: "approved",
      run_id: null,
      fault: null,
      completed_at: null,
      ...(isOther && { slug, instance_id: null, answers: JSON.stringify({ ...row.answers, slug }) }),
    })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Requests on whose next move nobody but the hub has to wait. */
export async function underWay(store: Store): Promise<string[]> {
  const rows = await store
    .selectFrom("requests as r")
    .leftJoin("runs as u", "u.id", "r.run_id")
    .select("r.id")
    .where((where) =>
      where.or([
        where("r.state", "=", "approved"),
        where.and([
          where("r.state", "=", "provisioning"),
          where("u.state", "in", ["succeeded", "failed", "undone", "cancelled"]),
        ]),
        // Somebody retried the run itself.
        where.and([
          where("r.state", "=", "failed"),
          where("u.state", "in", ["queued", "running", "waiting", "succeeded"]),
        ]),
      ]),
    )
    .execute();
  return rows.map((row) => row.id);
}
