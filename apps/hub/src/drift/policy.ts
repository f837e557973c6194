import type { DriftPolicy } from "@atoll/contract/schemas/drift";
import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import { sql } from "kysely";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import { policyActor, policyOf, repairOf } from "./areas.ts";
import { beginRepair } from "./begin-repair.ts";
import { lookSoon } from "./looking.ts";

/** After so many repairs that did not last somebody is working against us. */
const mostRepairs = 3;
/** A look that is older says too little to act upon. */
const freshMs = 600_000;

interface Deciding {
  store: Store;
  journal: Pick<Journal, "submit">;
  policy: DriftPolicy | undefined;
}

/** A look that is decided about, as it stood when it was taken for that. */
interface Taken {
  id: string;
  slug: string;
  besides: string[];
  problems: unknown[];
  looked_at: Date | null;
  until: string;
}

/** Decides about each look that nobody decided about yet: it is repaired by itself, or left to be told. */
export async function decide(deciding: Deciding): Promise<void> {
  const { store } = deciding;
  await clearOthers(store);
  const open = await store
    .selectFrom("drift_looks as l")
    .innerJoin("instances as i", "i.id", "l.instance_id")
    .select("l.instance_id")
    .where("l.decided", "=", false)
    .where("i.state", "=", "live")
    .orderBy("l.due_at")
    .limit(200)
    .execute();
  for (const { instance_id: id } of open) {
    const look = await take(store, id);
    if (look === undefined) continue;
    await decideOne(deciding, look);
    // A newer look meanwhile is decided about by itself.
    await sql`update atoll.drift_looks set decided = true, deciding_until = null
      where instance_id = ${id} and deciding_until::text = ${look.until}`.execute(store);
  }
}

/**
 * Nothing is decided about instances that are not live, and what was seen of them says nothing once they are: then the
 * first thing is a look. One that a run changes just now is on its way back.
 */
async function clearOthers(store: Store): Promise<void> {
  await sql`update atoll.drift_looks l set decided = true, deciding_until = null, due_at = clock_timestamp()
    from atoll.instances i
    where i.id = l.instance_id and not l.decided and i.state not in ('live', 'updating')`.execute(store);
}

/** Taken first, and told of afterwards only: another hub must not tell what is about to be repaired. */
async function take(store: Store, instanceId: string): Promise<Taken | undefined> {
  const { rows } = await sql<Taken>`update atoll.drift_looks l
    set deciding_until = clock_timestamp() + interval '5 minutes'
    from atoll.instances i
    where i.id = l.instance_id and i.state = 'live' and l.instance_id = ${instanceId} and not l.decided
      and coalesce(l.deciding_until < clock_timestamp(), true)
    returning i.id, i.slug, l.besides, l.problems, l.looked_at, l.deciding_until::text as until`.execute(
    store,
  );
  return rows[0];
}

async function decideOne({ store, journal, policy }: Deciding, instance: Taken): Promise<void> {
  const { looked_at } = instance;
  const isFresh = looked_at !== null && Date.now() - looked_at.getTime() < freshMs;
  const rows = await store
    .selectFrom("instance_drift")
    .selectAll()
    .where("instance_id", "=", instance.id)
    .where("gone_at", "is", null)
    .orderBy("path")
    .execute();
  const planned = rows.filter(({ step }) => step !== "vault" && step !== "users");
  const meant = planned.filter(
    ({ area, act, accepted_at }) =>
      accepted_at === null && policyOf(policy, area) === "repair" && repairOf(area, act) === "run",
  );
  if (meant.length === 0 || policy === undefined) return;
  if (!isFresh) {
    await lookSoon(store, instance.id);
    return;
  }
  const fought = meant.filter(({ repairs }) => repairs >= mostRepairs);
  if (fought.length > 0) {
    await stop(
      store,
      instance,
      fought.filter(({ stopped_at }) => stopped_at === null).map(({ path }) => path),
    );
    return;
  }
  // A run ensures everything: whatever else it would touch has to be meant, too, or to follow from what is.
  const steps = new Set(meant.map(({ step }) => step));
  const follows = ({ area, act, accepted_at, after }: (typeof planned)[number]) =>
    accepted_at === null &&
    (area === "site" || area === "environment" || area === "auth" || area === "automations") &&
    repairOf(area, act) === "run" &&
    after.some((step) => steps.has(step));
  const isAlone = planned.every((each) => meant.includes(each) || follows(each));
  if (!isAlone || instance.besides.length > 0 || instance.problems.length > 0) return;
  if ((await begunToday(store, instance.id)) >= policy.repairsADay) return;
  const paths = meant.map(({ path }) => path);
  try {
    await store
      .updateTable("instance_drift")
      .set({ repairs: sql<number>`repairs + 1` })
      .where("instance_id", "=", instance.id)
      .where("path", "in", paths)
      .execute();
    await beginRepair(store, journal, instance, { paths, only: [...steps], by: policyActor });
  } catch (error) {
    // Another run was faster: after it there is another look, and another decision.
    if (!(error instanceof Fault)) throw error;
    await lookSoon(store, instance.id);
  }
}

async function begunToday(store: Store, instanceId: string): Promise<number> {
  const { begun } = await store
    .selectFrom("drift_repairs")
    .select((select) => select.fn.countAll<string>().as("begun"))
    .where("instance_id", "=", instanceId)
    .where("by", "=", policyActor)
    .where("begun_at", ">", sql<Date>`clock_timestamp() - interval '1 day'`)
    .executeTakeFirstOrThrow();
  return Number(begun);
}

/** Somebody puts it back each time: repairing goes on helping nobody. It is told once more, with that. */
async function stop(store: Store, instance: { id: string; slug: string }, paths: string[]): Promise<void> {
  if (paths.length === 0) return;
  await store.transaction().execute(async (tx) => {
    await tx
      .updateTable("instance_drift")
      .set({ stopped_at: sql<Date>`clock_timestamp()`, told: null })
      .where("instance_id", "=", instance.id)
      .where("path", "in", paths)
      .execute();
    await record(tx, {
      actor: policyActor,
      action: "drift.stop",
      subject: `instance/${instance.slug}`,
      details: { paths, repairs: mostRepairs },
    });
  });
}
