import type { instanceRoutes } from "@atoll/contract/routes/instances";
import { fixedAnswers } from "@atoll/core/instance";
import { isOperation, type RunKind } from "@atoll/core/states";
import { sql } from "kysely";
import { withoutSecrets } from "../../files/answers-file.ts";
import { checkHealth } from "../../services/health.ts";
import { containing, cursorOf, openCursor } from "../../store/cursor.ts";
import type { Call, Handlers, Hub } from "../context.ts";
import { planWithCost } from "../cost.ts";
import { dashboardOf } from "../dashboards.ts";
import { notFound, Refusal } from "../refusal.ts";
import { present, shownInstance, shownRun } from "../shown.ts";

/** Every kind of schema keeps its version in its attributes. */
const version = sql<number | null>`(select max((r.attrs ->> 'version')::int) from atoll.resources r
  where r.instance_id = instances.id and r.kind = 'postgres.schema')`;

const listed = (hub: Hub) =>
  hub.store.selectFrom("instances").leftJoin("instance_health as h", "h.instance_id", "instances.id");

async function find(hub: Hub, slug: string) {
  const row = await listed(hub)
    .selectAll("instances")
    .select(["h.problems", "h.checked_at", version.as("version")])
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`instance "${slug}"`);
  return row;
}

/**
 * What an owner may look at: the instance's own secrets and what providers gave out. Copies of what went into a step
 * are not listed again, and the first admin's temporary password goes out by mail only, under whichever name.
 */
const mayBeSeen = (name: string) => name !== "temporaryPassword" && !/^step:[^:]+:inputs/.test(name);

/** As answers are read: whichever case and spaces an address was typed with. */
const sameText = (one: unknown, other: unknown) =>
  String(one).trim().toLowerCase() === String(other).trim().toLowerCase();

/** All answers of an instance with some of them changed; null takes one away. Refuses what stays for good. */
async function changed(hub: Hub, slug: string, changes: Record<string, unknown>) {
  const { answers } = await hub.runtime.instance(slug);
  for (const field of fixedAnswers)
    if (Object.hasOwn(changes, field) && !sameText(changes[field], Object(answers)[field]))
      throw new Refusal(
        400,
        `${field} cannot be changed: the instance keeps it for good.`,
        "Leave it out, or make a new instance.",
        field,
      );
  return Object.fromEntries(
    Object.entries({ ...Object(answers), ...changes }).filter(([, value]) => value !== null),
  );
}

/** A change that the plan stops is refused whole: nothing of it is begun. */
async function mustNotBeBlocked(hub: Hub, slug: string, answers: Record<string, unknown>): Promise<void> {
  const { blueprint } = await hub.runtime.instance(slug);
  const { items } = await hub.runtime.plan(blueprint, slug, answers);
  const blocked = items.find(({ does }) => does === "blocked");
  if (blocked === undefined) return;
  const what = blocked.why ?? `"${blocked.step}" cannot be changed like this.`;
  throw new Refusal(409, what, blocked.next ?? "Look at the plan of the change.");
}

async function start(
  call: Call,
  kind: RunKind,
  slug: string,
  {
    answers,
    input,
    now = false,
  }: { answers?: Record<string, unknown> | undefined; input?: unknown; now?: boolean | undefined } = {},
) {
  const { hub } = call;
  const by = call.actor;
  const id =
    kind === "destroy"
      ? await hub.runtime.destroy(slug, { by, now })
      : await hub.runtime.journal.submit(kind, slug, {
          by,
          looksFirst: true,
          ...(answers !== undefined && { answers }),
          ...(input !== undefined && { input }),
        });
  // After it was accepted; should the hub die in between, the run itself says who asked for it.
  const asked = isOperation(kind) ? (await hub.runtime.journal.run(id))?.input : undefined;
  const details = {
    run: id,
    ...(asked !== undefined && { input: asked }),
    ...(answers !== undefined && { answers: Object.keys(answers) }),
  };
  await call.act({ action: `instance.${kind}`, subject: `instance/${slug}`, details }, async () => {});
  const run = await hub.runtime.journal.run(id);
  if (run === undefined) throw notFound(`run "${id}"`);
  return shownRun(run);
}

