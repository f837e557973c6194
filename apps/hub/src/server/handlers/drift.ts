import type { driftRoutes } from "@atoll/contract/routes/drift";
import type { Call, Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";

async function mustBe(hub: Hub, slug: string): Promise<void> {
  const row = await hub.store
    .selectFrom("instances")
    .select("id")
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`instance "${slug}"`);
}

const driftsOf = async (call: Call, slug: string) => {
  await mustBe(call.hub, slug);
  return call.hub.runtime.drifts;
};

/** Drift: what differs over the whole fleet, what is let be, and what is set right. */
export const driftHandlers: Handlers<keyof typeof driftRoutes> = {
  async listDrift({ query }, { hub }) {
    const { total, nextCursor, items } = await hub.runtime.drifts.list(query);
    return {
      items,
      ...(total !== undefined && { total }),
      ...(nextCursor !== undefined && { nextCursor }),
    };
  },

  async showDrift({ params: { slug } }, call) {
    return (await driftsOf(call, slug)).show(slug);
  },

  async lookForDrift({ params: { slug } }, call) {
    const drifts = await driftsOf(call, slug);
    await call.act({ action: "drift.check", subject: `instance/${slug}` }, async () => {});
    return drifts.check(slug);
  },

  async acceptDrift({ params: { slug }, body: { paths } }, call) {
    return (await driftsOf(call, slug)).accept(slug, paths, call.actor);
  },

  async unacceptDrift({ params: { slug }, body: { paths } }, call) {
    return (await driftsOf(call, slug)).unaccept(slug, paths, call.actor);
  },

  async repairDrift({ params: { slug }, body }, call) {
    return (await driftsOf(call, slug)).repair(slug, body, call.actor);
  },
};
