import type { StrayThing, SweepRemoval } from "@atoll/contract/schemas/sweep";
import type { FaultReport } from "@atoll/core/event";
import { Fault, Held, reaction } from "@atoll/core/fault";
import { sql } from "kysely";
import type { OpenEnvironment } from "../environments/open.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import { type Evidence, judge } from "./judge.ts";
import { evidenceIn, type LookOptions } from "./look.ts";
import { readRegistry } from "./registry.ts";

interface Row {
  id: string;
  environment: string;
  kind: string;
  thing_id: string;
  name: string;
  instance_id: string | null;
  why: string;
  asked_by: string;
  asked_at: Date;
  state: SweepRemoval["state"];
  said: string | null;
  fault: FaultReport | null;
  tries: number;
  begun_at: Date | null;
  ended_at: Date | null;
}

/** Whoever has taken one has this long for it; then another may. */
const leaseMs = 120_000;
const mostTries = 20;

/** Writes down what is to be removed, and by whose word; what is written down already stays as it is. */
export async function askRemovals(
  store: Store,
  things: readonly StrayThing[],
  by: string,
): Promise<string[]> {
  return store.transaction().execute(async (tx) => {
    const ids: string[] = [];
    for (const { environment, kind, id, name, instance = null, why } of things) {
      const { rows } = await sql<{ id: string }>`
        insert into atoll.sweep_removals (environment, kind, thing_id, name, instance_id, why, asked_by)
        values (${environment}, ${kind}, ${id}, ${name}, ${instance}, ${why}, ${by})
        on conflict (environment, kind, thing_id) where state = 'asked' do update set name = excluded.name
        returning id`.execute(tx);
      ids.push(...rows.map((row) => row.id));
      await record(tx, {
        actor: by,
        action: "sweep.remove",
        subject: `${kind}/${id}`,
        details: { environment, ...(instance !== null && { instance }), why },
      });
    }
    return ids;
  });
}

/** Those that go on, and the newest 200. */
export async function listRemovals(store: Store): Promise<SweepRemoval[]> {
  const { rows } = await sql<Row>`select * from atoll.sweep_removals
    order by (state = 'asked') desc, id desc limit 200`.execute(store);
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    kind: row.kind,
    thing: row.thing_id,
    name: row.name,
    ...(row.instance_id !== null && { instance: row.instance_id }),
    why: row.why,
    by: row.asked_by,
    askedAt: row.asked_at.toISOString(),
    state: row.state,
    ...(row.said !== null && { said: row.said }),
    ...(row.fault !== null && { fault: { what: row.fault.what, next: row.fault.next } }),
    ...(row.ended_at !== null && { endedAt: row.ended_at.toISOString() }),
  }));
}

/**
 * Removes what is due, one after the other. Whoever is killed on the way leaves it to whoever comes next: a thing that
 * is gone counts as removed once its removal was begun. Gives how many it had in hand.
 */
export async function doRemovals(
  store: Store,
  environments: readonly Pick<OpenEnvironment, "name" | "accounts">[],
  options: LookOptions,
): Promise<number> {
  let count = 0;
  for (const environment of environments) {
    // Asked once for all that is due: it takes a question to each database.
    let evidence: Promise<Evidence> | undefined;
    const known = () => {
      evidence ??= evidenceIn(store, environment, options).then((seen) => seen.evidence);
      return evidence;
    };
    for (;;) {
      const row = await take(store, environment.name);
      if (row === undefined) break;
      count += 1;
      await doOne(store, environment, row, known);
    }
  }
  return count;
}

async function take(store: Store, environment: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    update atoll.sweep_removals set tries = tries + 1, due_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    where id = (select id from atoll.sweep_removals
      where state = 'asked' and environment = ${environment} and due_at <= clock_timestamp()
      order by id limit 1 for update skip locked)
    returning *`.execute(store);
  return rows[0];
}

async function doOne(
  store: Store,
  environment: Pick<OpenEnvironment, "name" | "accounts">,
  row: Row,
  known: () => Promise<Evidence>,
): Promise<void> {
  try {
    const said = await removeOne(store, environment, row, known);
    await end(store, row, said === undefined ? { state: "removed" } : { state: "kept", said });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error instanceof Held) {
      // A provider's limit, or its silence, is no try.
      const waitMs = Math.max(1_000, error.untilMs - Date.now());
      await sql`update atoll.sweep_removals set said = ${error.what}, tries = tries - 1,
        due_at = clock_timestamp() + ${waitMs} * interval '1 millisecond'
        where id = ${row.id} and state = 'asked'`.execute(store);
      return;
    }
    const passes = reaction[error.kind].engine !== "stop" && row.tries < mostTries;
    if (!passes) return end(store, row, { state: "failed", fault: { what: error.what, next: error.next } });
    await sql`update atoll.sweep_removals set said = ${error.what},
      due_at = clock_timestamp() + ${error.retryInMs ?? 2_000} * interval '1 millisecond'
      where id = ${row.id} and state = 'asked'`.execute(store);
  }
}

/** Looks whether it still is an orphan, and removes it. Undefined = it is gone; a sentence = it stays, and why. */
async function removeOne(
  store: Store,
  environment: Pick<OpenEnvironment, "name" | "accounts">,
  row: Row,
  known: () => Promise<Evidence>,
): Promise<string | undefined> {
  const owned = environment.accounts.owned.kinds.find(({ kind }) => kind === row.kind);
  if (owned === undefined) return `There is no account that holds a ${row.kind} any more.`;
  const evidence = await known(); // may take minutes: everything else is looked at after it
  const thing = await owned.look(row.thing_id);
  if (thing === undefined) return row.begun_at === null ? "It was gone already." : undefined;
  const verdict = judge(row.kind, thing, await readRegistry(store), evidence);
  if (verdict.is !== "orphan") return keptBecause[verdict.is];
  if (verdict.instance !== row.instance_id) return "It carries another mark now.";
  // Committed before the call: whoever finds it gone afterwards knows that this was us.
  await sql`update atoll.sweep_removals set begun_at = clock_timestamp() where id = ${row.id}`.execute(store);
  await owned.remove(row.thing_id);
  if ((await owned.look(row.thing_id)) === undefined) return undefined;
  throw new Fault("try-again", {
    what: `${owned.provider} still shows the ${row.kind} "${row.name}".`,
    next: "Nothing: it is looked at again until it is gone.",
    retryInMs: 1_000,
  });
}

const keptBecause = {
  left: "It has an owner, or carries our mark no longer.",
  young: "It is too young: whoever made it may be about to write it down.",
  busy: "Its instance has a run that goes on.",
  unproven: "Nothing proves any more that it is ours.",
} as const;

async function end(
  store: Store,
  { id, kind, thing_id, name, asked_by }: Row,
  to: { state: "removed" | "kept" | "failed"; said?: string; fault?: { what: string; next: string } },
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { numAffectedRows = 0n } = await sql`update atoll.sweep_removals set state = ${to.state},
      said = ${to.said ?? null}, fault = ${to.fault === undefined ? null : JSON.stringify(to.fault)},
      ended_at = clock_timestamp() where id = ${id} and state = 'asked'`.execute(tx);
    if (numAffectedRows === 0n) return;
    await record(tx, {
      actor: asked_by,
      action: `sweep.${to.state}`,
      subject: `${kind}/${thing_id}`,
      details: { name, ...(to.said !== undefined && { said: to.said }), ...to.fault },
    });
  });
}