/** Instances: what there is, how it is, and what to do with it. */
export const instanceHandlers: Handlers<keyof typeof instanceRoutes> = {
  async listInstances({ query }, { hub }) {
    let list = listed(hub);
    if (query.state && query.state.length > 0) list = list.where("state", "in", query.state);
    if (query.blueprint) list = list.where("blueprint", "=", query.blueprint);
    if (query.environment) list = list.where("environment", "=", query.environment);
    if (query.version !== undefined) list = list.where(version, "=", query.version);
    if (query.health && query.health.length > 0) {
      const wanted = query.health;
      list = list.where((where) =>
        where.or([
          ...(wanted.includes("unknown") ? [where("h.problems", "is", null)] : []),
          ...(wanted.includes("healthy") ? [where(sql<number>`jsonb_array_length(h.problems)`, "=", 0)] : []),
          ...(wanted.includes("unhealthy")
            ? [where(sql<number>`jsonb_array_length(h.problems)`, ">", 0)]
            : []),
        ]),
      );
    }
    if (query.search) {
      const like = containing(query.search);
      list = list.where((where) =>
        where.or([where("slug", "ilike", like), where(sql<string>`answers ->> 'name'`, "ilike", like)]),
      );
    }
    const { total } = await list
      .select((select) => select.fn.countAll<string>().as("total"))
      .executeTakeFirstOrThrow();
    const [slug] = openCursor(query.cursor, "text") ?? [];
    if (slug !== undefined) list = list.where("slug", ">", String(slug));
    const rows = await list
      .selectAll("instances")
      .select(["h.problems", "h.checked_at", version.as("version")])
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
      answers: withoutSecrets(row.answers) as Record<string, unknown>, // an object stays one
      secrets: secrets.map((each) => each.name).filter(mayBeSeen),
      ...present({ run: run?.id }),
    };
  },

  async planInstance({ params }, { hub }) {
    const row = await find(hub, params.slug);
    const plan = await planWithCost(hub, row.blueprint, row.slug, undefined);
    const { region } = row.answers;
    return { ...plan, ...(typeof region === "string" && { region }) };
  },

  async planChange({ params, body }, { hub }) {
    const row = await find(hub, params.slug);
    return planWithCost(hub, row.blueprint, row.slug, await changed(hub, row.slug, body.answers));
  },

  async checkDrift({ params }, { hub }) {
    await find(hub, params.slug);
    const { journal, vaults } = hub.runtime;
    const [items, vault] = await Promise.all([journal.drift(params.slug), vaults.drift(params.slug)]);
    return { items, vault };
  },

  async checkHealth({ params }, { hub }) {
    return checkHealth(hub, await find(hub, params.slug));
  },

  async listResources({ params }, { hub }) {
    const { environment } = await find(hub, params.slug);
    const consoles = hub.runtime.consoles(environment);
    const resources = await hub.runtime.journal.resources(params.slug);
    return {
      items: resources.map(({ attrs, observedAt, ...each }) => ({
        ...each,
        ...present({ observedAt, dashboard: dashboardOf(each.kind, each.id, attrs, consoles) }),
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
    const asksAgain = { destroy: "Destroying", archive: "Archiving", restore: "Restoring" };
    const [, doing] = Object.entries(asksAgain).find(([kind]) => kind === body.kind) ?? [];
    if (doing !== undefined && body.confirm !== params.slug)
      throw new Refusal(
        400,
        `${doing} asks for the slug once more.`,
        `Send \`confirm\` with "${params.slug}".`,
        "confirm",
      );
    if (body.now && body.kind === "destroy" && call.caller?.role !== "owner")
      throw new Refusal(
        403,
        `Removing without cooling off needs the role owner; yours is ${call.caller?.role}.`,
        "Leave `now` out, or ask an owner.",
        "now",
      );
    if (body.kind === "archive" && body.input?.withoutBackup === true && call.caller?.role !== "owner")
      throw new Refusal(
        403,
        `Archiving without a backup needs the role owner; yours is ${call.caller?.role}.`,
        "Leave `withoutBackup` out, or ask an owner.",
        "withoutBackup",
      );
    const answers = body.answers && (await changed(call.hub, params.slug, body.answers));
    if (answers) await mustNotBeBlocked(call.hub, params.slug, answers);
    return start(call, body.kind, params.slug, { answers, input: body.input, now: body.now });
  },

  async planRun({ params, body }, { hub }) {
    await find(hub, params.slug);
    return { items: await hub.runtime.journal.planOperation(body.kind, params.slug, body.input) };
  },

  async createInstance({ body }, call) {
    const slug = await call.hub.runtime.register(body.blueprint, body.answers, body.environment);
    return start(call, "provision", slug, { answers: { ...body.answers, slug } });
  },

  async planNewInstance({ body }, { hub, caller }) {
    // What is brought is tried where its answers say: nobody has the hub call other addresses by only looking.
    if (caller?.role === "viewer" && Object.hasOwn(body.answers, "bring"))
      throw new Refusal(
        403,
        "Trying what a client brings needs the role operator; yours is viewer.",
        "Leave it out, or ask an operator.",
        "bring",
      );
    const answers = hub.runtime.check(body.blueprint, body.answers);
    const wanted = { ...body.answers, slug: answers.slug };
    return planWithCost(hub, body.blueprint, undefined, wanted, body.environment);
  },

  async checkAnswers({ body: { blueprint, answers, about, environment } }, { hub }) {
    return { problems: await hub.runtime.problemsOf(blueprint, answers, about, environment) };
  },

  async revealSecret({ params }, call) {
    const row = await find(call.hub, params.slug);
    if (!mayBeSeen(params.name))
      throw new Refusal(
        403,
        "The first admin's password is in their mail and nowhere else.",
        "Have them use “forgotten password”, or invite another admin.",
      );
    const deed = { action: "secret.reveal", subject: `instance/${row.slug}`, details: { name: params.name } };
    const value = await call.hub.runtime.journal.secret(row.slug, params.name);
    if (value === undefined) throw notFound(`secret "${params.name}"`);
    // Nobody sees it before it is written down that they do.
    await call.act(deed, async () => {});
    return { value: value.expose() };
  },
};
