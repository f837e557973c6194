import { randomBytes } from "node:crypto";
import {
  type TemplatePlans,
  type TemplateTarget,
  type TemplateUpdate,
  type TemplateUpdateInput,
  type TemplateWhich,
  templateUpdateInput,
} from "@atoll/contract/schemas/deployments";
import type { TargetState } from "@atoll/contract/schemas/fleet";
import { mayFail, planWaves } from "@atoll/fleet/rollout";
import { type RawBuilder, sql, type Transaction } from "kysely";
import { record } from "../store/audit.ts";
import { cursorOf, openCursor } from "../store/cursor.ts";
import type { Tables } from "../store/tables.ts";
import { countWaves } from "../waves/rows.ts";
import { templateJob } from "./template-part.ts";
import { planner, refused, type TemplatePlaces } from "./template-plan.ts";
import { shownTemplateTarget, shownUpdate } from "./template-shown.ts";
import { findUpdate, type TemplateUpdateRow, templateTables } from "./template-store.ts";

interface Part<Item> {
  items: Item[];
  nextCursor?: string;
}

/** Newer versions of the template for instances' repositories. Throws `Fault`s. */
export interface Templates {
  /** What the newest version means for each; writes nothing. */
  plan(which: TemplateWhich): Promise<TemplatePlans>;
  start(input: TemplateUpdateInput, by: string): Promise<TemplateUpdate>;
  list(part: { limit: number; cursor?: string | undefined }): Promise<Part<TemplateUpdate>>;
  show(id: string): Promise<TemplateUpdate>;
  targets(
    id: string,
    part: { state?: TargetState | undefined; limit: number; cursor?: string | undefined },
  ): Promise<Part<TemplateTarget>>;
  pause(id: string, by: string): Promise<TemplateUpdate>;
  resume(id: string, by: string): Promise<TemplateUpdate>;
  approve(id: string, by: string): Promise<TemplateUpdate>;
  stop(id: string, by: string): Promise<TemplateUpdate>;
}

