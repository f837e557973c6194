import { type VaultType, vaultTypes } from "@atoll/fleet/vault";
import { type Selectable, sql, type Transaction } from "kysely";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import type { KnownKey } from "./compare.ts";

/** A row of `atoll.vault`. */
export type VaultRow = Selectable<Tables["vault"]>;

/** The row as the comparison reads it. */
export function knownKey(row: VaultRow): KnownKey {
  return {
    key: row.key,
    type: vaultTypes.find((each): each is VaultType => each === row.value_type) ?? "json",
    secret: row.is_secret,
    value: row.value,
    fingerprint: row.fingerprint,
    instanceAt: row.instance_at,
    gone: row.is_gone,
    unsettled: row.intent !== null,
    by: row.set_by,
    at: row.set_at.toISOString(),
  };
}

/** What the hub wrote into an instance's vault, as it has it. */
export const recordsOf = (store: Store, instanceId: string): Promise<VaultRow[]> =>
  store.selectFrom("vault").selectAll().where("instance_id", "=", instanceId).orderBy("key").execute();

/** When the run ended that brought the answers of today, in ISO 8601; undefined where they are the first ones. */
export async function lastAnswered(store: Store, instanceId: string): Promise<string | undefined> {
  const { rows } = await sql<{ at: Date | null }>`select max(ended_at) as at from atoll.runs
    where instance_id = ${instanceId} and answers is not null and state = 'succeeded'`.execute(store);
  return rows[0]?.at?.toISOString();
}

// The row of a key that is new cannot be locked, so whoever writes a record holds the instance's row: without it one
// that settles could slip between another's look at the record and its intent.
const hold = (tx: Transaction<Tables>, instanceId: string) =>
  tx.selectFrom("instances").select("id").where("id", "=", instanceId).forNoKeyUpdate().execute();

/** Puts a row in the place of the one that stands there. */
export async function keepRecord(tx: Transaction<Tables>, row: VaultRow): Promise<void> {
  await hold(tx, row.instance_id);
  const values = { ...row, value: row.value === null ? null : JSON.stringify(row.value) };
  const { instance_id: _, key: __, ...rest } = values;
  await tx
    .insertInto("vault")
    .values(values)
    .onConflict((conflict) => conflict.columns(["instance_id", "key"]).doUpdateSet(rest))
    .execute();
}

const isAsItWas = (now: VaultRow | undefined, before: VaultRow | undefined) =>
  now === undefined || before === undefined
    ? now === before
    : now.intent === before.intent &&
      now.instance_at === before.instance_at &&
      now.set_at.getTime() === before.set_at.getTime();

/** Writes an intent down; false where somebody else wrote, or is writing, since `before` was read. */
export function beginIntent(
  store: Store,
  intended: VaultRow,
  before: VaultRow | undefined,
): Promise<boolean> {
  return store.transaction().execute(async (tx) => {
    const { instance_id, key } = intended;
    await hold(tx, instance_id);
    const now = await tx
      .selectFrom("vault")
      .selectAll()
      .where("instance_id", "=", instance_id)
      .where("key", "=", key)
      .executeTakeFirst();
    if (!isAsItWas(now, before)) return false;
    await keepRecord(tx, intended);
    return true;
  });
}

/** Takes an intent back: what stood there before stands there again, unless somebody wrote since. */
export async function takeBack(
  store: Store,
  intended: VaultRow,
  before: VaultRow | undefined,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { instance_id, key, intent } = intended;
    await hold(tx, instance_id);
    const gone = await tx
      .deleteFrom("vault")
      .where("instance_id", "=", instance_id)
      .where("key", "=", key)
      .where("intent", "=", intent)
      .executeTakeFirst();
    if (gone.numDeletedRows > 0n && before !== undefined) await keepRecord(tx, before);
  });
}
