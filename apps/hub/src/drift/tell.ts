import { createHash } from "node:crypto";
import { sql, type Transaction } from "kysely";
import type { Letters } from "../services/letters.ts";
import { post } from "../services/outbox.ts";
import { listOwners } from "../services/owners.ts";
import { record } from "../store/audit.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { policyActor } from "./areas.ts";

interface Telling {
  store: Store;
  letters: Letters;
  /** Where people reach the hub, without a slash at the end. */
  baseUrl: string;
}

async function addresses(store: Store, tx: Transaction<Tables>): Promise<string[]> {
  const { value } = await readSettings(store);
  return value.alertTo.length > 0 ? value.alertTo : listOwners(tx);
}

/**
 * Tells of differences that nobody has heard of and nobody accepted: one mail an instance. It waits while a look or a
 * run is still to come. The watch over schemas tells of theirs.
 */
export async function tellOfDrift({ store, letters, baseUrl }: Telling): Promise<void> {
  const { rows: instances } = await sql<{ id: string; slug: string }>`select distinct i.id, i.slug
    from atoll.instance_drift d join atoll.instances i on i.id = d.instance_id
      join atoll.drift_looks l on l.instance_id = d.instance_id
    where d.gone_at is null and d.accepted_at is null and d.area <> 'schema' and d.told is distinct from d.digest
      and i.state = 'live' and l.decided and l.due_at > clock_timestamp()
      and not exists (select from atoll.runs r where r.instance_id = i.id
        and r.state in ('queued', 'running', 'waiting', 'undoing'))`.execute(store);
  for (const { id, slug } of instances)
    await store.transaction().execute(async (tx) => {
      const news = await tx
        .updateTable("instance_drift")
        .set({ told: sql<string>`digest` })
        .where("instance_id", "=", id)
        .where("gone_at", "is", null)
        .where("accepted_at", "is", null)
        .where("area", "!=", "schema")
        .where(sql<boolean>`told is distinct from digest`)
        .returning(["path", "act", "stands", "wanted", "digest", "stopped_at"])
        .execute();
      if (news.length === 0) return; // told by another process
      const paths = news.map(({ path }) => path).sort();
      await record(tx, {
        actor: "hub",
        action: "drift.found",
        subject: `instance/${slug}`,
        details: { paths: paths.slice(0, 50), differences: paths.length },
      });
      const letter = letters.instanceDrift({
        instance: slug,
        differences: news
          .toSorted((a, b) => (a.path < b.path ? -1 : 1))
          .map(({ path, stands, wanted }) => ({
            path,
            ...(stands !== null && { from: stands }),
            ...(wanted !== null && { to: wanted }),
          })),
        comesBack: news.some(({ stopped_at }) => stopped_at !== null),
        url: `${baseUrl}/instances/${encodeURIComponent(slug)}?tab=drift`,
      });
      const key = createHash("sha256")
        .update(news.map(({ path, digest }) => `${path} ${digest}`).join("\n"))
        .digest("hex");
      for (const admin of await addresses(store, tx))
        await post(tx, `drift/${id}/${key.slice(0, 16)}/${Date.now()}/${admin}`, admin, letter);
    });
}

/** Tells of repairs that the policy began and that failed: nobody waits for those. */
export async function tellOfFailedRepairs({ store, letters, baseUrl }: Telling): Promise<void> {
  const failed = await store
    .selectFrom("drift_repairs as p")
    .innerJoin("runs as r", "r.id", "p.run_id")
    .innerJoin("instances as i", "i.id", "p.instance_id")
    .select(["p.id", "r.id as run", "r.fault", "r.state", "i.slug"])
    .where("p.told", "=", false)
    .where("p.by", "=", policyActor)
    .where("r.state", "in", ["failed", "undone"])
    .execute();
  for (const { id, run, fault, state, slug } of failed)
    await store.transaction().execute(async (tx) => {
      const mine = await tx
        .updateTable("drift_repairs")
        .set({ told: true })
        .where("id", "=", id)
        .where("told", "=", false)
        .returning("id")
        .executeTakeFirst();
      if (mine === undefined) return;
      const letter = letters.runFailed({
        instance: slug,
        step: undefined,
        cause: fault?.what ?? `The repair was ${state}.`,
        next: fault?.next ?? "Look at the run.",
        undone: state === "undone",
        url: `${baseUrl}/runs/${encodeURIComponent(run)}`,
      });
      for (const admin of await addresses(store, tx))
        await post(tx, `drift-repair/${id}/${admin}`, admin, letter);
    });
}
