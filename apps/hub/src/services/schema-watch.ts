import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Runtime } from "../runtime.ts";
import { inPool } from "../schema/pool.ts";
import { instancesWithSchema } from "../schema/states.ts";
import { record } from "../store/audit.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import type { Letters } from "./letters.ts";
import { post } from "./outbox.ts";
import { listOwners } from "./owners.ts";

interface Watcher {
  store: Store;
  runtime: Pick<Runtime, "schemas">;
  letters: Letters;
  baseUrl: string;
  /** How long after a look the next one is due, in milliseconds. */
  everyMs: number;
  random?: () => number;
}

const atOnce = 50;
/** One after the other 50 took longer than the pause between two rounds: 100,000 in six hours were out of reach. */
const besideEachOther = 8;

/**
 * Looks at the schemas that nobody has looked at for a while, some at each tick, and tells the team of drift: once, and
 * again only when it has become another one. Rollouts that were recorded and not begun are handed to workers, and what
 * rollouts left behind is caught up.
 */
export function watchSchemas(watcher: Watcher): () => Promise<void> {
  const { store, runtime, everyMs, random = Math.random } = watcher;
  return async () => {
    const { schemas } = runtime;
    // Each by itself: what is wrong with one must not keep the others from being done.
    const failures: unknown[] = [];
    const alone = (work: () => Promise<unknown>) => work().catch((error: unknown) => failures.push(error));
    await alone(() => schemas.nudge());
    await alone(() => schemas.catchUp());
    // A tenth of jitter: a thousand instances of one day are not looked at in one minute for ever.
    const ageMs = everyMs * (1 - random() / 10);
    const due = await instancesWithSchema(store)
      .where("i.state", "=", "live")
      .where("i.environment", "in", [...schemas.environments])
      .where(
        sql<boolean>`(s.tried_at is null or s.tried_at < clock_timestamp() - ${ageMs} * interval '1 millisecond')`,
      )
      .orderBy(sql`s.tried_at nulls first`)
      .limit(atOnce)
      .execute();
    await inPool(due, besideEachOther, async ({ slug }) => {
      await alone(() => schemas.check({ slug }));
    });
    await alone(() => tellOfDrift(watcher));
    if (failures.length > 0) throw failures[0];
  };
}

const digestOf = (drift: readonly string[]) => createHash("sha256").update(drift.join("\n")).digest("hex");

async function tellOfDrift({ store, letters, baseUrl }: Watcher): Promise<void> {
  const rows = await store
    .selectFrom("schema_states as s")
    .innerJoin("instances as i", "i.id", "s.instance_id")
    .select(["s.instance_id", "s.drift", "s.told", "i.slug"])
    .where(sql<boolean>`(jsonb_array_length(s.drift) > 0 or s.told is not null)`)
    .execute();
  for (const { instance_id, drift, told, slug } of rows) {
    const now = drift.length > 0 ? digestOf(drift) : null;
    if (now === told) continue;
    await store.transaction().execute(async (tx) => {
      const changed = await tx
        .updateTable("schema_states")
        .set({ told: now })
        .where("instance_id", "=", instance_id)
        .where("told", told === null ? "is" : "=", told)
        .returning("instance_id")
        .executeTakeFirst();
      if (changed === undefined || now === null) return; // told by another process, or put right
      await record(tx, {
        actor: "hub",
        action: "schema.drift",
        subject: `instance/${slug}`,
        details: { differences: drift.length },
      });
      const { value } = await readSettings(tx);
      const admins = value.alertTo.length > 0 ? value.alertTo : await listOwners(tx);
      const letter = letters.schemaDrift({
        instance: slug,
        paths: drift,
        url: `${baseUrl}/instances/${encodeURIComponent(slug)}`,
      });
      for (const admin of admins)
        await post(tx, `drift/${instance_id}/${now.slice(0, 16)}/${Date.now()}/${admin}`, admin, letter);
    });
  }
}
