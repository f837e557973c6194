import { randomUUID } from "node:crypto";
import type { RestoreAs, RestoreState } from "@atoll/contract/schemas/backups";
import type { FaultReport } from "@atoll/core/event";
import { Fault, type Problem } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { ended } from "@atoll/core/states";
import type { Journal } from "@atoll/engine/journal";
import { type Selectable, sql } from "kysely";
import { present } from "../server/shown.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { RestoreTable } from "../store/tables.ts";
import type { Vaults } from "../vault/vaults.ts";
import { mustFindBackup } from "./rows.ts";

/** How instances are made: the hub's runtime. */
export interface Making {
  journal: Pick<Journal, "find" | "runs" | "run" | "submit">;
  /** Checks the answers, records the instance, and gives its slug. */
  register(blueprint: string, answers: Record<string, unknown>, environment?: string): Promise<string>;
  /** All that is wrong with answers for a new instance. */
  problemsOf(
    blueprint: string,
    answers: Record<string, unknown>,
    about?: string,
    environment?: string,
  ): Promise<Problem[]>;
  instance(slug: string): Promise<{ id: string }>;
  vaults: Pick<Vaults, "read" | "settle">;
}

interface Place {
  store: Store;
  runtime: Making;
}

type Row = Selectable<RestoreTable>;

/** What was answered without what a client brought and without secrets: neither is another instance's. */
function plainAnswers(given: unknown): Record<string, unknown> {
  const isPlain = (value: unknown): boolean =>
    !(value instanceof Secret) &&
    (typeof value !== "object" || value === null || Object.values(value).every(isPlain));
  return Object.fromEntries(
    Object.entries(Object(given)).filter(([name, value]) => name !== "bring" && isPlain(value)),
  );
}

/** Records that a backup is to become a new instance; what is wrong with its answers is refused at once. */
export async function beginRestoreAs(
  { store, runtime }: Place,
  wanted: {
    backup: string;
    slug: string;
    answers?: Record<string, unknown> | undefined;
    environment?: string | undefined;
    by: string;
  },
): Promise<RestoreAs> {
  const row = await mustFindBackup(store, wanted.backup);
  if (row.state !== "made" && row.state !== "verified")
    throw new Fault("rejected", {
      what: `The backup is ${row.state}${row.problem ? `: ${row.problem.what}` : "."}`,
      next: row.problem?.next ?? "Choose another one.",
      field: "backup",
    });
  const { slug } = wanted;
  const old = await store
    .selectFrom("instances")
    .select(["slug", "environment"])
    .where("id", "=", row.instance_id)
    .executeTakeFirst();
  const known = old && plainAnswers((await runtime.journal.find(old.slug))?.answers);
  const answers = { ...known, ...plainAnswers(wanted.answers), slug };
  const environment = wanted.environment ?? old?.environment ?? "";
  if ((await runtime.journal.find(slug)) !== undefined)
    throw new Fault("rejected", {
      what: `The slug "${slug}" is taken.`,
      next: "Choose another one: slugs of removed instances stay reserved, too.",
      field: "slug",
    });
  const [problem] = await runtime.problemsOf(row.blueprint, answers, undefined, environment);
  if (problem !== undefined)
    throw new Fault("rejected", {
      what: problem.what,
      next: "Correct it with `answers`, then ask again.",
      field: problem.field,
    });
  const made = await store.transaction().execute(async (tx) => {
    const inserted = await tx
      .insertInto("restores")
      .values({
        id: randomUUID(),
        backup_id: row.id,
        slug,
        answers: JSON.stringify(answers),
        environment,
        by: wanted.by,
      })
      .onConflict((on) => on.column("slug").doNothing())
      .returningAll()
      .executeTakeFirst();
    if (inserted === undefined) return undefined;
    await record(tx, {
      actor: wanted.by,
      action: "backup.restore-as",
      subject: `instance/${slug}`,
      details: { backup: row.id, of: row.slug },
    });
    return inserted;
  });
  if (made !== undefined) return shownRestore(made);
  throw new Fault("rejected", {
    what: `A restore as "${slug}" was asked for already.`,
    next: "Follow that one, or choose another slug.",
    field: "slug",
  });
}

/** Moves every restore as a new instance on that can; nothing is lost when the hub dies between two moves. */
export async function driveRestores(place: Place): Promise<void> {
  const rows = await place.store
    .selectFrom("restores")
    .selectAll()
    .where("state", "!=", "done")
    .orderBy("created_at")
    .execute();
  for (const row of rows) {
    try {
      await drive(place, row);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.kind === "try-again" || error.kind === "outcome-unknown") continue; // the next round tries again
      await move(place, row, "failed", { fault: reportOf(error) });
    }
  }
}

