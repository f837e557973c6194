import type { checklistRoutes } from "@atoll/contract/routes/checklist";
import type { Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";

async function idOf(hub: Hub, slug: string): Promise<string> {
  const row = await hub.store
    .selectFrom("instances")
    .select("id")
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`instance "${slug}"`);
  return row.id;
}

/** The checklist of an instance: is everything there, and does it answer? */
export const checklistHandlers: Handlers<keyof typeof checklistRoutes> = {
  showChecklist: async ({ params }, { hub }) => hub.runtime.checklists.last(await idOf(hub, params.slug)),

  async checkInstance({ params }, call) {
    await idOf(call.hub, params.slug);
    // The first admin's account notes a sign-in: who caused it is written down before.
    await call.act({ action: "instance.check", subject: `instance/${params.slug}` }, async () => {});
    return call.hub.runtime.checklists.check(params.slug);
  },
};
