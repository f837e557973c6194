import type { requestRoutes } from "@atoll/contract/routes/requests";
import { sql } from "kysely";
import { localeOf } from "../../services/locale.ts";
import { post } from "../../services/outbox.ts";
import { approve, close, type RequestRow, retry } from "../../services/requests.ts";
import { containing, cursorOf, openCursor } from "../../store/cursor.ts";
import type { Call, Handlers, Hub } from "../context.ts";
import { planWithCost } from "../cost.ts";
import { notFound, Refusal } from "../refusal.ts";
import { shownRequest } from "../shown.ts";

async function detailed(hub: Hub, row: RequestRow) {
  if (row.instance_id === null) return shownRequest(row);
  const [instance, resources] = await Promise.all([
    hub.store
      .selectFrom("instances")
      .select(["slug", "url", "state"])
      .where("id", "=", row.instance_id)
      .executeTakeFirst(),
    hub.store
      .selectFrom("resources")
      .select(["step", "provider_id"])
      .where("instance_id", "=", row.instance_id)
      .execute(),
  ]);
  const ids = Object.fromEntries(resources.map((each) => [each.step, each.provider_id]));
  return shownRequest(row, {
    instance: instance?.slug,
    url: instance?.state === "removed" ? undefined : instance?.url,
    ids,
  });
}

async function find(hub: Hub, id: string): Promise<RequestRow> {
  const row = await hub.store.selectFrom("requests").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound(`request "${id}"`);
  return row;
}

/** The environment, or a refusal where this hub has no such accounts. */
function mustBeOurs({ runtime }: Hub, environment: string): string {
  if (runtime.environments.includes(environment)) return environment;
  throw new Refusal(
    400,
    `There is no environment "${environment}".`,
    `Choose one of: ${runtime.environments.join(", ")}.`,
    "environment",
  );
}

/** Changes a request in one transaction, has the driver look at once, and shows what became of it. */
async function moved(call: Call, work: Parameters<Call["move"]>[0]) {
  const row = await call.move(work);
  call.hub.wake();
  return detailed(call.hub, row);
}

/** Requests: look, approve, reject, retry. */
export const requestHandlers: Handlers<keyof typeof requestRoutes> = {
  async listRequests({ query }, { hub }) {
    let list = hub.store.selectFrom("requests").selectAll();
    if (query.state && query.state.length > 0) list = list.where("state", "in", query.state);
    // Nobody looks at what its asker has not confirmed, unless they ask for it.
    if (query.confirmed !== "all")
      list = list.where((where) => {
        const waits = where.and([where("state", "=", "pending"), where("confirmed_at", "is", null)]);
        return query.confirmed === "no" ? waits : where.not(waits);
      });
    if (query.environment) list = list.where("environment", "=", query.environment);
    if (query.search) {
      const like = containing(query.search);
      list = list.where((where) =>
        where.or([where("name", "ilike", like), where("slug", "ilike", like), where("email", "ilike", like)]),
      );
    }
    const [at, id] = openCursor(query.cursor, "time", "text") ?? [];
    if (at !== undefined && id !== undefined)
      list = list.where(sql<boolean>`(submitted_at, id) < (${String(at)}::timestamptz, ${String(id)})`);
    const rows = await list
      .select(sql<string>`submitted_at::text`.as("place"))
      .orderBy("submitted_at", "desc")
      .orderBy("id", "desc")
      .limit(query.limit + 1)
      .execute();
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: await Promise.all(items.map((row) => detailed(hub, row))),
      ...(rows.length > query.limit && last && { nextCursor: cursorOf(last.place, last.id) }),
    };
  },

  async showRequest({ params }, { hub }) {
    return detailed(hub, await find(hub, params.id));
  },

  async planRequest({ params, query }, { hub }) {
    const row = await find(hub, params.id);
    const slug = query.slug ?? row.slug;
    const environment = query.environment ?? row.environment ?? hub.runtime.environments[0];
    return planWithCost(hub, row.blueprint, slug, { ...row.answers, slug }, environment);
  },

  async approveRequest({ params, body }, call) {
    const { confirmEmail } = await call.settings();
    const row = await find(call.hub, params.id);
    if (confirmEmail && row.confirmed_at === null && row.state === "pending")
      throw new Refusal(
        409,
        "The asker has not confirmed their address yet.",
        "Wait for it, or switch confirmation off in the settings.",
      );
    if (body.slug !== undefined) call.hub.runtime.check(row.blueprint, { ...row.answers, slug: body.slug });
    const environment = mustBeOurs(call.hub, body.environment ?? call.hub.runtime.environments[0]);
    return moved(call, (tx) => approve(tx, params.id, { by: call.actor, slug: body.slug, environment }));
  },

  async rejectRequest({ params, body }, call) {
    return moved(call, async (tx) => {
      const row = await close(tx, params.id, call.actor, "rejected", body.reason);
      const letter = call.hub.letters.requestRejected({
        locale: localeOf(row.locale),
        name: row.name,
        reason: body.reason,
      });
      await post(tx, `rejected/${row.id}`, row.email, letter);
      return row;
    });
  },

  async retryRequest({ params, body }, call) {
    const row = await find(call.hub, params.id);
    if (body.slug !== undefined) call.hub.runtime.check(row.blueprint, { ...row.answers, slug: body.slug });
    return moved(call, (tx) => retry(tx, params.id, call.actor, body.slug));
  },

  async withdrawRequest({ params }, call) {
    return moved(call, (tx) => close(tx, params.id, call.actor, "withdrawn", null));
  },
};