const reportOf = ({ kind, what, next, field }: Fault): FaultReport => ({
  kind,
  what,
  next,
  ...(field !== undefined && { field }),
});

async function drive(place: Place, row: Row): Promise<void> {
  switch (row.state) {
    case "waiting":
      return provision(place, row);
    case "provisioning":
      return follow(place, row, row.provision_run, () => move(place, row, "restoring", {}));
    case "restoring":
      if (row.restore_run === null) return restore(place, row);
      return follow(place, row, row.restore_run, () => finish(place, row));
    case "failed":
      return goOn(place, row);
  }
}

async function provision(place: Place, row: Row): Promise<void> {
  const { store, runtime } = place;
  const { blueprint } = await mustFindBackup(store, row.backup_id);
  const slug = await runtime.register(blueprint, row.answers, row.environment);
  const instance = await runtime.instance(slug);
  // One that has runs already is somebody else's, unless this restore began them.
  if (row.instance_id !== instance.id && (await runtime.journal.runs(slug)).length > 0)
    throw new Fault("rejected", {
      what: `The slug "${slug}" is taken.`,
      next: "Ask again with another one.",
      field: "slug",
    });
  // Written down before the run is started: its welcome mail is held back by this row.
  await store.updateTable("restores").set({ instance_id: instance.id }).where("id", "=", row.id).execute();
  const run = await runtime.journal.submit("provision", slug, { by: row.by });
  await move(place, row, "provisioning", { provision_run: run });
}

async function restore(place: Place, row: Row): Promise<void> {
  const run = await place.runtime.journal.submit("restore", row.slug, {
    by: row.by,
    input: { backup: row.backup_id },
  });
  await place.store.updateTable("restores").set({ restore_run: run }).where("id", "=", row.id).execute();
}

async function follow(place: Place, row: Row, id: string | null, then: () => Promise<void>): Promise<void> {
  const run = id === null ? undefined : await place.runtime.journal.run(id);
  if (run === undefined || !ended.includes(run.state)) return;
  if (run.state === "succeeded") return then();
  const fault = run.fault ?? {
    kind: "rejected" as const,
    what: `The run was ${run.state}.`,
    next: "Retry it when it is wanted after all, or destroy the new instance.",
  };
  await move(place, row, "failed", { fault });
}

/** What was restored is what stands in the vault: the hub takes the instance's side of every key. */
async function finish(place: Place, row: Row): Promise<void> {
  const { vaults } = place.runtime;
  for (const { key, state, seen } of await vaults.read(row.slug))
    if (state !== "same") await vaults.settle(row.slug, key, { take: "instance", seen }, "hub");
  await move(place, row, "done", {});
}

/** A failed one whose run somebody retried goes along with it. */
async function goOn(place: Place, row: Row): Promise<void> {
  const id = row.restore_run ?? row.provision_run;
  const run = id === null ? undefined : await place.runtime.journal.run(id);
  if (run === undefined || (ended.includes(run.state) && run.state !== "succeeded")) return;
  const state = row.restore_run === null ? "provisioning" : "restoring";
  await move(place, row, state, { fault: null });
}

async function move(
  { store }: Place,
  { id, state: from }: Row,
  to: RestoreState,
  more: { provision_run?: string; fault?: FaultReport | null },
): Promise<void> {
  const { fault, ...rest } = more;
  const isOver = to === "done" || to === "failed";
  await store
    .updateTable("restores")
    .set({
      ...rest,
      state: to,
      ended_at: isOver ? sql<Date>`clock_timestamp()` : null,
      ...(fault !== undefined && { fault: fault === null ? null : JSON.stringify(fault) }),
    })
    .where("id", "=", id)
    .where("state", "=", from)
    .execute();
}

/** As the API tells it. */
export function shownRestore(row: Row): RestoreAs {
  return {
    id: row.id,
    backup: row.backup_id,
    slug: row.slug,
    state: row.state,
    by: row.by,
    createdAt: row.created_at.toISOString(),
    ...present({
      provisionRun: row.provision_run ?? undefined,
      restoreRun: row.restore_run ?? undefined,
      fault: row.fault === null ? undefined : { what: row.fault.what, next: row.fault.next },
      endedAt: row.ended_at?.toISOString(),
    }),
  };
}
