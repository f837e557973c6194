import { keyId } from "@atoll/archive/seal";
import { Fault } from "@atoll/core/fault";
import { sql } from "kysely";
import type { SecretKeys } from "../home.ts";
import type { Store } from "../store/store.ts";

/** How often a process that seals says so; one that was silent for three times as long is gone. */
const heldEveryMs = 60_000;

/**
 * Notes that this process seals with its present key. Throws where something may be sealed with a key that it was not
 * given: runs would fail at the first secret that they need.
 */
export async function holdKeys(store: Store, { key, olderKeys }: SecretKeys): Promise<void> {
  const [present, given] = [keyId(key), [key, ...olderKeys].map(keyId)];
  await store.transaction().execute(async (tx) => {
    const known = await tx.selectFrom("hub_keys").select("id").execute();
    const missing = known.map(({ id }) => id).filter((id) => !given.includes(id));
    if (missing.length > 0)
      throw new Fault("rejected", {
        what: `The hub's database holds what was sealed with the key ${missing.join(", ")}, and ATOLL_SECRET_KEY does not name it.`,
        next: "Name it behind the present key, divided by a comma. If it is lost, `atoll keys forget` gives up what it sealed.",
        field: "ATOLL_SECRET_KEY",
      });
    await noteHeld(tx, present);
  });
}

/** Something may be sealed with this key now. */
async function noteHeld(on: Pick<Store, "insertInto">, id: string): Promise<void> {
  await on
    .insertInto("hub_keys")
    .values({ id })
    .onConflict((row) => row.column("id").doUpdateSet({ last_held_at: sql<Date>`clock_timestamp()` }))
    .execute();
}

/**
 * Says again and again that this process seals with its present key, until it is stopped: also once others seal with a key
 * that it was not given, since its own must not be taken for unused meanwhile.
 */
export function keepHolding(
  store: () => Promise<Store>,
  { key }: SecretKeys,
  everyMs = heldEveryMs,
): { stop(): void } {
  const timer = setInterval(async () => {
    // A database that is away for a moment hears it at the next beat.
    await store()
      .then((open) => noteHeld(open, keyId(key)))
      .catch(() => {});
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** A key that something may be sealed with. */
export interface HeldKey {
  id: string;
  firstHeldAt: string;
  lastHeldAt: string;
  /** A process that seals with it was seen within three beats. */
  inUse: boolean;
}

/** All of them, the newest first. */
export async function heldKeys(store: Store): Promise<HeldKey[]> {
  const { rows } = await sql<{ id: string; first_held_at: Date; last_held_at: Date; in_use: boolean }>`
    select id, first_held_at, last_held_at,
           last_held_at > clock_timestamp() - make_interval(secs => ${(3 * heldEveryMs) / 1_000}) as in_use
      from atoll.hub_keys order by first_held_at desc, id`.execute(store);
  return rows.map((row) => ({
    id: row.id,
    firstHeldAt: row.first_held_at.toISOString(),
    lastHeldAt: row.last_held_at.toISOString(),
    inUse: row.in_use,
  }));
}

/** Nothing is sealed with this key any more, or it is given up. False = it was not known. */
export async function forgetHeld(store: Store, id: string): Promise<boolean> {
  const gone = await store.deleteFrom("hub_keys").where("id", "=", id).executeTakeFirst();
  return gone.numDeletedRows > 0n;
}
