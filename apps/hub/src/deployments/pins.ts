import type { Store } from "../store/store.ts";

/** The deployment that an operator went back to at a site (the host's id of it); undefined = none: the newest counts. */
export async function keptOf(store: Store, siteId: string): Promise<string | undefined> {
  const row = await store
    .selectFrom("deployment_pins")
    .select("deployment_id")
    .where("site_id", "=", siteId)
    .executeTakeFirst();
  return row?.deployment_id;
}

/** Has a site keep a deployment although there are newer ones. */
export async function pin(
  store: Store,
  pinned: { siteId: string; instanceId: string; deploymentId: string; runId: string },
): Promise<void> {
  const { siteId, instanceId, deploymentId, runId } = pinned;
  await store
    .insertInto("deployment_pins")
    .values({ site_id: siteId, instance_id: instanceId, deployment_id: deploymentId, run_id: runId })
    .onConflict((conflict) =>
      conflict
        .column("site_id")
        .doUpdateSet({ instance_id: instanceId, deployment_id: deploymentId, run_id: runId }),
    )
    .execute();
}

/** Has a site follow its newest deployment again. */
export async function unpin(store: Store, siteId: string): Promise<void> {
  await store.deleteFrom("deployment_pins").where("site_id", "=", siteId).execute();
}