/** Opens updates of the template: planning, starting, and what people do with them. */
export function openTemplates(options: TemplatePlaces): Templates {
  const { store, at, environments } = options;
  const [byDefault] = environments;
  const { candidates, newestOf, plan } = planner(options);

  async function must(id: string): Promise<TemplateUpdateRow> {
    const row = await findUpdate(await store(), id);
    if (row !== undefined) return row;
    throw refused(`There is no update "${id}" of the template.`, "`atoll deploy template list` lists them.");
  }

  const enqueue = ({ id, environment, attempt }: TemplateUpdateRow) =>
    at(environment).journal.startJob(templateJob, id, attempt);

  async function shown(row: TemplateUpdateRow): Promise<TemplateUpdate> {
    const isActive = row.state === "queued" || row.state === "running";
    const lacksWorker =
      isActive &&
      environments.includes(row.environment) &&
      !(await at(row.environment).journal.workers()).has(row.environment);
    return shownUpdate(row, await countWaves(await store(), templateTables, row.id), lacksWorker);
  }

  /** Has a person's word done: the move and its line in the audit log stand together, or neither does. */
  async function moved(
    id: string,
    act: "pause" | "resume" | "approve" | "stop",
    by: string,
    { from, to, also = {}, work }: Moving,
  ): Promise<TemplateUpdate> {
    const row = await (await store())
      .transaction()
      .execute(async (tx) => {
        const after = await tx
          .updateTable("template_updates")
          .set({
            state: to,
            why: null,
            next: null,
            ended_at: to === "stopped" ? sql<Date>`clock_timestamp()` : null,
            ...(to === "queued" && { attempt: sql<number>`attempt + 1` }),
            ...also,
          })
          .where("id", "=", id)
          .where("state", "in", [...from])
          .returningAll()
          .executeTakeFirst();
        if (after === undefined) {
          const { state } = await must(id);
          throw refused(`The update is ${state}.`, `It can be while it is ${from.join(" or ")}.`);
        }
        await work?.(tx);
        await record(tx, {
          actor: by,
          action: `template-update.${act}`,
          subject: `template-update/${id}`,
        });
        return after;
      })
      .catch(whileAnother);
    if (to === "queued") await enqueue(row);
    return shown(row);
  }

  async function start(given: TemplateUpdateInput, by: string): Promise<TemplateUpdate> {
    const input = templateUpdateInput.parse(given);
    const { environment = byDefault, errorBudget, approve, merge, concurrency, attempts } = input;
    const chosen = await candidates(input);
    if (chosen.length === 0)
      throw refused("There is no instance to update.", "Name others: `atoll status` lists them all.");
    const { template, commit } = await newestOf(environment);
    const named = input.canary ?? [];
    const strange = named.find((slug) => !chosen.some((each) => each.slug === slug));
    if (strange !== undefined)
      throw refused(`The canary "${strange}" is not among them.`, "Name one of them.", "canary");
    const canaries =
      named.length > 0
        ? chosen.filter(({ slug }) => named.includes(slug))
        : chosen.length > 1
          ? chosen.filter(({ state }) => state === "live").slice(0, 1)
          : [];
    const others = chosen.filter((each) => !canaries.includes(each));
    const first = canaries.length > 0 ? 0 : 1;
    const targets = planWaves(canaries, others, input.waves).flatMap((members, index) =>
      members.map(({ id }) => ({ instance: id, wave: first + index })),
    );
    const id = `template-${randomBytes(5).toString("hex")}`;
    const row = await (await store())
      .transaction()
      .execute(async (tx) => {
        const made = await tx
          .insertInto("template_updates")
          .values({
            id,
            environment,
            template: template.name,
            commit,
            state: "queued",
            options: JSON.stringify({ errorBudget, approve, merge, concurrency, attempts }),
            may_fail: mayFail(chosen.length, errorBudget),
            wave: first,
            by,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await sql`insert into atoll.template_targets (update_id, instance_id, wave, position)
          select ${id}, t.instance, t.wave, t.place
          from unnest(${targets.map((each) => each.instance)}::text[], ${targets.map((each) => each.wave)}::integer[])
            with ordinality as t(instance, wave, place)`.execute(tx);
        await record(tx, {
          actor: by,
          action: "template-update.start",
          subject: `template-update/${id}`,
          details: { environment, commit, instances: chosen.length, merge, errorBudget, approve },
        });
        return made;
      })
      .catch(whileAnother);
    await enqueue(row);
    return shown(row);
  }

  return {
    plan,
    start,
    show: async (id) => shown(await must(id)),
    async list({ limit, cursor }) {
      const [time, id] = openCursor(cursor, "time", "text") ?? [];
      let list = (await store())
        .selectFrom("template_updates")
        .selectAll()
        .select(sql<string>`created_at::text`.as("place"))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (time !== undefined && id !== undefined)
        list = list.where(sql<boolean>`(created_at, id) < (${String(time)}::timestamptz, ${String(id)})`);
      const rows = await list.execute();
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: await Promise.all(items.map(shown)),
        ...(rows.length > limit && last && { nextCursor: cursorOf(last.place, last.id) }),
      };
    },
    async targets(id, { state, limit, cursor }) {
      await must(id);
      const [after] = openCursor(cursor, "number") ?? [0];
      let list = (await store())
        .selectFrom("template_targets as t")
        .innerJoin("instances as i", "i.id", "t.instance_id")
        .selectAll("t")
        .select(["i.slug", "i.state as instance_state"])
        .where("t.update_id", "=", id)
        .where("t.position", ">", Number(after))
        .orderBy("t.position")
        .limit(limit + 1);
      if (state !== undefined) list = list.where("t.state", "=", state);
      const rows = await list.execute();
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(shownTemplateTarget),
        ...(rows.length > limit && last && { nextCursor: cursorOf(last.position) }),
      };
    },
    pause: (id, by) =>
      moved(id, "pause", by, { from: ["queued", "running", "awaiting-approval"], to: "paused" }),
    stop: (id, by) =>
      moved(id, "stop", by, { from: ["queued", "running", "awaiting-approval", "paused"], to: "stopped" }),
    approve: (id, by) =>
      moved(id, "approve", by, {
        from: ["awaiting-approval"],
        to: "queued",
        also: { approved_wave: sql<number>`wave` },
      }),
    // Together: a worker that comes in between would find the old failures and stop at them again.
    resume: (id, by) =>
      moved(id, "resume", by, {
        from: ["paused", "stopped", "failed", "finished"],
        to: "queued",
        work: (tx) =>
          sql`update atoll.template_targets set state = 'pending', attempts = 0, fault = null, ended_at = null,
              due_at = clock_timestamp(), waiting_since = null,
              pull_number = case when merged is null then null else pull_number end
            where update_id = ${id} and state in ('failed', 'left-behind', 'waiting')`.execute(tx),
      }),
  };
}

interface Moving {
  from: readonly TemplateUpdateRow["state"][];
  to: "queued" | "paused" | "stopped";
  also?: { approved_wave?: RawBuilder<number> };
  work?(tx: Transaction<Tables>): Promise<unknown>;
}

/** One at a time in an environment: two would open pull requests against each other. */
function whileAnother(error: unknown): never {
  if (String(Object(error).constraint) !== "one_active_template_update") throw error;
  throw refused("Another update of the template is under way.", "Wait until it has ended, or stop it.");
}
