import { Fault } from "@atoll/core/fault";
import { randomIds } from "@atoll/core/ids";
import type { Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { ProjectAttrs, ProjectIn } from "@atoll/supabase/project";
import { isStuck } from "@atoll/supabase/statuses";
import type { Store } from "../store/store.ts";
import {
  beginCreate,
  doubtCreate,
  isHeld,
  isNamedByUs,
  lookAgain,
  noteReady,
  noteRef,
  noteRemoved,
  type PoolRow,
  type Reason,
  throwAway,
} from "./rows.ts";

/** What a blank project is made, looked at and removed by: the same resources as an instance's. */
export interface Blank {
  project: Resource<ProjectIn, ProjectAttrs>;
  database: Pick<Resource<object, unknown>, "observe">;
}

interface Tools extends Blank {
  store: Store;
  /** Waits are divided by it. */
  timeScale: number;
  /** May one more be made now? Undefined = yes. Asked right before. */
  mayCreate(): Promise<Hold | undefined>;
}

/** Why none may be made now, and when to ask again. */
export interface Hold {
  reason: Reason;
  inMs: number;
}

const graceMs = 30_000; // so long "absent" right after a create is not believed, as in the engine
const pollMs = 5_000;
const readyEveryMs = 300_000;
const settleWithinMs = 1_200_000; // nobody waits for it, so it gets twice an instance's time
const refusedMs = 3_600_000;
const passes = (failures: number) => Math.min(600_000, 5_000 * 2 ** Math.min(failures, 7));

/** Moves one project of the pool on by a look, and by what follows from it. Looks before it acts, so it may be repeated. */
export async function tend(tools: Tools, row: PoolRow): Promise<void> {
  const { store, timeScale } = tools;
  try {
    if (row.state === "removing") await removing(tools, row);
    else if (row.state === "ready") await ready(tools, row);
    else if (row.state !== "claimed") await making(tools, row);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { kind, what, next } = error;
    const reason = { what, next };
    const isPassing = kind === "try-again" || kind === "outcome-unknown";
    if (!isPassing && row.ref !== null && row.state !== "removing") return throwAway(store, row.id, reason);
    if (kind === "outcome-unknown") await doubtCreate(store, row.id);
    const waitMs = isPassing ? (error.retryInMs ?? passes(row.failures)) : refusedMs;
    await lookAgain(store, row.id, waitMs / timeScale, { reason, fails: !isPassing, counts: true });
  }
}

const addressOf = ({ name, ref }: PoolRow) => ({ instance: "", name, ...(ref !== null && { id: ref }) });

/** A creation that was begun, or first looked for, a moment ago may not be visible yet. */
const inDoubt = async ({ id, ref, begun_ms_ago }: PoolRow, { store, timeScale }: Tools) =>
  begun_ms_ago !== null &&
  (begun_ms_ago < graceMs / timeScale || (ref === null && (await doubtCreate(store, id))));

async function making(tools: Tools, row: PoolRow): Promise<void> {
  const { store, project, database, timeScale } = tools;
  const soon = () => lookAgain(store, row.id, pollMs / timeScale);
  const seen = await project.observe(addressOf(row));
  if (seen.is === "absent") {
    if (await inDoubt(row, tools)) return soon();
    if (row.ref !== null) return throwAway(store, row.id, gone("while it came up"));
    return create(tools, row);
  }
  if (seen.is === "settling") return throwAway(store, row.id, gone("while it came up"));
  if (seen.owner === "other")
    throw new Fault("not-ours", {
      what: `There is a project "${row.name}" that the pool did not make.`,
      next: "Rename it in the Supabase dashboard.",
    });
  await noteRef(store, row.id, seen.id);
  if (isStuck(seen.attrs.status))
    return throwAway(store, row.id, gone(`: Supabase says ${seen.attrs.status}`, "It did not come up"));
  const up = await database.observe({ instance: "", name: "database", within: seen.id });
  if (up.is === "present") return noteReady(store, row, seen.id);
  if ((row.begun_ms_ago ?? 0) > settleWithinMs / timeScale)
    return throwAway(store, row.id, gone(" within twenty minutes", "It did not come up"));
  return soon();
}

const gone = (how: string, what = "It vanished "): Reason => ({
  what: `${what}${how}.`,
  next: "Nothing: what is left of it is removed, and another one is made.",
});

async function create({ store, project, timeScale, mayCreate }: Tools, row: PoolRow): Promise<void> {
  const full = await mayCreate();
  if (full !== undefined)
    return lookAgain(store, row.id, full.inMs / timeScale, {
      reason: full.reason,
      fails: false,
      counts: false,
    });
  if (!(await beginCreate(store, row))) return;
  const ref = await project.apply({
    at: addressOf(row),
    // Never used and kept nowhere: whoever claims the project sets their own.
    want: { region: row.region, databasePassword: new Secret("database password", randomIds.password()) },
    live: undefined,
    changes: [{ path: "", act: "create" }],
  });
  await noteRef(store, row.id, ref);
  await lookAgain(store, row.id, pollMs / timeScale);
}

async function ready({ store, project, timeScale }: Tools, row: PoolRow): Promise<void> {
  const seen = await project.observe(addressOf(row));
  if (seen.is !== "present" || seen.id !== row.ref) return throwAway(store, row.id, gone("from Supabase"));
  if (seen.attrs.name !== row.name) throw renamed(seen.attrs.name);
  if (seen.attrs.status !== "ACTIVE_HEALTHY")
    return throwAway(store, row.id, gone(seen.attrs.status, "Supabase said that it is "));
  await lookAgain(store, row.id, readyEveryMs / timeScale);
}

/** Somebody took it for something of their own: there may be data in it. */
const renamed = (name: string) =>
  new Fault("not-ours", {
    what: `Somebody has renamed it to "${name}", so it is neither handed out nor removed.`,
    next: "Delete it in the Supabase dashboard, or give it its old name back, and it is removed within the hour.",
  });

async function removing(tools: Tools, row: PoolRow): Promise<void> {
  const { store, project, timeScale } = tools;
  if (row.ref !== null && (await isHeld(store, row.ref)))
    throw new Fault("not-ours", {
      what: "An instance has it in the journal, so the pool does not remove it.",
      next: "Destroy that instance, or report it: one of the two is wrong.",
    });
  for (let looks = 0; looks < 2; looks++) {
    const seen = await project.observe(addressOf(row));
    if (seen.is === "absent" && row.ref === null && (await inDoubt(row, tools))) break;
    // Somebody else's bears a name like it: the pool's own is not there.
    if (seen.is === "absent" || (seen.is === "present" && seen.owner === "other"))
      return noteRemoved(store, row);
    await noteRef(store, row.id, seen.id);
    row.ref = seen.id;
    if (seen.is === "settling") break;
    if (!(await isNamedByUs(store, row, seen.attrs.name))) throw renamed(seen.attrs.name);
    await project.remove(seen.id);
  }
  await lookAgain(store, row.id, pollMs / timeScale);
}
