import type { Store } from "../store/store.ts";

interface Pin {
  deploymentId: string;
  /** Counts only while this deployment is the site's newest; undefined = an operator chose it. */
  untilNewerThan: string | undefined;
}

/** What a site's visitors are to get although there is something newer; undefined = the newest counts. */
export async function pinOf(store: Store, siteId: string): Promise<Pin | undefined> {
  const row = await store
    .selectFrom("deployment_pins")
    .select(["deployment_id", "until_newer_than"])
    .where("site_id", "=", siteId)
    .executeTakeFirst();
  return row && { deploymentId: row.deployment_id, untilNewerThan: row.until_newer_than ?? undefined };
}

/** The deployment that an operator went back to at a site (the host's id of it); undefined = none: the newest counts. */
export async function keptOf(store: Store, siteId: string): Promise<string | undefined> {
  const found = await pinOf(store, siteId);
  return found?.untilNewerThan === undefined ? found?.deploymentId : undefined;
}

/**
 * The deployment that visitors of a site are to get while `newest` is its newest: what an operator went back to, or what
 * a failed redeploy gave them again; undefined = the newest itself.
 */
export async function wantedBehind(
  store: Store,
  siteId: string,
  newest: string,
): Promise<string | undefined> {
  const { deploymentId, untilNewerThan = newest } = (await pinOf(store, siteId)) ?? {};
  return untilNewerThan === newest ? deploymentId : undefined;
}

/** Has a site keep a deployment although there are newer ones: all that come, or only this one. */
export async function pin(
  store: Store,
  pinned: {
    siteId: string;
    instanceId: string;
    deploymentId: string;
    runId: string;
    untilNewerThan?: string;
  },
): Promise<void> {
  const { siteId, instanceId, deploymentId, runId, untilNewerThan = null } = pinned;
  const said = {
    instance_id: instanceId,
    deployment_id: deploymentId,
    run_id: runId,
    until_newer_than: untilNewerThan,
  };
  await store
    .insertInto("deployment_pins")
    .values({ site_id: siteId, ...said })
    .onConflict((conflict) => conflict.column("site_id").doUpdateSet(said))
    .execute();
}

/** Has a site follow its newest deployment again. */
export async function unpin(store: Store, siteId: string): Promise<void> {
  await store.deleteFrom("deployment_pins").where("site_id", "=", siteId).execute();
}
