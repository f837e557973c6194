import type { templateRoutes } from "@atoll/contract/routes/template";
import type { Call, Handlers } from "../context.ts";
import { notFound } from "../refusal.ts";

async function mustBe({ hub }: Call, id: string): Promise<string> {
  const row = await hub.store
    .selectFrom("template_updates")
    .select("id")
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`update "${id}" of the template`);
  return id;
}

async function asked(call: Call, id: string, act: "pause" | "resume" | "approve" | "stop") {
  const update = await call.hub.runtime.templates[act](await mustBe(call, id), call.actor);
  call.hub.wake();
  return update;
}

/** Newer versions of the template: planning them, and bringing them wave by wave. */
export const templateHandlers: Handlers<keyof typeof templateRoutes> = {
  planTemplateUpdate: ({ body }, { hub }) => hub.runtime.templates.plan(body),
  listTemplateUpdates: ({ query }, { hub }) => hub.runtime.templates.list(query),

  async startTemplateUpdate({ body }, { hub, actor }) {
    const update = await hub.runtime.templates.start(body, actor);
    hub.wake();
    return update;
  },

  showTemplateUpdate: async ({ params: { id } }, call) =>
    call.hub.runtime.templates.show(await mustBe(call, id)),
  listTemplateTargets: async ({ params: { id }, query }, call) =>
    call.hub.runtime.templates.targets(await mustBe(call, id), query),

  pauseTemplateUpdate: ({ params: { id } }, call) => asked(call, id, "pause"),
  resumeTemplateUpdate: ({ params: { id } }, call) => asked(call, id, "resume"),
  approveTemplateUpdate: ({ params: { id } }, call) => asked(call, id, "approve"),
  stopTemplateUpdate: ({ params: { id } }, call) => asked(call, id, "stop"),
};
