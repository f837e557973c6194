import type { OperationDesk } from "./desk.ts";

/** What is known of an instance's newest backup that was restored and compared. */
export type VerifiedBackup =
  | { is: "there"; id: string; at: Date }
  /** None of this instance was verified yet. */
  | { is: "none" };

/** The newest verified backup of an instance: the one place that decides whether its data may go. */
export async function lastVerifiedBackup(
  { store }: Pick<OperationDesk, "store">,
  instanceId: string,
): Promise<VerifiedBackup> {
  const row = await store
    .selectFrom("backups")
    .select(["id", "made_at"])
    .where("instance_id", "=", instanceId)
    .where("state", "=", "verified")
    .orderBy("made_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.made_at ? { is: "there", id: row.id, at: row.made_at } : { is: "none" };
}
