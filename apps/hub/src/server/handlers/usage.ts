import type { usageRoutes } from "@atoll/contract/routes/usage";
import type { Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";

async function mustBe(hub: Hub, slug: string | undefined): Promise<void> {
  if (slug === undefined) return;
  const row = await hub.store
    .selectFrom("instances")
    .select("id")
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`instance "${slug}"`);
}

/** Usage: series of the fleet and of one instance, and the report of a month. */
export const usageHandlers: Handlers<keyof typeof usageRoutes> = {
  fleetUsage: ({ query: { range } }, { hub }) => hub.runtime.usage.fleet(range),

  async usageReport({ query }, { hub }) {
    await mustBe(hub, query.slug);
    const { nextCursor, ...report } = await hub.runtime.usage.report(query);
    return { ...report, ...(nextCursor !== undefined && { nextCursor }) };
  },

  async usageReportCsv({ query }, { hub }) {
    await mustBe(hub, query.slug);
    return hub.runtime.usage.csv(query);
  },

  async instanceUsage({ params: { slug }, query: { range } }, { hub }) {
    await mustBe(hub, slug);
    return hub.runtime.usage.instance(slug, range);
  },

  async measureUsage({ params: { slug } }, call) {
    await mustBe(call.hub, slug);
    await call.act({ action: "usage.measure", subject: `instance/${slug}` }, async () => {});
    await call.hub.runtime.usage.measure(slug);
    return call.hub.runtime.usage.instance(slug, "24h");
  },
};
