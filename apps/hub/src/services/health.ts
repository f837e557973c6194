import { sql } from "kysely";
import type { Runtime } from "../runtime.ts";
import type { Store } from "../store/store.ts";

interface Looker {
  store: Store;
  runtime: Pick<Runtime, "journal">;
}

/** What is wrong with an instance: a problem for each step that does not answer as it should. */
export interface Health {
  healthy: boolean;
  problems: { step: string; problem: string }[];
}

/** Asks every thing of an instance whether it answers, and writes down what it said. Reads only at the providers. */
export async function checkHealth(
  { store, runtime }: Looker,
  instance: { id: string; slug: string },
): Promise<Health> {
  const { problems } = await runtime.journal.verify(instance.slug);
  const row = { instance_id: instance.id, problems: JSON.stringify(problems) };
  await store
    .insertInto("instance_health")
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column("instance_id")
        .doUpdateSet({ problems: row.problems, checked_at: sql<Date>`clock_timestamp()` }),
    )
    .execute();
  return { healthy: problems.length === 0, problems };
}

const restMs = 60_000;

/**
 * Looks once at each live instance that nobody has looked at since its last run. One that cannot be asked now, since
 * a provider is away, is asked again a minute later.
 */
export function healthAfterRuns(looker: Looker, nowMs: () => number = Date.now) {
  const restsUntil = new Map<string, number>();
  return async (): Promise<void> => {
    const due = await looker.store
      .selectFrom("instances as i")
      .leftJoin("instance_health as h", "h.instance_id", "i.id")
      .select(["i.id", "i.slug"])
      .where("i.state", "=", "live")
      .where((where) =>
        where.or([
          where("h.checked_at", "is", null),
          where.exists(
            where
              .selectFrom("runs as r")
              .select("r.id")
              .whereRef("r.instance_id", "=", "i.id")
              .whereRef("r.ended_at", ">", "h.checked_at"),
          ),
        ]),
      )
      .orderBy("i.updated_at")
      .limit(20)
      .execute();
    const next = due.find(({ id }) => (restsUntil.get(id) ?? 0) <= nowMs());
    if (next === undefined) return;
    restsUntil.set(next.id, nowMs() + restMs);
    await checkHealth(looker, next);
    restsUntil.delete(next.id);
  };
}
