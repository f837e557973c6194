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

async function addresses(tx: Transaction<Tables>): Promise<string[]> {
  const { value } = await readSettings(tx);
  return value.alertTo.length > 0 ? value.alertTo : listOwners(tx);
}

/** Above so many at once one letter tells of all, and names the first of them. */
const mostLetters = 20;

/** A difference that nobody has heard of yet. */
interface News {
  path: string;
  stands: string | null;
  wanted: string | null;
  digest: string;
  stopped_at: Date | null;
}

/**
 * Tells of differences that nobody has heard of and nobody accepted: one mail an instance, or one altogether where many
 * differ at once. It waits while a look or a run is still to come. The watch over schemas tells of theirs.
 */
export async function tellOfDrift({ store, letters, baseUrl }: Telling): Promise<void> {
  const { rows: instances } = await sql<{ id: string; slug: string }>`select distinct i.id, i.slug
    from atoll.instance_drift d join atoll.instances i on i.id = d.instance_id
      join atoll.drift_looks l on l.instance_id = d.instance_id
    where d.gone_at is null and d.accepted_at is null and d.area <> 'schema' and d.told is distinct from d.digest
      and i.state = 'live' and l.decided and l.due_at > clock_timestamp()
      and not exists (select from atoll.runs r where r.instance_id = i.id
        and r.state in ('queued', 'running', 'waiting', 'undoing')) order by i.slug`.execute(store);
  if (instances.length > mostLetters) {
    await store.transaction().execute(async (tx) => {
      const told = [];
      for (const instance of instances) {
        const news = await takeNews(tx, instance);
        if (news.length > 0) told.push({ slug: instance.slug, digest: digestOf(news) });
      }
      const [first] = told;
      if (first === undefined) return; // told by another process
      const letter = letters.massDrift({
        count: told.length,
        instances: told.slice(0, mostLetters).map(({ slug }) => slug),
        url: `${baseUrl}/drift`,
      });
      for (const admin of await addresses(tx))
        await post(tx, `drift/mass/${first.digest}/${Date.now()}/${admin}`, admin, letter);
    });
    return;
  }
  for (const instance of instances)
    await store.transaction().execute(async (tx) => {
      const news = await takeNews(tx, instance);
      if (news.length === 0) return; // told by another process
      const { id, slug } = instance;
      const letter = letters.instanceDrift({
        instance: slug,
        differences: news.map(({ path, stands, wanted }) => ({
          path,
          ...(stands !== null && { from: stands }),
          ...(wanted !== null && { to: wanted }),
        })),
        comesBack: news.some(({ stopped_at }) => stopped_at !== null),
        url: `${baseUrl}/instances/${encodeURIComponent(slug)}?tab=drift`,
      });
      for (const admin of await addresses(tx))
        await post(tx, `drift/${id}/${digestOf(news)}/${Date.now()}/${admin}`, admin, letter);
    });
}

/** Notes that what is new of an instance is told, and gives it by path. Empty = another process was faster. */
async function takeNews(
  tx: Transaction<Tables>,
  { id, slug }: { id: string; slug: string },
): Promise<News[]> {
  const news = await tx
    .updateTable("instance_drift")
    .set({ told: sql<string>`digest` })
    .where("instance_id", "=", id)
    .where("gone_at", "is", null)
    .where("accepted_at", "is", null)
    .where("area", "!=", "schema")
    .where(sql<boolean>`told is distinct from digest`)
    .returning(["path", "stands", "wanted", "digest", "stopped_at"])
    .execute();
  if (news.length === 0) return [];
  const sorted = news.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  await record(tx, {
    actor: "hub",
    action: "drift.found",
    subject: `instance/${slug}`,
    details: { paths: sorted.slice(0, 50).map(({ path }) => path), differences: news.length },
  });
  return sorted;
}

const digestOf = (news: readonly News[]) =>
  createHash("sha256")
    .update(news.map(({ path, digest }) => `${path} ${digest}`).join("\n"))
    .digest("hex")
    .slice(0, 16);

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
      for (const admin of await addresses(tx)) await post(tx, `drift-repair/${id}/${admin}`, admin, letter);
    });
}
