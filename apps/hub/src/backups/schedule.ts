import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import { sql } from "kysely";
import type { OpenEnvironment } from "../environments/open.ts";
import type { Store } from "../store/store.ts";

interface Scheduling {
  store: Store;
  journal: Pick<Journal, "submit">;
  environments: readonly Pick<OpenEnvironment, "name" | "databases">[];
  everyMs: number;
  random?: () => number;
}

/** More would take the providers' limits and the hub's disk from what people wait for. */
const atOnce = 2;
/** A turn that failed, or could not be begun, comes again so soon. */
const againMs = 3_600_000;
/** A first turn comes within so long. */
const firstWithinMs = 3_600_000;

/** Why a turn was let pass that nobody has to worry about. */
export const pausedByProvider = "Its provider has paused the project: nothing in it can have changed.";

const under = sql.raw("('queued', 'running', 'waiting', 'undoing')");

interface Due {
  id: string;
  slug: string;
  environment: string;
  due_at: Date;
}

/**
 * Begins the backups whose turn it is: of live and paused instances, never more than two at once, and none while a run
 * that somebody asked for waits. Each turn is taken by one hub.
 */
export async function beginDue(scheduling: Scheduling): Promise<void> {
  const { store, environments, everyMs, random = Math.random } = scheduling;
  if (everyMs === 0) return;
  await sql`insert into atoll.backup_turns (instance_id, due_at)
    select i.id, clock_timestamp() + random() * ${Math.min(everyMs, firstWithinMs)}::float8 * interval '1 millisecond'
    from atoll.instances i where i.state in ('live', 'paused')
      and not exists (select from atoll.backup_turns t where t.instance_id = i.id)
    on conflict do nothing`.execute(store);
  await sql`update atoll.backup_turns t set run_id = null,
      due_at = least(t.due_at, clock_timestamp() + ${againMs}::float8 * interval '1 millisecond')
    from atoll.runs r where r.id = t.run_id and r.state in ('failed', 'undone', 'cancelled')`.execute(store);
  const names = environments.map(({ name }) => name);
  const room = atOnce - (await underWay(store, names));
  if (room <= 0) return;
  for (const due of await dueNow(store, names, room)) {
    // A tenth of jitter in both directions: what was made together drifts apart.
    const nextMs = everyMs * (0.9 + random() / 5);
    if (await claim(store, due, nextMs)) await begin(scheduling, due);
  }
}

/**
 * How many scheduled backups go on here; as many as there is room for where somebody's run waits for a worker. One that
 * has waited for 10 minutes waits for something else than a worker that is busy: it holds nothing up.
 */
async function underWay(store: Store, environments: readonly string[]): Promise<number> {
  const { rows } = await sql<{ scheduled: number; waiting: number }>`
    select count(*) filter (where r.kind = 'backup' and r.input ->> 'why' = 'scheduled')::int as scheduled,
      count(*) filter (where r.state = 'queued' and r.input ->> 'why' is distinct from 'scheduled'
        and r.created_at > clock_timestamp() - interval '10 minutes')::int as waiting
    from atoll.runs r join atoll.instances i on i.id = r.instance_id
    where r.state in ${under} and i.environment in (${sql.join([...environments])})`.execute(store);
  const [found] = rows;
  return found === undefined || found.waiting > 0 ? atOnce : found.scheduled;
}

async function dueNow(store: Store, environments: readonly string[], atMost: number): Promise<Due[]> {
  const { rows } = await sql<Due>`
    select i.id, i.slug, i.environment, t.due_at
      from atoll.backup_turns t join atoll.instances i on i.id = t.instance_id
     where i.state in ('live', 'paused') and i.environment in (${sql.join([...environments])})
       and t.due_at <= clock_timestamp()
       and not exists (select from atoll.runs r where r.instance_id = i.id and r.state in ${under})
     order by t.due_at limit ${atMost}`.execute(store);
  return rows;
}

async function claim(store: Store, { id, due_at }: Due, nextMs: number): Promise<boolean> {
  const taken = await sql`update atoll.backup_turns
    set due_at = clock_timestamp() + ${nextMs}::float8 * interval '1 millisecond', skipped = null
    where instance_id = ${id} and date_trunc('milliseconds', due_at) = ${due_at}`.execute(store);
  return taken.numAffectedRows === 1n;
}

async function begin({ store, journal, environments }: Scheduling, due: Due): Promise<void> {
  const note = (changes: { run_id?: string; skipped?: string }) =>
    store.updateTable("backup_turns").set(changes).where("instance_id", "=", due.id).execute();
  const later = () =>
    sql`update atoll.backup_turns set due_at = clock_timestamp() + ${againMs}::float8 * interval '1 millisecond'
      where instance_id = ${due.id}`.execute(store);
  try {
    const databases = environments.find(({ name }) => name === due.environment)?.databases;
    if (await databases?.isPaused?.(due.slug)) {
      await note({ skipped: pausedByProvider });
      return;
    }
    const input = { why: "scheduled" };
    await note({ run_id: await journal.submit("backup", due.slug, { by: "hub", input }) });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await note({ skipped: error.what });
    await later();
  }
}
