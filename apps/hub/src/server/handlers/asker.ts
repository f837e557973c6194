import type { PublicRequest } from "@atoll/contract/schemas/request";
import type { Hub } from "../context.ts";
import { notFound } from "../refusal.ts";
import { present, shownRequest } from "../shown.ts";

/** A request as its asker sees it. */
export async function shownPublicRequest(hub: Hub, id: string): Promise<PublicRequest> {
  const row = await hub.store.selectFrom("requests").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound("such request");
  const { name, slug, blueprint, locale, state, confirmed, reason, submittedAt, completedAt } =
    shownRequest(row);
  const run = row.run_id === null ? undefined : await hub.runtime.journal.run(row.run_id);
  const instance =
    row.instance_id === null || state !== "deployed"
      ? undefined
      : await hub.store
          .selectFrom("instances")
          .select(["url", "state"])
          .where("id", "=", row.instance_id)
          .executeTakeFirst();
  return {
    name,
    slug,
    blueprint,
    locale,
    state,
    confirmed,
    submittedAt,
    ...present({
      reason,
      completedAt,
      instanceUrl: instance?.state === "removed" ? undefined : instance?.url,
      progress: run && {
        done: run.steps.filter((step) => step.state === "done" || step.state === "skipped").length,
        of: run.steps.length,
      },
    }),
  };
}
