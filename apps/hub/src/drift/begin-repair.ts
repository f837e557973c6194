import { randomUUID } from "node:crypto";
import type { Journal } from "@atoll/engine/journal";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import { lookSoon } from "./looking.ts";

/** Starts a repair because of drift, of all steps or of `only` these and what needs them. It is counted before it is asked for: a crash in between costs one of the day's. */
export async function beginRepair(
  store: Store,
  journal: Pick<Journal, "submit">,
  instance: { id: string; slug: string },
  { paths, only, by }: { paths: readonly string[]; only: readonly string[] | undefined; by: string },
): Promise<string> {
  const id = randomUUID();
  await store
    .insertInto("drift_repairs")
    .values({ id, instance_id: instance.id, run_id: null, by, paths: JSON.stringify(paths) })
    .execute();
  const run = await journal
    .submit("repair", instance.slug, { by, ...(only && { only }) })
    .catch(async (error: unknown) => {
      await store.deleteFrom("drift_repairs").where("id", "=", id).execute();
      throw error;
    });
  await store.transaction().execute(async (tx) => {
    await tx.updateTable("drift_repairs").set({ run_id: run }).where("id", "=", id).execute();
    await record(tx, {
      actor: by,
      action: "drift.repair",
      subject: `instance/${instance.slug}`,
      details: { run, paths: [...paths] },
    });
  });
  await lookSoon(store, instance.id);
  return run;
}
