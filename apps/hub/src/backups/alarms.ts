import { sql } from "kysely";
import { closeIncident, openIncident, openIncidents, type Telling } from "../monitor/incidents.ts";
import { pausedByProvider } from "./schedule.ts";

interface Broken {
  id: string;
  instance_id: string;
  slug: string;
  environment: string;
  made_at: Date | null;
  problem: { damage: string; what: string; next: string } | null;
}

/** Tells of backups that are damaged, missing, or not there at all: each cause once, and once more when it is over. */
export async function raiseAlarms(telling: Telling, everyMs: number): Promise<void> {
  await tellOfDamage(telling);
  if (everyMs > 0) await tellOfStale(telling, everyMs);
}

async function tellOfDamage(telling: Telling): Promise<void> {
  const { store } = telling;
  const { rows } = await sql<Broken>`
    select b.id, b.instance_id, i.slug, i.environment, b.made_at, b.problem
      from atoll.backups b join atoll.instances i on i.id = b.instance_id
     where b.state in ('damaged', 'missing') and not b.told and b.problem is not null`.execute(store);
  for (const { id, instance_id: instanceId, slug, environment, made_at: madeAt, problem } of rows) {
    if (problem === null) continue;
    await openIncident(telling, {
      subject: `backup/${id}`,
      cause: problem.damage === "drill-failed" ? "backup-drill-failed" : "backup-damaged",
      environment,
      instanceId,
      what: `The backup of "${slug}" of ${madeAt?.toISOString() ?? "now"} cannot be relied on: ${problem.what}`,
      next: problem.next,
    });
    await store.updateTable("backups").set({ told: true }).where("id", "=", id).execute();
  }
  for (const incident of await openIncidents(store, "backup/")) {
    const { rows: over } = await sql<{ ending: string }>`
      select case when b.state in ('made', 'verified') then
                    case when ${incident.cause} = 'backup-drill-failed' then 'It was restored for a trial.'
                    else 'It is whole again.' end
                  when b.state = 'removed' then 'The backup was removed.'
                  else 'There is a newer backup, which was restored for a trial.' end as ending
        from atoll.backups b where 'backup/' || b.id = ${incident.subject}
         and (b.state in ('verified', 'removed')
           or (b.state = 'made' and ${incident.cause} <> 'backup-drill-failed') or exists (select from atoll.backups n
           where n.instance_id = b.instance_id and n.state = 'verified' and n.began_at > b.began_at))`.execute(
      store,
    );
    for (const { ending } of over) await closeIncident(telling, { id: incident.id, ending });
  }
}

/** Twice the interval and an hour: one turn may fail and come again. */
const graceMs = (everyMs: number) => 2 * everyMs + 3_600_000;

async function tellOfStale(telling: Telling, everyMs: number): Promise<void> {
  const { store } = telling;
  const { rows } = await sql<{
    id: string;
    slug: string;
    environment: string;
    newest: Date | null;
    stale: boolean;
  }>`
    select i.id, i.slug, i.environment, n.newest,
        greatest(coalesce(n.newest, t.since), t.since)
          < clock_timestamp() - ${graceMs(everyMs)}::float8 * interval '1 millisecond' as stale
      from atoll.backup_turns t join atoll.instances i on i.id = t.instance_id
        left join lateral (select max(b.made_at) as newest from atoll.backups b
          where b.instance_id = i.id and b.state = 'verified') n on true
     where i.state in ('live', 'paused') and t.skipped is distinct from ${pausedByProvider}`.execute(store);
  const open = new Map((await openIncidents(store, "backup-stale/")).map((each) => [each.subject, each]));
  for (const { id, slug, environment, newest, stale } of rows) {
    const subject = `backup-stale/${id}`;
    const incident = open.get(subject);
    if (stale && incident === undefined)
      await openIncident(telling, {
        subject,
        cause: "backup-stale",
        environment,
        instanceId: id,
        what:
          newest === null
            ? `There is no backup of "${slug}" that was restored for a trial.`
            : `The newest backup of "${slug}" that was restored for a trial is of ${newest.toISOString()}.`,
        next: `Look at its last backup's run, or make one now (\`atoll backup ${slug}\`).`,
      });
    if (!stale && incident !== undefined)
      await closeIncident(telling, {
        id: incident.id,
        ending: `A backup of ${newest?.toISOString()} is there.`,
      });
  }
}
