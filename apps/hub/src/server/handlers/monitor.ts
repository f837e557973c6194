import type { monitorRoutes } from "@atoll/contract/routes/monitor";
import { shownIncident } from "../../monitor/incident-row.ts";
import { acknowledge } from "../../monitor/incidents.ts";
import type { Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";

async function mustBeThere(hub: Hub, id: string) {
  const hook = (await hub.runtime.monitor.webhooks.list()).find((each) => each.id === id);
  if (hook === undefined) throw notFound("such webhook");
  return hook;
}

/** How the fleet is: states, incidents, limits at providers, how long runs take, and who is told. */
export const monitorHandlers: Handlers<keyof typeof monitorRoutes> = {
  monitorOverview: (_, { hub }) => hub.runtime.monitor.overview(),

  async instanceMonitor({ params: { slug }, query: { range } }, { hub }) {
    const known = await hub.store
      .selectFrom("instances")
      .select("id")
      .where("slug", "=", slug)
      .executeTakeFirst();
    if (known === undefined) throw notFound(`instance "${slug}"`);
    return hub.runtime.monitor.instance(slug, range);
  },

  listIncidents: ({ query: { only, slug, limit, cursor } }, { hub }) =>
    hub.runtime.monitor.incidents({ only, slug, limit, cursor }),

  async acknowledgeIncident({ params: { id }, body: { silenceMinutes } }, call) {
    const deed = {
      action: "incident.acknowledge",
      subject: `incident/${id}`,
      details: silenceMinutes === undefined ? {} : { silenceMinutes },
    };
    const row = await call.act(deed, async (tx) => {
      const noted = await acknowledge(tx, { id, by: call.actor, silenceMinutes });
      if (noted === undefined) throw notFound("such incident");
      return noted;
    });
    return shownIncident(row);
  },

  listQuotas: async (_, { hub }) => ({
    items: await hub.runtime.monitor.quotas(),
    accounts: await hub.runtime.monitor.accounts(),
  }),

  listRunTimes: ({ query: { days } }, { hub }) => hub.runtime.monitor.runTimes(days),

  listWebhooks: async (_, { hub }) => ({ items: await hub.runtime.monitor.webhooks.list() }),

  async createWebhook({ body: { url, label } }, call) {
    const { webhooks } = call.hub.runtime.monitor;
    // Its host alone: the rest of the address may be what opens the receiver.
    const host = URL.parse(url)?.host ?? "";
    const { id, secret } = await call.act(
      ({ id: made }: { id: string }) => ({
        action: "webhook.create",
        subject: `webhook/${made}`,
        details: { label, host },
      }),
      (tx) => webhooks.create(tx, { url, label, by: call.actor }),
    );
    return { secret, webhook: await mustBeThere(call.hub, id) };
  },

  async removeWebhook({ params: { id } }, call) {
    await call.act({ action: "webhook.remove", subject: `webhook/${id}` }, async (tx) => {
      if (!(await call.hub.runtime.monitor.webhooks.remove(tx, id))) throw notFound("such webhook");
    });
    return undefined;
  },

  async testWebhook({ params: { id } }, call) {
    await mustBeThere(call.hub, id);
    await call.act({ action: "webhook.test", subject: `webhook/${id}` }, async () => {});
    const delivery = await call.hub.runtime.monitor.webhooks.test(id);
    if (delivery === undefined) throw notFound("such webhook");
    return delivery;
  },

  async listDeliveries({ params: { id } }, { hub }) {
    await mustBeThere(hub, id);
    return { items: await hub.runtime.monitor.webhooks.deliveries(id) };
  },
};
