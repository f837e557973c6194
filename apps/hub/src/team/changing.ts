import type { Team } from "@atoll/core/blueprint";
import { sqlIdentifier, sqlLiteral } from "@atoll/fleet/quote";
import type { SqlSession } from "@atoll/fleet/session";
import { tableOf } from "./members.ts";

// Whoever takes a role away from two sides at once does so one after the other.
const oneByOne = "set local lock_timeout = '15s'; select pg_advisory_xact_lock(4729021);";

/**
 * SQL that is true where the account `u` is not the last one that may do everything: another one has the first role,
 * has joined and is not blocked. Those others are held until the end of the transaction.
 */
const notTheLast = ({ table, roles: [first] }: Team, id: string) => {
  const role = sqlIdentifier(table.role);
  return {
    others: `others as materialized (select m.id from ${tableOf(table)} m join auth.users a on a.id = m.id
  where m.${role} = ${sqlLiteral(first)} and m.id <> ${id} and a.deleted_at is null
    and a.email_confirmed_at is not null and coalesce(a.banned_until <= now(), true)
  order by m.id for update of m)`,
    condition: `(exists (select from others)
    or not exists (select from ${tableOf(table)} l where l.id = u.id and l.${role} = ${sqlLiteral(first)}))`,
  };
};

interface Place {
  id: string;
  run: string;
  role: string;
  of: string | undefined;
}

/**
 * Gives a role in one statement, and notes the run and what was there before. False = nothing was changed: the account
 * is gone, or it is the last one of the first role and would get another.
 */
export async function giveRole(
  session: SqlSession,
  team: Team,
  { id, run, role, of }: Place,
): Promise<boolean> {
  const who = `${sqlLiteral(id)}::uuid`;
  const { others, condition } = notTheLast(team, who);
  const key = team.of && sqlLiteral(team.of.key);
  const app = "coalesce(u.raw_app_meta_data, '{}')";
  const before = `jsonb_build_object('role', ${app} -> 'role'${key ? `, ${key}, ${app} -> ${key}` : ""})`;
  const mark = `case when ${app} #>> '{atoll_team,run}' = ${sqlLiteral(run)} then ${app} -> 'atoll_team'
    else jsonb_build_object('run', ${sqlLiteral(run)}, 'made', coalesce(${app} #> '{atoll_team,made}', 'false'),
      'had', ${app} -> 'atoll_team' is not null, 'before', ${before}) end`;
  const given = `jsonb_build_object('role', ${sqlLiteral(role)}${key && of !== undefined ? `, ${key}, ${sqlLiteral(of)}` : ""}, 'atoll_team', ${mark})`;
  const rows = await session.query(`${oneByOne}
with ${others}, changed as (
  update auth.users u set raw_app_meta_data = (${app}${key ? ` - ${key}` : ""}) || ${given}, updated_at = now()
  where u.id = ${who} and ${role === team.roles[0] ? "true" : condition} returning 1)
select exists (select from changed) as done`);
  return rows[0]?.done === true;
}

/** Puts back what a run changed, where it was the last that did. */
export async function putRoleBack(
  session: SqlSession,
  team: Team,
  { email, run }: { email: string; run: string },
): Promise<void> {
  const key = team.of ? ` - ${sqlLiteral(team.of.key)}` : "";
  await session.query(`update auth.users u set updated_at = now(), raw_app_meta_data =
  ((u.raw_app_meta_data - 'role' - 'atoll_team'${key}) || jsonb_strip_nulls(u.raw_app_meta_data #> '{atoll_team,before}'))
  || case when u.raw_app_meta_data #> '{atoll_team,had}' = 'true' then jsonb_build_object('atoll_team',
       jsonb_build_object('run', '', 'made', u.raw_app_meta_data #> '{atoll_team,made}')) else '{}' end
where lower(u.email) = ${sqlLiteral(email)} and u.raw_app_meta_data #>> '{atoll_team,run}' = ${sqlLiteral(run)}
  and u.raw_app_meta_data #> '{atoll_team,before}' is not null`);
}

/** Removes an account and its sessions in one statement. False = it is gone, or the last one of the first role. */
export async function removeMember(session: SqlSession, team: Team, id: string): Promise<boolean> {
  const who = `${sqlLiteral(id)}::uuid`;
  const { others, condition } = notTheLast(team, who);
  const rows = await session.query(`${oneByOne}
with ${others}, changed as (delete from auth.users u where u.id = ${who} and ${condition} returning 1)
select exists (select from changed) as done`);
  return rows[0]?.done === true;
}

/**
 * Takes back an invitation in one statement: the account that the hub made for it is removed. False = it is gone, or
 * somebody has opened it since. With `run`: only what this run made.
 */
export async function withdraw(
  session: SqlSession,
  { email, run }: { email: string; run?: string },
): Promise<boolean> {
  const rows = await session.query(`with changed as (
  delete from auth.users u where lower(u.email) = ${sqlLiteral(email)} and u.email_confirmed_at is null
    and u.raw_app_meta_data #> '{atoll_team,made}' = 'true'${
      run === undefined
        ? ""
        : ` and u.raw_app_meta_data #>> '{atoll_team,run}' = ${sqlLiteral(run)}
    and u.raw_app_meta_data #> '{atoll_team,before}' is null`
    } returning 1)
select exists (select from changed) as done`);
  return rows[0]?.done === true;
}

/** Takes the role from an account that was never opened and that the hub did not make. False = there is none such. */
export async function takeRole(session: SqlSession, email: string): Promise<boolean> {
  const rows = await session.query(`with changed as (
  update auth.users u set raw_app_meta_data = u.raw_app_meta_data - 'role' - 'atoll_team', updated_at = now()
  where lower(u.email) = ${sqlLiteral(email)} and u.email_confirmed_at is null returning 1)
select exists (select from changed) as done`);
  return rows[0]?.done === true;
}
