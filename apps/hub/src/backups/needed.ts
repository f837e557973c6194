import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../store/tables.ts";

/** SQL that is true of a run `r` that has not ended. */
export const goesOn: RawBuilder<boolean> = sql<boolean>`r.state in ('queued', 'running', 'waiting', 'undoing')`;

/**
 * SQL that is true of a run `r` that is under way, or failed and can still be retried or taken back: the last one of its
 * instance, or one that owes something. What was removed with its instance is owed no more.
 */
export const mayGoOn: RawBuilder<boolean> = sql<boolean>`(${goesOn} or (r.state = 'failed' and exists (
  select from atoll.instances i where i.id = r.instance_id and i.state <> 'removed' and (i.last_run = r.number
    or exists (select from atoll.run_steps s where s.run_id = r.id and s.undo = 'owed')))))`;

/** Who needs a backup, and what to do about it. Sentences for a person. */
interface Need {
  what: string;
  next: string;
}

/** Why a backup has to stay: a run makes it or restores it, or may still have to; undefined where nobody needs it. */
export async function needOf(db: Kysely<Tables>, id: string): Promise<Need | undefined> {
  const { rows } = await sql<{ run: string; kind: string; ends: boolean }>`
    select r.id as run, r.kind, not ${goesOn} as ends from atoll.runs r
     where (r.id = ${id} or r.input ->> 'backup' = ${id}) and ${mayGoOn} order by ends limit 1`.execute(db);
  const [found] = rows;
  if (found?.ends === false)
    return {
      what: "A run makes this backup, or restores it.",
      next: "Wait until the run has ended, or cancel it, then ask again.",
    };
  if (found !== undefined)
    return {
      what: `The ${found.kind} ${found.run} failed, and goes on with this backup, or takes back what it did from it.`,
      next: `Bring that run to its end first (\`atoll retry\`), or start another one of its instance; then ask again.`,
    };
  const restores = await sql<{ slug: string }>`
    select s.slug from atoll.restores s left join atoll.instances i on i.id = s.instance_id
     where s.backup_id = ${id} and (s.state in ('waiting', 'provisioning', 'restoring')
       or (s.state = 'failed' and i.state is distinct from 'removed' and s.instance_id is not null)) limit 1`.execute(
    db,
  );
  const [restore] = restores.rows;
  return (
    restore && {
      what: `The backup becomes the new instance "${restore.slug}", which is not done.`,
      next: `Bring its run to its end, or destroy "${restore.slug}"; then ask again.`,
    }
  );
}
