import type { instanceRoutes } from "@atoll/contract/routes/instances";
import { Secret } from "@atoll/core/secret";
import { sql } from "kysely";
import { containing, cursorOf, openCursor } from "../../store/cursor.ts";
import type { Call, Handlers, Hub } from "../context.ts";
import { planWithCost } from "../cost.ts";
import { dashboardOf } from "../dashboards.ts";
import { notFound, Refusal } from "../refusal.ts";
import { present, shownInstance, shownRun } from "../shown.ts";

async function find(hub: Hub, slug: string) {
  const row = await hub.store.selectFrom("instances").selectAll().where("slug", "=", slug).executeTakeFirst();
  if (row === undefined) throw notFound(`instance "${slug}"`);
  return row;
}

/** Answers without anything secret: a person's keys are `Secret` handles, or rows that point at them. */
const plain = (answers: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(answers).filter(
      ([, value]) =>
        !(value instanceof Secret) && !(typeof value === "object" && value !== null && "$secret" in value),
    ),
  );

async function start(
  call: Call,
  kind: "provision" | "update" | "repair" | "destroy",
  slug: string,
  answers?: Record<string, unknown>,
) {
  const { hub } = call;
  await call.act({ action: `instance.${kind}`, subject: `instance/${slug}` }, async () => {});
  const id = await hub.runtime.journal.submit(kind, slug, {
    by: call.actor,
    ...(answers !== undefined && { answers }),
  });
  const run = await hub.runtime.journal.run(id);
  if (run === undefined) throw notFound(`run "${id}"`);
  return shownRun(run);
}

/** Instances: what there is, how it is, and what to do with it. */
export const instanceHandlers: Handlers<keyof typeof instanceRoutes> = {
  async listInstances({ query }, { hub }) {
    let list = hub.store.selectFrom("instances");
    if (query.state && query.state.length > 0) list = list.where("state", "in", query.state);
    if (query.blueprint) list = list.where("blueprint", "=", query.blueprint);
    if (query.search) {
      const like = containing(query.search);
      list = list.where((where) =>
        where.or([where("slug", "ilike", like), where(sql<string>`answers ->> 'name'`, "ilike", like)]),
      );
    }
    const { total } = await list
      .select((select) => select.fn.countAll<string>().as("total"))
      .executeTakeFirstOrThrow();
    const [slug] = openCursor(query.cursor) ?? [];
    if (slug !== undefined) list = list.where("slug", ">", String(slug));
    const rows = await list
      .selectAll()
      .orderBy("slug")
      .limit(query.limit + 1)
      .execute();
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: items.map(shownInstance),
      total: Number(total),
      ...(rows.length > query.limit && last && { nextCursor: cursorOf(last.slug) }),
    };
  },

  async showInstance({ params }, { hub }) {
    const row = await find(hub, params.slug);
    const secrets = await hub.store
      .selectFrom("secrets")
      .select("name")
      .where("instance_id", "=", row.id)
      .orderBy("name")
      .execute();
    const run = await hub.store
      .selectFrom("runs")
      .select("id")
      .where("instance_id", "=", row.id)
      .orderBy("number", "desc")
      .limit(1)
      .executeTakeFirst();
    return {
      ...shownInstance(row),
      answers: plain(row.answers),
      secrets: secrets.map((each) => each.name),
      ...present({ run: run?.id }),
    };
  },

  async planInstance({ params }, { hub }) {
    const row = await find(hub, params.slug);
    const plan = await planWithCost(hub, row.blueprint, row.slug, undefined);
    const { region } = row.answers;
    return { ...plan, ...(typeof region === "string" && { region }) };
  },

  async checkDrift({ params }, { hub }) {
    await find(hub, params.slug);
    return { items: await hub.runtime.journal.drift(params.slug) };
  },

  async checkHealth({ params }, { hub }) {
    await find(hub, params.slug);
    const { problems } = await hub.runtime.journal.verify(params.slug);
    return { healthy: problems.length === 0, problems };
  },

  async listResources({ params }, { hub }) {
    await find(hub, params.slug);
    const resources = await hub.runtime.journal.resources(params.slug);
    return {
      items: resources.map(({ attrs, observedAt, ...each }) => ({
        ...each,
        ...present({ observedAt, dashboard: dashboardOf(each.kind, each.id, attrs, hub.runtime.cloudUrl) }),
      })),
    };
  },

  async listInstanceRuns({ params }, { hub }) {
    await find(hub, params.slug);
    const runs = await hub.runtime.journal.runs(params.slug);
    return { items: runs.map(shownRun).toReversed() };
  },

  async startRun({ params, body }, call) {
    await find(call.hub, params.slug);
    if (body.kind === "destroy" && body.confirm !== params.slug)
      throw new Refusal(
        400,
        "Destroying asks for the slug once more.",
        `Send \`confirm\` with "${params.slug}".`,
        "confirm",
      );
    return start(call, body.kind, params.slug, body.answers);
  },

  async createInstance({ body }, call) {
    const slug = await call.hub.runtime.register(body.blueprint, body.answers);
    return start(call, "provision", slug, { ...body.answers, slug });
  },

  async planNewInstance({ body }, { hub }) {
    const answers = hub.runtime.check(body.blueprint, body.answers);
    return planWithCost(hub, body.blueprint, undefined, { ...body.answers, slug: answers.slug });
  },

  async revealSecret({ params }, call) {
    const row = await find(call.hub, params.slug);
    // The temporary password goes out by mail only.
    if (params.name === "temporaryPassword")
      throw new Refusal(
        403,
        "The first admin's password is in their mail and nowhere else.",
        "Have them use “forgotten password”, or invite another admin.",
      );
    const deed = { action: "secret.reveal", subject: `instance/${row.slug}`, details: { name: params.name } };
    await call.act(deed, async () => {});
    const value = await call.hub.runtime.journal.secret(row.slug, params.name);
    if (value === undefined) throw notFound(`secret "${params.name}"`);
    return { value: value.expose() };
  },
};
