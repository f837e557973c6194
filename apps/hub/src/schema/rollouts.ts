import { randomBytes } from "node:crypto";
import type { Rollout, RolloutInput, RolloutTarget, TargetState } from "@atoll/contract/schemas/fleet";
import { rolloutInput } from "@atoll/contract/schemas/fleet";
import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import { lintMigrations } from "@atoll/fleet/lint/lint";
import { mayFail, planWaves } from "@atoll/fleet/rollout";
import { type RawBuilder, sql, type Transaction } from "kysely";
import { record } from "../store/audit.ts";
import { cursorOf, openCursor } from "../store/cursor.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { countWaves } from "../waves/rows.ts";
import { digestOf, type Kind } from "./kind.ts";
import type { Rehearsals } from "./rehearsals.ts";
import { rolloutJob } from "./rollout-part.ts";
import { shownRollout, shownTarget } from "./rollout-shown.ts";
import { findRollout, type RolloutRow, rolloutTables } from "./rollout-store.ts";
import type { Part, Schemas } from "./schemas.ts";
import { instancesWithSchema, type Known } from "./states.ts";

interface Options {
  store(): Promise<Store>;
  kind(blueprint: string): Kind;
  rehearsals: Rehearsals;
  /** Of an environment; a fault for one that is not there. */
  journal(environment: string): Pick<Journal, "startJob" | "workers">;
  /** Whose accounts are at hand, the default first. */
  environments: readonly [string, ...string[]];
  kinds: readonly Kind[];
}

type Verbs = Pick<
  Schemas,
  "start" | "rollouts" | "rollout" | "targets" | "pause" | "resume" | "approve" | "stop"
> & {
  /** Has workers take up rollouts that were recorded and not begun: their maker died in between. */
  nudge(): Promise<void>;
  /**
   * Looks now and then at what was left behind and is live, and starts rollouts over what answers again; gives their ids.
   */
  catchUp(look: (slug: string) => Promise<unknown>): Promise<string[]>;
};

const refused = (what: string, next: string, field?: string) =>
  new Fault("rejected", { what, next, ...(field !== undefined && { field }) });

/** One at a time for a blueprint and an environment: two would wait for each other's databases. */
const whileAnother =
  ({ blueprint, environment }: { blueprint: string; environment: string }) =>
  (error: unknown): never => {
    if (String(Object(error).constraint) !== "one_active_rollout") throw error;
    throw refused(
      `Another rollout of "${blueprint}" in "${environment}" is under way.`,
      "Wait until it has ended, or stop it.",
    );
  };

/** Refuses migrations that the rules call dangerous, those that every one of these databases has applied aside. */
async function mustPassLint({ migrations }: Kind, versions: readonly (number | null)[]): Promise<void> {
  const from = Math.min(...versions.map((version) => version ?? 0));
  const errors = (await lintMigrations(migrations, { from })).filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  throw new Fault("rejected", {
    what: `${first.migration}, line ${first.line}: ${first.what} [${first.rule}]${more}`,
    next: `${first.next} \`atoll schema lint\` lists everything, docs/schema-lint.md says how to allow it with a reason.`,
    field: "migrations",
  });
}

