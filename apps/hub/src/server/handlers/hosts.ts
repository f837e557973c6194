import type { hostRoutes } from "@atoll/contract/routes/hosts";
import type { Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";

async function mustBe({ store }: Hub, slug: string): Promise<void> {
  const row = await store
    .selectFrom("instance_registry")
    .select("subdomain")
    .where("subdomain", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`instance "${slug}"`);
}

/** Hosts that lead to instances. */
export const hostHandlers: Handlers<keyof typeof hostRoutes> = {
  async listHosts({ params: { slug } }, { hub }) {
    await mustBe(hub, slug);
    return hub.runtime.hosts.list(slug);
  },

  async addHost({ params: { slug, host } }, { hub, actor }) {
    await mustBe(hub, slug);
    return hub.runtime.hosts.add(slug, host, actor);
  },

  async removeHost({ params: { slug, host } }, { hub, actor }) {
    await mustBe(hub, slug);
    return hub.runtime.hosts.remove(slug, host, actor);
  },
};
