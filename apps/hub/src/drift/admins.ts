import type { Team } from "@atoll/core/blueprint";
import { sqlIdentifier, sqlLiteral } from "@atoll/fleet/quote";
import type { SqlSession } from "@atoll/fleet/session";
import type { Store } from "../store/store.ts";
import type { SeenItem } from "./seen.ts";

interface Admin {
  id: string;
  email: string | null;
}

/** Whether the blueprints' own table of people is there, and where Auth's is to be asked instead. */
const shapeQuery = `select
  exists (select from pg_catalog.pg_attribute where attrelid = to_regclass('public.users') and attname = 'role'
    and not attisdropped) as has_roles,
  to_regclass('auth.users') is not null as has_auth`;

// Who is an admin says the row that the policies go by; a kind without such rows has what Auth was told.
const byRows = `select p.id::text as id, to_jsonb(p) ->> 'email' as email from public.users p where p.role::text = 'admin'`;
const byAuth = `select id::text as id, email from auth.users where raw_app_meta_data ->> 'role' = 'admin'`;

/** By what the blueprint says of its members; where it says nothing, by what our own blueprints have. */
async function adminsIn(session: SqlSession, team: Team | undefined): Promise<Admin[]> {
  const query = team === undefined ? await guessedQuery(session) : queryOf(team);
  if (query === undefined) return [];
  const rows = await session.query(`${query} order by 1 limit 1000`, { reads: true });
  return rows.map(({ id, email }) => ({ id: String(id), email: typeof email === "string" ? email : null }));
}

function queryOf({ roles: [first], table: { schema, name, role } }: Team): string {
  const from = `${sqlIdentifier(schema)}.${sqlIdentifier(name)}`;
  return `select p.id::text as id, u.email from ${from} p left join auth.users u on u.id = p.id
    where p.${sqlIdentifier(role)}::text = ${sqlLiteral(first)}`;
}

async function guessedQuery(session: SqlSession): Promise<string | undefined> {
  const [shape] = await session.query(shapeQuery, { reads: true });
  return shape?.has_roles === true ? byRows : shape?.has_auth === true ? byAuth : undefined;
}

/** Addresses that we made an admin by a run of the team, where the last one about them says so. */
async function invitedAdmins(store: Store, instanceId: string, adminRole: string): Promise<Set<string>> {
  const runs = await store
    .selectFrom("runs")
    .select(["input"])
    .where("instance_id", "=", instanceId)
    .where("kind", "=", "team")
    .where("state", "=", "succeeded")
    .orderBy("number")
    .execute();
  const admins = new Set<string>();
  for (const { input } of runs) {
    const { do: does, email, role } = Object(input) as Record<string, unknown>; // as the operation checked it
    if (typeof email !== "string") continue;
    const address = email.toLowerCase();
    if (does === "remove" || does === "revoke") admins.delete(address);
    else if (does === "invite" || does === "role")
      if (role === adminRole) admins.add(address);
      else admins.delete(address);
  }
  return admins;
}

/** Admins of an instance whom nobody here made one: neither the first admin nor somebody invited by us. */
export async function unknownAdmins(
  store: Store,
  session: SqlSession,
  instance: { id: string; users: readonly { id: string }[]; team: Team | undefined },
): Promise<SeenItem[]> {
  const found = await adminsIn(session, instance.team);
  const ours = new Set(instance.users.map(({ id }) => id.slice(id.lastIndexOf("/") + 1)));
  const strangers = found.filter(({ id }) => !ours.has(id));
  if (strangers.length === 0) return [];
  const invited = await invitedAdmins(store, instance.id, instance.team?.roles[0] ?? "admin");
  return strangers
    .filter(({ email }) => email === null || !invited.has(email.toLowerCase()))
    .map(({ id, email }) => ({
      path: `users.${email ?? id}`,
      area: "users" as const,
      step: "users",
      kind: "users",
      act: "remove" as const,
      from: `admin ${id}`,
      why: "Somebody is an admin whom nobody here made one.",
      next: "Ask the client who it is; accept them, or take the role away in the instance.",
      after: [],
    }));
}