/** Starting rollouts, and what people do with them. */
export function openRollouts({ store, kind, kinds, rehearsals, journal, environments }: Options): Verbs {
  const [byDefault] = environments;
  async function must(id: string): Promise<RolloutRow> {
    const row = await findRollout(await store(), id);
    if (row !== undefined) return row;
    throw refused(`There is no rollout "${id}".`, "`atoll schema rollout list` lists them all.");
  }

  async function enqueue(row: Pick<RolloutRow, "id" | "environment" | "attempt">): Promise<void> {
    await journal(row.environment).startJob(rolloutJob, row.id, row.attempt);
  }

  async function shown(row: RolloutRow): Promise<Rollout> {
    const isActive = row.state === "queued" || row.state === "running";
    const workers = isActive ? await journal(row.environment).workers() : new Map<string, number>();
    const lacksWorker = isActive && !workers.has(row.environment);
    return shownRollout(row, await countWaves(await store(), rolloutTables, row.id), lacksWorker);
  }

  /** Moves a rollout from one of these states; anybody else was faster or it is not there any more. */
  async function move(
    on: Store | Transaction<Tables>,
    id: string,
    from: readonly RolloutRow["state"][],
    to: RolloutRow["state"],
    what: string,
    also: { approved_wave?: RawBuilder<number> } = {},
  ): Promise<RolloutRow> {
    const begins = to === "queued";
    const moved = await on
      .updateTable("rollouts")
      .set({
        state: to,
        why: null,
        next: null,
        ended_at: to === "stopped" ? sql<Date>`clock_timestamp()` : null,
        ...(begins && { attempt: sql<number>`attempt + 1` }),
        ...also,
      })
      .where("id", "=", id)
      .where("state", "in", [...from])
      .returningAll()
      .executeTakeFirst();
    if (moved !== undefined) return moved;
    const { state } = await must(id);
    throw refused(
      `The rollout is ${state}: it cannot be ${what}.`,
      `It can be while it is ${from.join(" or ")}.`,
    );
  }

  /** Has a person's word done: the move and its line in the audit log stand together, or neither does. */
  async function asked(
    id: string,
    act: "pause" | "resume" | "approve" | "stop",
    by: string,
    work: (tx: Transaction<Tables>) => Promise<RolloutRow>,
  ): Promise<RolloutRow> {
    return (await store()).transaction().execute(async (tx) => {
      const moved = await work(tx);
      await record(tx, { actor: by, action: `rollout.${act}`, subject: `rollout/${id}` });
      return moved;
    });
  }

  async function candidates(input: { blueprint: string; slugs?: string[] | undefined }, environment: string) {
    const { migrations } = kind(input.blueprint);
    const newest = migrations.at(-1)?.version ?? 0;
    const all: Known[] = await instancesWithSchema(await store())
      .where("i.blueprint", "=", input.blueprint)
      .where("i.environment", "=", environment)
      .orderBy("i.created_at")
      .orderBy("i.id")
      .execute();
    const { slugs } = input;
    const missing = slugs?.filter((slug) => !all.some((each) => each.slug === slug)) ?? [];
    if (missing.length > 0)
      throw refused(
        `There is no instance "${missing[0]}" of "${input.blueprint}" in "${environment}".`,
        "`atoll schema check` lists them.",
        "slugs",
      );
    const asked = slugs === undefined ? all : all.filter(({ slug }) => slugs.includes(slug));
    // One whose version nobody knows is taken: its own ledger decides. One that is named is taken in any case.
    const chosen = slugs ? asked : asked.filter(({ version }) => version === null || version < newest);
    return { chosen, newest };
  }

  async function start(given: RolloutInput, by: string): Promise<Rollout> {
    const input = rolloutInput.parse(given);
    const environment = input.environment ?? byDefault;
    const { chosen, newest } = await candidates(input, environment);
    if (chosen.length === 0)
      throw refused(
        `Every instance of "${input.blueprint}" in "${environment}" is at version ${newest}.`,
        "Nothing: there is nothing to bring up. `atoll schema check` looks at them anew.",
      );
    await mustPassLint(
      kind(input.blueprint),
      chosen.map(({ version }) => version),
    );
    const expectation = await rehearsals.expected(kind(input.blueprint));
    const isLive = ({ state }: Known) => state === "live";
    const named = input.canary ?? [];
    const strange = named.find((slug) => !chosen.some((each) => each.slug === slug));
    if (strange !== undefined)
      throw refused(`The canary "${strange}" is not among them.`, "Name one that is behind.", "canary");
    const canaries =
      named.length > 0
        ? chosen.filter(({ slug }) => named.includes(slug))
        : chosen.length > 1
          ? chosen.filter(isLive).slice(0, 1)
          : [];
    const others = chosen.filter((each) => !canaries.includes(each));
    const waves = planWaves(canaries, others, input.waves);
    const first = canaries.length > 0 ? 0 : 1;
    const id = `rollout-${randomBytes(5).toString("hex")}`;
    const { errorBudget, approve, concurrency, perServer, lockTimeoutMs, statementTimeoutMs, attempts } =
      input;
    const options = {
      errorBudget,
      approve,
      concurrency,
      perServer,
      lockTimeoutMs,
      statementTimeoutMs,
      attempts,
    };
    const row = await (await store())
      .transaction()
      .execute(async (tx) => {
        const made = await tx
          .insertInto("rollouts")
          .values({
            id,
            blueprint: input.blueprint,
            environment,
            to_version: newest,
            digest: expectation.digest,
            state: "queued",
            options: JSON.stringify(options),
            may_fail: mayFail(chosen.length, errorBudget),
            wave: first,
            by,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const targets = waves.flatMap((members, index) =>
          members.map(({ id: instance, version }) => ({ instance, wave: first + index, version })),
        );
        await sql`insert into atoll.rollout_targets (rollout_id, instance_id, wave, position, from_version)
          select ${id}, t.instance, t.wave, t.place, t.version from unnest(${targets.map((each) => each.instance)}::text[],
            ${targets.map((each) => each.wave)}::integer[], ${targets.map((each) => each.version)}::integer[])
            with ordinality as t(instance, wave, version, place)`.execute(tx);
        return made;
      })
      .catch(whileAnother({ blueprint: input.blueprint, environment }));
    await enqueue(row);
    return shown(row);
  }

  async function resume(id: string, by: string): Promise<Rollout> {
    const before = await must(id);
    const { counts } = await shown(before);
    if (before.state === "finished" && counts.leftBehind === 0)
      throw refused("The rollout is finished: nothing was left.", "Nothing: there is nothing to go on with.");
    if (before.digest !== digestOf(kind(before.blueprint)))
      throw refused(
        "The migrations are others than those that this rollout was rehearsed with.",
        "Start a new rollout: it takes what is not done yet.",
      );
    // Together: a worker that comes in between would find the old failures and stop at them again.
    const row = await asked(id, "resume", by, async (tx) => {
      const moved = await move(tx, id, ["paused", "stopped", "failed", "finished"], "queued", "resumed");
      await tx
        .updateTable("rollout_targets")
        .set({ state: "pending", attempts: 0, due_at: sql<Date>`clock_timestamp()`, ended_at: null })
        .where("rollout_id", "=", id)
        .where("state", "in", ["failed", "left-behind", "waiting"])
        .execute();
      return moved;
    }).catch(whileAnother(before));
    await enqueue(row);
    return shown(row);
  }

  async function targets(
    id: string,
    { state, limit, cursor }: { state?: TargetState | undefined; limit: number; cursor?: string | undefined },
  ): Promise<Part<RolloutTarget>> {
    await must(id);
    const [after] = openCursor(cursor, "number") ?? [0];
    let list = (await store())
      .selectFrom("rollout_targets as t")
      .innerJoin("instances as i", "i.id", "t.instance_id")
      .selectAll("t")
      .select("i.slug")
      .where("t.rollout_id", "=", id)
      .where("t.position", ">", Number(after))
      .orderBy("t.position")
      .limit(limit + 1);
    if (state !== undefined) list = list.where("t.state", "=", state);
    const rows = await list.execute();
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(shownTarget),
      ...(rows.length > limit && last && { nextCursor: cursorOf(last.position) }),
    };
  }

  return {
    start,
    resume,
    targets,
    rollout: async (id) => shown(await must(id)),
    async rollouts({ limit, cursor }) {
      const [at, id] = openCursor(cursor, "time", "text") ?? [];
      let list = (await store())
        .selectFrom("rollouts")
        .selectAll()
        .select(sql<string>`created_at::text`.as("place"))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (at !== undefined && id !== undefined)
        list = list.where(sql<boolean>`(created_at, id) < (${String(at)}::timestamptz, ${String(id)})`);
      const rows = await list.execute();
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: await Promise.all(items.map(shown)),
        ...(rows.length > limit && last && { nextCursor: cursorOf(last.place, last.id) }),
      };
    },
    pause: async (id, by) =>
      shown(
        await asked(id, "pause", by, (tx) =>
          move(tx, id, ["queued", "running", "awaiting-approval"], "paused", "paused"),
        ),
      ),
    stop: async (id, by) =>
      shown(
        await asked(id, "stop", by, (tx) =>
          move(tx, id, ["queued", "running", "awaiting-approval", "paused"], "stopped", "stopped"),
        ),
      ),
    async approve(id, by) {
      const row = await asked(id, "approve", by, (tx) =>
        move(tx, id, ["awaiting-approval"], "queued", "approved", { approved_wave: sql<number>`wave` }),
      );
      await enqueue(row);
      return shown(row);
    },
    async nudge() {
      const rows = await (await store())
        .selectFrom("rollouts")
        .select(["id", "environment", "attempt"])
        .where("state", "=", "queued")
        .where("environment", "in", [...environments])
        .where("created_at", "<", sql<Date>`clock_timestamp() - interval '5 seconds'`)
        .execute();
      for (const row of rows) await enqueue(row);
    },
    async catchUp(look) {
      // One that was reached since it was left behind, unless a rollout of the same migrations was stopped.
      const { rows } = await sql<{
        blueprint: string;
        environment: string;
        slug: string;
        reached: boolean;
        due: boolean;
      }>`
        select o.blueprint, o.environment, i.slug, bool_or(s.seen_at > t.ended_at and s.problem is null) as reached,
          bool_and(t.ended_at < clock_timestamp() - interval '1 minute' and (s.tried_at is null
            or s.tried_at < t.ended_at or s.tried_at < clock_timestamp() - interval '10 minutes')) as due
        from atoll.rollouts o
          join atoll.rollout_targets t on t.rollout_id = o.id and t.state = 'left-behind'
          join atoll.instances i on i.id = t.instance_id and i.state = 'live'
          left join atoll.schema_states s on s.instance_id = i.id
        where o.state in ('finished', 'failed') and coalesce(s.version, 0) < o.to_version
          and not exists (select from atoll.rollouts n where n.blueprint = o.blueprint
            and n.environment = o.environment and n.created_at > o.created_at
            and (n.state not in ('finished', 'failed') or exists (select from atoll.rollout_targets l
              where l.rollout_id = n.id and l.instance_id = i.id)))
        group by o.blueprint, o.environment, i.slug`.execute(await store());
      const begun: string[] = [];
      const groups = new Map<string, { blueprint: string; environment: string; slugs: string[] }>();
      for (const { blueprint, environment, slug, reached, due } of rows) {
        if (!environments.includes(environment) || kinds.every(({ name }) => name !== blueprint)) continue;
        if (!reached && due) await look(slug);
        if (!reached) continue;
        const key = `${blueprint} ${environment}`;
        const group = groups.get(key) ?? { blueprint, environment, slugs: [] };
        group.slugs.push(slug);
        groups.set(key, group);
      }
      for (const { blueprint, environment, slugs } of groups.values())
        begun.push(
          (await start({ blueprint, environment, slugs, errorBudget: 100 }, "atoll (catching up)")).id,
        );
      return begun;
    },
  };
}
