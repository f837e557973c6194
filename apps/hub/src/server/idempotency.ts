import { createHash } from "node:crypto";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { Refusal } from "./refusal.ts";

/** An answer before it is sent. */
export interface Done {
  status: ContentfulStatusCode | 204;
  answer: unknown;
}

/** After so long without an end, whoever began is taken for dead, and the call is done anew. */
const patience = sql<Date>`clock_timestamp() - interval '2 minutes'`;

/** Forgets calls of yesterday: nobody repeats them any more. */
export async function forgetOld(store: Store): Promise<void> {
  await store
    .deleteFrom("idempotency")
    .where("created_at", "<", sql<Date>`clock_timestamp() - interval '24 hours'`)
    .execute();
}

/**
 * Does the work once for each caller and key; a repetition is answered alike. A refusal may be repeated. An answer that
 * holds a secret is not kept: its repetition is refused.
 */
export async function once(
  store: Store,
  actor: string,
  key: string,
  input: object,
  work: () => Promise<Done>,
  { holdsSecret = false }: { holdsSecret?: boolean } = {},
): Promise<Done> {
  if (key.length > 200)
    throw new Refusal(400, "The Idempotency-Key is too long.", "Use at most 200 characters.");
  const request = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  const begun = await store
    .insertInto("idempotency")
    .values({ actor, key, request })
    .onConflict((conflict) =>
      conflict
        .columns(["actor", "key"])
        .doUpdateSet({ created_at: sql<Date>`clock_timestamp()` })
        .where("idempotency.status", "is", null)
        .where("idempotency.request", "=", request)
        .where("idempotency.created_at", "<", patience),
    )
    .executeTakeFirst();
  const at = { actor, key };
  const row = () =>
    store
      .selectFrom("idempotency")
      .selectAll()
      .where("actor", "=", at.actor)
      .where("key", "=", at.key)
      .executeTakeFirst();
  if (begun.numInsertedOrUpdatedRows !== 1n) {
    const known = await row();
    if (known !== undefined && known.request !== request)
      throw new Refusal(
        422,
        "This Idempotency-Key was used for another call.",
        "Use a new key for a new call.",
      );
    if (known?.status && holdsSecret)
      throw new Refusal(
        409,
        "This call was answered already, and its answer holds a secret that is not kept.",
        "Make a new call with a new key.",
      );
    if (known?.status) return { status: known.status as Done["status"], answer: known.answer }; // as it was answered first
    throw new Refusal(409, "The same call is under way.", "Wait a moment, then look at what became of it.");
  }
  try {
    const done = await work();
    await store
      .updateTable("idempotency")
      .set({
        status: done.status,
        answer: done.answer === undefined || holdsSecret ? null : JSON.stringify(done.answer),
      })
      .where("actor", "=", actor)
      .where("key", "=", key)
      .execute();
    return done;
  } catch (error) {
    await store.deleteFrom("idempotency").where("actor", "=", actor).where("key", "=", key).execute();
    throw error;
  }
}
