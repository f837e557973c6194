import { sql } from "kysely";
import { throwAll } from "../monitor/failures.ts";
import type { Runtime } from "../runtime.ts";
import { inPool } from "../schema/pool.ts";
import type { Letters } from "../services/letters.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import type { Looked } from "./looking.ts";
import { decide } from "./policy.ts";
import { tellOfDrift, tellOfFailedRepairs } from "./tell.ts";

interface DriftWatcher {
  store: Store;
  runtime: Pick<Runtime, "drifts" | "journal" | "environments">;
  letters: Letters;
  baseUrl: string;
  /** How long after a look the next one is due, in milliseconds. */
  everyMs: number;
  random?: () => number;
}

const atOnce = 4; // each look asks every provider of an instance
const atATick = 50;

/** Looks for drift at what is due, decides what is repaired by itself, and tells the team of the rest. */
export function watchDrift(watcher: DriftWatcher): () => Promise<void> {
  const { store, runtime, everyMs, random = Math.random } = watcher;
  return async () => {
    // Each by itself: what is wrong with one must not keep the others from being done.
    const failures: unknown[] = [];
    const alone = (work: () => Promise<unknown>) => work().catch((error: unknown) => failures.push(error));
    await alone(() => enter(watcher));
    const instances = await due(store, runtime.environments);
    await inPool(instances, atOnce, async (instance) => {
      // A tenth of jitter in both directions: what was looked at together drifts apart.
      const nextMs = everyMs * (0.9 + random() / 5);
      if (!(await claim(store, instance, nextMs))) return;
      await alone(() => runtime.drifts.look(instance, nextMs));
    });
    const { value: settings } = await readSettings(store);
    await alone(() => decide({ store, journal: runtime.journal, policy: settings.drift }));
    await alone(() => tellOfDrift(watcher));
    await alone(() => tellOfFailedRepairs(watcher));
    throwAll(failures.flatMap((error) => (error instanceof AggregateError ? error.errors : [error])));
  };
}

/** Live instances that have no turn yet get one, spread over a whole round. */
async function enter({ store, everyMs }: DriftWatcher): Promise<void> {
  await sql`insert into atoll.drift_looks (instance_id, due_at)
    select i.id, clock_timestamp() + random() * ${everyMs}::float8 * interval '1 millisecond'
    from atoll.instances i where i.state = 'live'
      and not exists (select from atoll.drift_looks l where l.instance_id = i.id)
    on conflict do nothing`.execute(store);
}

type Due = Looked & { due_at: Date };

/** Whose turn it is. While a run goes on an instance is left alone; its turn stays until afterwards. */
async function due(store: Store, environments: readonly string[]): Promise<Due[]> {
  return store
    .selectFrom("drift_looks as l")
    .innerJoin("instances as i", "i.id", "l.instance_id")
    .select(["i.id", "i.slug", "i.blueprint", "i.environment", "i.state", "l.due_at"])
    .where("i.state", "=", "live")
    .where("i.environment", "in", [...environments])
    .where("l.due_at", "<=", sql<Date>`clock_timestamp()`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("runs as r")
            .select("r.id")
            .whereRef("r.instance_id", "=", "i.id")
            .where("r.state", "in", ["queued", "running", "waiting", "undoing"]),
        ),
      ),
    )
    .orderBy("l.due_at")
    .limit(atATick)
    .execute();
}

/**
 * Takes a turn, so that no other hub takes it, or tells meanwhile of what this look may find gone. Of one that dies with
 * it the decision is made up for later.
 */
async function claim(store: Store, { id, due_at }: Due, nextMs: number): Promise<boolean> {
  const taken = await sql`update atoll.drift_looks
    set due_at = clock_timestamp() + ${nextMs}::float8 * interval '1 millisecond',
      decided = false, deciding_until = clock_timestamp() + interval '10 minutes'
    where instance_id = ${id} and date_trunc('milliseconds', due_at) = ${due_at}`.execute(store);
  return taken.numAffectedRows === 1n;
}
