import type { Team } from "@atoll/core/blueprint";
import { sqlIdentifier, sqlLiteral } from "@atoll/fleet/quote";
import type { SqlSession } from "@atoll/fleet/session";

/** What the hub left with an account when it last changed its place in the team: `app_metadata.atoll_team`. */
interface Mark {
  /** The run. */
  run: string;
  /** The hub made the account for an invitation. */
  made?: boolean;
}

/** Somebody with an account in an instance. Times are ISO 8601 in UTC. */
export interface Member {
  id: string;
  email: string;
  name: string | null;
  /** As the instance's own table has it: what its rules go by. Empty = none. */
  role: string;
  /** As Auth has it: what the table follows. Empty = none. */
  given: string;
  /** They have confirmed their address. */
  joined: boolean;
  blocked: boolean;
  /** Id of the row that their role belongs to. */
  of: string | null;
  invitedAt: string | null;
  lastSignInAt: string | null;
  createdAt: string;
  mark: Mark | null;
}

const utc = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A table as SQL. */
export const tableOf = ({ schema, name }: { schema: string; name: string }) =>
  `${sqlIdentifier(schema)}.${sqlIdentifier(name)}`;

const select = ({ table, of }: Team) => `select u.id::text as id, lower(u.email) as email,
  u.raw_user_meta_data ->> 'full_name' as name, coalesce(m.${sqlIdentifier(table.role)}::text, '') as role,
  coalesce(u.raw_app_meta_data ->> 'role', '') as given, u.email_confirmed_at is not null as joined,
  coalesce(u.banned_until > now(), false) as blocked,
  ${of === undefined ? "null" : `u.raw_app_meta_data ->> ${sqlLiteral(of.key)}`} as "of",
  ${utc("u.invited_at")} as "invitedAt", ${utc("u.last_sign_in_at")} as "lastSignInAt",
  ${utc("u.created_at")} as "createdAt", u.raw_app_meta_data -> 'atoll_team' as mark
from auth.users u left join ${tableOf(table)} m on m.id = u.id
where u.deleted_at is null and u.email <> ''`;

/** Everybody with an account, the mightiest roles first; at most `limit`, and how many there are. */
export async function listMembers(
  session: SqlSession,
  team: Team,
  limit: number,
): Promise<{ items: Member[]; total: number }> {
  const rank = `array_position(array[${team.roles.map(sqlLiteral).join(", ")}], m.${sqlIdentifier(team.table.role)}::text)`;
  const rows = await session.query(
    `select s.*, count(*) over ()::int as total from (${select(team)}
order by ${rank} nulls last, lower(u.email)) s limit ${limit}`,
    { reads: true },
  );
  const items = rows.map(({ total: _, ...row }) => row as unknown as Member); // as selected above
  return { items, total: Number(rows[0]?.total ?? 0) };
}

/** Whoever has this address, in small letters; somebody who signs in by it comes before one of a company's sign-in. */
export async function findMember(
  session: SqlSession,
  team: Team,
  email: string,
): Promise<Member | undefined> {
  const rows = await session.query(
    `${select(team)} and lower(u.email) = ${sqlLiteral(email)} order by u.is_sso_user, u.created_at limit 1`,
    { reads: true },
  );
  return rows[0] as Member | undefined; // as selected above
}

/** Rows that a role can belong to, by name; at most 500. */
export async function listOf(session: SqlSession, team: Team): Promise<{ id: string; label: string }[]> {
  if (team.of === undefined) return [];
  const { table } = team.of;
  const label = sqlIdentifier(table.label);
  const rows = await session.query(
    `select id::text as id, ${label}::text as label from ${tableOf(table)} order by ${label} limit 500`,
    { reads: true },
  );
  return rows as { id: string; label: string }[]; // as selected above
}

/** True where a role may belong to this row. */
export async function hasRow(session: SqlSession, team: Team, id: string): Promise<boolean> {
  if (team.of === undefined) return false;
  const rows = await session.query(
    `select 1 from ${tableOf(team.of.table)} where id::text = ${sqlLiteral(id)}`,
    { reads: true },
  );
  return rows.length > 0;
}

/** True for the last account of the first role that has joined and is not blocked. Reads only: a plan asks it. */
export async function isLastOfFirst(session: SqlSession, team: Team, id: string): Promise<boolean> {
  const { table, roles } = team;
  const role = `m.${sqlIdentifier(table.role)} = ${sqlLiteral(roles[0])}`;
  const rows = await session.query(
    `select exists (select from ${tableOf(table)} m where m.id::text = ${sqlLiteral(id)} and ${role})
  and not exists (select from ${tableOf(table)} m join auth.users a on a.id = m.id
    where ${role} and m.id::text <> ${sqlLiteral(id)} and a.deleted_at is null and a.email_confirmed_at is not null
      and coalesce(a.banned_until <= now(), true)) as last`,
    { reads: true },
  );
  return rows[0]?.last === true;
}
