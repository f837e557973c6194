import { randomUUID } from "node:crypto";
import type { IncidentCause } from "@atoll/contract/schemas/monitor";
import { sql, type Transaction } from "kysely";
import type { Letters } from "../services/letters.ts";
import { post } from "../services/outbox.ts";
import { listOwners } from "../services/owners.ts";
import { record } from "../store/audit.ts";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { type IncidentRow, incidentColumns, incidentTables, shownIncident } from "./incident-row.ts";
import { isWatched } from "./watched.ts";
import type { Webhooks } from "./webhooks.ts";

/** What has to be known to begin an incident. */
export interface NewIncident {
  /** As in "instance/ID/site": at most one is open for each. */
  subject: string;
  cause: IncidentCause;
  environment: string;
  instanceId?: string;
  provider?: string | undefined;
  what: string;
  next: string;
  affected?: number;
}

/** Who is told, and where they read on. */
export interface Telling {
  store: Store;
  letters: Pick<Letters, "incidentOpened" | "incidentClosed">;
  webhooks: Pick<Webhooks, "announce">;
  baseUrl: string;
}

/** Open incidents of these subjects' beginnings, such as "instance/ID/". */
export async function openIncidents(store: Store, prefix: string): Promise<IncidentRow[]> {
  const { rows } = await sql<IncidentRow>`select ${incidentColumns} from ${incidentTables}
    where i.closed_at is null and starts_with(i.subject, ${prefix}) order by i.opened_at`.execute(store);
  return rows;
}

/** Open incidents of these instances. */
export async function openIncidentsOf(store: Store, instances: readonly string[]): Promise<IncidentRow[]> {
  if (instances.length === 0) return [];
  const { rows } = await sql<IncidentRow>`select ${incidentColumns} from ${incidentTables}
    where i.closed_at is null and i.instance_id in (${sql.join([...instances])})`.execute(store);
  return rows;
}

async function read(tx: Store, id: string): Promise<IncidentRow> {
  const { rows } =
    await sql<IncidentRow>`select ${incidentColumns} from ${incidentTables} where i.id = ${id}`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error("An incident was written and is not there.");
  return row;
}

/** Mail and webhooks, in the transaction of the fact: each is told once, whatever dies when. */
async function tell(
  { letters, webhooks, baseUrl }: Telling,
  tx: Transaction<Tables>,
  event: "opened" | "closed",
  row: IncidentRow,
): Promise<void> {
  // In the transaction: a second connection could be waited for by all that hold one.
  const { alertTo } = (await readSettings(tx)).value;
  const recipients = alertTo.length > 0 ? alertTo : await listOwners(tx);
  const url =
    row.slug === null
      ? `${baseUrl}/monitoring`
      : `${baseUrl}/instances/${encodeURIComponent(row.slug)}?tab=health`;
  const of = row.slug ?? row.provider ?? row.environment;
  const letter =
    event === "opened"
      ? letters.incidentOpened({ of, what: row.what, next: row.next, url })
      : letters.incidentClosed({ of, what: row.what, ending: row.ending ?? "", url });
  for (const recipient of recipients)
    await post(tx, `incident/${row.id}/${event}/${recipient}`, recipient, letter);
  await webhooks.announce(tx, `incident.${event}`, { ...shownIncident(row), url });
}

const subjectOf = ({ slug, id }: IncidentRow) => (slug === null ? `incident/${id}` : `instance/${slug}`);

/** Begins an incident and has it told; undefined = one of the same subject is open. */
export async function openIncident(telling: Telling, made: NewIncident): Promise<IncidentRow | undefined> {
  return telling.store.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      insert into atoll.incidents (id, subject, cause, environment, instance_id, provider, what, next, affected)
      values (${randomUUID()}, ${made.subject}, ${made.cause}, ${made.environment}, ${made.instanceId ?? null},
              ${made.provider ?? null}, ${made.what}, ${made.next}, ${made.affected ?? null})
      on conflict (subject) where closed_at is null do nothing returning id`.execute(tx);
    const [id] = rows;
    if (id === undefined) return undefined;
    const row = await read(tx, id.id);
    await record(tx, {
      actor: "hub",
      action: "incident.open",
      subject: subjectOf(row),
      details: { incident: row.id, cause: row.cause },
    });
    await tell(telling, tx, "opened", row);
    return row;
  });
}

/** Ends an incident; told unless it is silenced, or `quietly`. */
export async function closeIncident(
  telling: Telling,
  { id, ending, quietly = false }: { id: string; ending: string; quietly?: boolean },
): Promise<void> {
  await telling.store.transaction().execute(async (tx) => {
    const closed = await sql`update atoll.incidents set closed_at = clock_timestamp(), ending = ${ending}
      where id = ${id} and closed_at is null`.execute(tx);
    if (closed.numAffectedRows !== 1n) return;
    const row = await read(tx, id);
    await record(tx, {
      actor: "hub",
      action: "incident.close",
      subject: subjectOf(row),
      details: { incident: row.id, cause: row.cause },
    });
    const isSilenced = row.silenced_until !== null && row.silenced_until.getTime() > Date.now();
    if (!quietly && !isSilenced) await tell(telling, tx, "closed", row);
  });
}

/** A cause that is known better by now; nobody is told again. */
export async function renameIncident(
  store: Store,
  id: string,
  { cause, what, next }: Pick<NewIncident, "cause" | "what" | "next">,
): Promise<void> {
  await sql`update atoll.incidents set cause = ${cause}, what = ${what}, next = ${next} where id = ${id}`.execute(
    store,
  );
}

/** Makes an instance's incident a part of its provider's. */
export async function attachIncident(store: Store, id: string, to: string): Promise<void> {
  await sql`update atoll.incidents set part_of = ${to} where id = ${id} and part_of is null`.execute(store);
}

/**
 * Ends the incidents of instances that nobody looks at any more (paused, archived, removed), and of providers where no
 * other is left. Nobody is told.
 */
export async function closeUnwatched(telling: Telling): Promise<void> {
  const { rows } = await sql<{ id: string; state: string }>`
    select i.id, n.state from atoll.incidents i join atoll.instances n on n.id = i.instance_id
     where i.closed_at is null and not ${isWatched("n")}
       and (n.state = 'removed' or not starts_with(i.subject, 'backup'))`.execute(telling.store);
  for (const { id, state } of rows)
    await closeIncident(telling, { id, ending: `The instance is ${state}.`, quietly: true });
  const left = await sql<{ id: string }>`
    select p.id from atoll.incidents p
     where p.closed_at is null and starts_with(p.subject, 'provider/')
       and not exists (select from atoll.probe_states s join atoll.instances n on n.id = s.instance_id
                        where s.provider = p.provider and n.environment = p.environment and ${isWatched("n")})`.execute(
    telling.store,
  );
  for (const { id } of left.rows)
    await closeIncident(telling, {
      id,
      ending: "No instance that is looked at is left there.",
      quietly: true,
    });
}

/** Notes that somebody looks after an incident. Undefined = there is none. */
export async function acknowledge(
  tx: Transaction<Tables>,
  { id, by, silenceMinutes }: { id: string; by: string; silenceMinutes: number | undefined },
): Promise<IncidentRow | undefined> {
  const noted = await sql`update atoll.incidents
    set acknowledged_by = ${by}, acknowledged_at = clock_timestamp(),
        silenced_until = case when ${silenceMinutes ?? null}::integer is null then silenced_until
                              else clock_timestamp() + make_interval(mins => ${silenceMinutes ?? 0}) end
    where id = ${id}`.execute(tx);
  return noted.numAffectedRows === 1n ? read(tx, id) : undefined;
}
