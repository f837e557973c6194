import { createHash } from "node:crypto";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Store } from "../store/store.ts";
import { Refusal } from "./refusal.ts";

/** An answer before it is sent. */
export interface Done {
  status: ContentfulStatusCode | 204;
  answer: unknown;
}

/** Does the work once for each caller and key; a repetition is answered alike. A refusal may be repeated. */
export async function once(
  store: Store,
  actor: string,
  key: string,
  input: object,
  work: () => Promise<Done>,
): Promise<Done> {
  if (key.length > 200)
    throw new Refusal(400, "The Idempotency-Key is too long.", "Use at most 200 characters.");
  const request = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  const begun = await store
    .insertInto("idempotency")
    .values({ actor, key, request })
    .onConflict((conflict) => conflict.doNothing())
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
    if (known?.status) return { status: known.status as Done["status"], answer: known.answer }; // as it was answered first
    throw new Refusal(409, "The same call is under way.", "Wait a moment, then look at what became of it.");
  }
  try {
    const done = await work();
    await store
      .updateTable("idempotency")
      .set({ status: done.status, answer: done.answer === undefined ? null : JSON.stringify(done.answer) })
      .where("actor", "=", actor)
      .where("key", "=", key)
      .execute();
    return done;
  } catch (error) {
    await store.deleteFrom("idempotency").where("actor", "=", actor).where("key", "=", key).execute();
    throw error;
  }
}
