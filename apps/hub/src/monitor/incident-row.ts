import type { Incident, IncidentCause } from "@atoll/contract/schemas/monitor";
import { sql } from "kysely";
import { present } from "../server/shown.ts";

/** An incident as it stands in the table, with its instance's slug. */
export interface IncidentRow {
  id: string;
  subject: string;
  cause: IncidentCause;
  environment: string;
  instance_id: string | null;
  slug: string | null;
  provider: string | null;
  what: string;
  next: string;
  affected: number | null;
  part_of: string | null;
  opened_at: Date;
  closed_at: Date | null;
  ending: string | null;
  acknowledged_by: string | null;
  acknowledged_at: Date | null;
  silenced_until: Date | null;
}

/** All of a row; `i` is the incident, `n` its instance. */
export const incidentColumns = sql`i.*, n.slug`;
export const incidentTables = sql`atoll.incidents i left join atoll.instances n on n.id = i.instance_id`;

/** As the API tells it. */
export function shownIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    cause: row.cause,
    environment: row.environment,
    what: row.what,
    next: row.next,
    openedAt: row.opened_at.toISOString(),
    ...present({
      instance: row.slug ?? undefined,
      provider: row.provider ?? undefined,
      closedAt: row.closed_at?.toISOString(),
      ending: row.ending ?? undefined,
      acknowledgedBy: row.acknowledged_by ?? undefined,
      acknowledgedAt: row.acknowledged_at?.toISOString(),
      silencedUntil: row.silenced_until?.toISOString(),
      partOf: row.part_of ?? undefined,
      affected: row.affected ?? undefined,
    }),
  };
}
