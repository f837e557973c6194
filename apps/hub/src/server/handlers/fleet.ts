import type { fleetRoutes } from "@atoll/contract/routes/fleet";
import type { Rollout } from "@atoll/contract/schemas/fleet";
import { Fault } from "@atoll/core/fault";
import type { Which } from "../../schema/schemas.ts";
import type { Call, Handlers, Hub } from "../context.ts";
import { notFound } from "../refusal.ts";

async function mustBe(hub: Hub, slugs: readonly (string | undefined)[]): Promise<void> {
  const wanted = [...new Set(slugs.filter((each) => each !== undefined))];
  if (wanted.length === 0) return;
  const rows = await hub.store.selectFrom("instances").select("slug").where("slug", "in", wanted).execute();
  const known = new Set(rows.map(({ slug }) => slug));
  const missing = wanted.find((each) => !known.has(each));
  if (missing !== undefined) throw notFound(`instance "${missing}"`);
}

function mustBeKind(hub: Hub, blueprint: string | undefined): void {
  if (blueprint === undefined) return;
  try {
    hub.runtime.stepsOf(blueprint);
  } catch (error) {
    throw error instanceof Fault ? notFound(`blueprint "${blueprint}"`) : error;
  }
}

async function mustBeRollout(hub: Hub, id: string): Promise<void> {
  const row = await hub.store.selectFrom("rollouts").select("id").where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw notFound(`rollout "${id}"`);
}

/** Which instances are meant, all of whom are there; undefined parts left out. */
async function known(hub: Hub, { blueprint, environment, slug }: Which): Promise<Which> {
  mustBeKind(hub, blueprint);
  await mustBe(hub, [slug]);
  return { blueprint, environment, slug };
}

/** Writes a deed down before it is done: what was asked for is known whatever happens. */
const noted = (call: Call, action: string, subject: string, details: Record<string, unknown> = {}) =>
  call.act({ action, subject, details }, async () => {});

const subjectOf = ({ blueprint = "all", slug }: Which) =>
  slug === undefined ? `schema/${blueprint}` : `instance/${slug}`;

async function asked(call: Call, id: string, act: "pause" | "resume" | "approve" | "stop"): Promise<Rollout> {
  await mustBeRollout(call.hub, id);
  const rollout = await call.hub.runtime.schemas[act](id, call.actor);
  call.hub.wake();
  return rollout;
}

/** The fleet's schema: which version every instance has, what differs, and bringing them up wave by wave. */
export const fleetHandlers: Handlers<keyof typeof fleetRoutes> = {
  schemaOverview: (_, { hub }) => hub.runtime.schemas.overview(),

  async listSchemas({ query }, { hub }) {
    const which = await known(hub, query);
    const { version, only, limit, cursor } = query;
    return hub.runtime.schemas.list({ ...which, version, only, limit, cursor });
  },

  async checkSchemas({ body }, call) {
    const which = await known(call.hub, body);
    const { environment } = which;
    await noted(call, "schema.check", subjectOf(which), environment === undefined ? {} : { environment });
    return { items: await call.hub.runtime.schemas.check(which) };
  },

  async syncSchemas({ body }, { hub }) {
    return { files: await hub.runtime.schemas.sync(await known(hub, body)) };
  },

  async syncSchemaVersion({ body: { subdomain } }, call) {
    await mustBe(call.hub, [subdomain]);
    await noted(call, "schema.sync-version", `instance/${subdomain}`);
    const [seen] = await call.hub.runtime.schemas.check({ slug: subdomain });
    if (seen !== undefined) return seen;
    throw new Fault("rejected", {
      what: `"${subdomain}" has no database.`,
      next: "Wait until it is provisioned; one that is removed has none any more.",
      field: "subdomain",
    });
  },

  async schemaDrift({ params: { slug } }, call) {
    await mustBe(call.hub, [slug]);
    await noted(call, "schema.check", `instance/${slug}`, { compares: "every object" });
    return call.hub.runtime.schemas.drift(slug);
  },

  async lintSchema({ params: { blueprint } }, { hub }) {
    mustBeKind(hub, blueprint);
    return { findings: await hub.runtime.schemas.lint(blueprint) };
  },

  async rehearseSchema({ params: { blueprint }, body: { like } }, { hub }) {
    mustBeKind(hub, blueprint);
    await mustBe(hub, [like]);
    return hub.runtime.schemas.rehearse(blueprint, { like });
  },

  listRollouts: ({ query: { limit, cursor } }, { hub }) => hub.runtime.schemas.rollouts({ limit, cursor }),

  async startRollout({ body }, call) {
    const { blueprint, environment, slugs, canary, waves, errorBudget, approve } = body;
    mustBeKind(call.hub, blueprint);
    await mustBe(call.hub, [...(slugs ?? []), ...(canary ?? [])]);
    const details = { environment, instances: slugs?.length ?? "all", canary, waves, errorBudget, approve };
    await noted(call, "rollout.start", `schema/${blueprint}`, details);
    const rollout = await call.hub.runtime.schemas.start(body, call.actor);
    call.hub.wake();
    return rollout;
  },

  async showRollout({ params: { id } }, { hub }) {
    await mustBeRollout(hub, id);
    return hub.runtime.schemas.rollout(id);
  },

  async listRolloutTargets({ params: { id }, query: { state, limit, cursor } }, { hub }) {
    await mustBeRollout(hub, id);
    return hub.runtime.schemas.targets(id, { state, limit, cursor });
  },

  pauseRollout: ({ params: { id } }, call) => asked(call, id, "pause"),
  resumeRollout: ({ params: { id } }, call) => asked(call, id, "resume"),
  approveRollout: ({ params: { id } }, call) => asked(call, id, "approve"),
  stopRollout: ({ params: { id } }, call) => asked(call, id, "stop"),
};
