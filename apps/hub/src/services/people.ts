import { randomBytes, randomUUID } from "node:crypto";
import { type Role, roles } from "@atoll/contract/schemas/account";
import { sql, type Transaction } from "kysely";
import type pg from "pg";
import { hashPassword } from "../auth.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import { hashOfToken, randomToken } from "../tokens.ts";

const day = 24 * 60 * 60 * 1000;

/** A person with access to the hub. */
export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  twoFactorEnabled: boolean;
  createdAt: Date;
  lastSeenAt: Date | null;
}

export const roleOf = (text: string | null | undefined): Role =>
  roles.find((each) => each === text) ?? "viewer";

const columns = `u.id, u.name, u.email, u.role, coalesce(u."twoFactorEnabled", false) as "twoFactorEnabled",
  u."createdAt", (select max(s."updatedAt") from people.session s where s."userId" = u.id) as "lastSeenAt"`;

const personOf = (row: Omit<Person, "role"> & { role: string | null }): Person => ({
  ...row,
  role: roleOf(row.role),
});

/** Everybody with access, by name. */
export async function listPeople(pool: pg.Pool): Promise<Person[]> {
  const { rows } = await pool.query(`select ${columns} from people."user" u order by lower(u.name), u.id`);
  return rows.map(personOf);
}

export async function findPerson(pool: pg.Pool, id: string): Promise<Person | undefined> {
  const { rows } = await pool.query(`select ${columns} from people."user" u where u.id = $1`, [id]);
  return rows.map(personOf)[0];
}

/** Makes an account with a password. The address has been proved by the link that led here. */
async function addPerson(
  tx: Transaction<Tables>,
  { name, email, role, password }: { name: string; email: string; role: string; password: string },
): Promise<boolean> {
  const id = randomUUID();
  const hash = await hashPassword(password);
  const made = await sql`
    insert into people."user" (id, name, email, "emailVerified", role, "createdAt", "updatedAt")
    values (${id}, ${name}, ${email.toLowerCase()}, true, ${role}, now(), now()) on conflict (email) do nothing`.execute(
    tx,
  );
  if (made.numAffectedRows !== 1n) return false;
  await sql`
    insert into people.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
    values (${randomUUID()}, ${id}, 'credential', ${id}, ${hash}, now(), now())`.execute(tx);
  return true;
}

/** An invitation, and the one time that its token is seen. */
export async function invite(
  tx: Transaction<Tables>,
  input: { email: string | null; role: Role; by: string; forDays: number; resets?: boolean },
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const [id, token] = [randomBytes(9).toString("base64url"), randomToken()];
  const expiresAt = new Date(Date.now() + input.forDays * day);
  await tx
    .insertInto("invitations")
    .values({
      id,
      email: input.email?.toLowerCase() ?? null,
      role: input.role,
      token_hash: hashOfToken(token),
      invited_by: input.by,
      resets: input.resets ?? false,
      expires_at: expiresAt,
    })
    .execute();
  return { id, token, expiresAt };
}

type Accepted =
  | { is: "in"; email: string; role: string }
  | { is: "reset"; email: string; role: string }
  | { is: "no-name" }
  | { is: "no-link" }
  | { is: "no-email" }
  | { is: "known" };

/** Uses an invitation up and makes the account. */
export async function accept(
  tx: Transaction<Tables>,
  input: { token: string; name: string | undefined; email: string | undefined; password: string },
): Promise<Accepted> {
  const found = await tx
    .selectFrom("invitations")
    .selectAll()
    .where("token_hash", "=", hashOfToken(input.token))
    .where("accepted_at", "is", null)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", sql<Date>`clock_timestamp()`)
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) return { is: "no-link" };
  const email = found.email ?? input.email;
  if (email === undefined) return { is: "no-email" };
  const { role, resets } = found;
  if (resets) {
    if (!(await setPassword(tx, email, input.password))) return { is: "no-link" };
  } else {
    if (input.name === undefined) return { is: "no-name" };
    if (!(await addPerson(tx, { name: input.name, email, role, password: input.password })))
      return { is: "known" };
  }
  await tx
    .updateTable("invitations")
    .set({ accepted_at: sql`clock_timestamp()` })
    .where("id", "=", found.id)
    .execute();
  return { is: resets ? "reset" : "in", email: email.toLowerCase(), role };
}

/** Gives a new password, ends every session and switches the second factor off: it may be lost, too. */
async function setPassword(tx: Transaction<Tables>, email: string, password: string): Promise<boolean> {
  const hash = await hashPassword(password);
  const { rows } = await sql<{ id: string }>`
    update people."user" set "twoFactorEnabled" = false, "updatedAt" = now()
     where email = ${email.toLowerCase()} returning id`.execute(tx);
  const [person] = rows;
  if (person === undefined) return false;
  await sql`delete from people.session where "userId" = ${person.id}`.execute(tx);
  await sql`delete from people."twoFactor" where "userId" = ${person.id}`.execute(tx);
  await sql`delete from people.account where "userId" = ${person.id} and "providerId" = 'credential'`.execute(
    tx,
  );
  await sql`
    insert into people.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
    values (${randomUUID()}, ${person.id}, 'credential', ${person.id}, ${hash}, now(), now())`.execute(tx);
  return true;
}

/** A one-time link to a new password, for an hour. Undefined = nobody in the team has this address. */
export async function passwordToken(tx: Transaction<Tables>, email: string): Promise<string | undefined> {
  const { rows } = await sql<{ role: string }>`
    select role from people."user" where email = ${email.toLowerCase()}`.execute(tx);
  const [person] = rows;
  if (person === undefined) return undefined;
  const role = roleOf(person.role);
  return (await invite(tx, { email, role, by: "terminal", forDays: 1 / 24, resets: true })).token;
}

/** A link for the first owner while there is none: older ones end with it. Undefined = there is an owner. */
export async function firstOwnerToken(store: Store): Promise<string | undefined> {
  return store.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(4729003)`.execute(tx);
    if (await hasOwner(tx)) return undefined;
    await tx
      .updateTable("invitations")
      .set({ revoked_at: sql`clock_timestamp()` })
      .where("email", "is", null)
      .where("accepted_at", "is", null)
      .execute();
    return (await invite(tx, { email: null, role: "owner", by: "hub", forDays: 1 })).token;
  });
}

/** Whether anybody could let others in. */
export async function hasOwner(store: Store | Transaction<Tables>): Promise<boolean> {
  const { rows } = await sql`select 1 from people."user" where role = 'owner' limit 1`.execute(store);
  return rows.length > 0;
}

/** Gives another role. False = it would leave the hub without an owner. */
export async function changeRole(tx: Transaction<Tables>, id: string, role: Role): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(4729003)`.execute(tx);
  if (role !== "owner" && (await isLastOwner(tx, id))) return false;
  await sql`update people."user" set role = ${role}, "updatedAt" = now() where id = ${id}`.execute(tx);
  return true;
}

/** Takes access and sessions away. False = it would leave the hub without an owner. */
export async function removePerson(tx: Transaction<Tables>, id: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(4729003)`.execute(tx);
  if (await isLastOwner(tx, id)) return false;
  await sql`delete from people."user" where id = ${id}`.execute(tx);
  return true;
}

async function isLastOwner(tx: Transaction<Tables>, id: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`select id from people."user" where role = 'owner'`.execute(tx);
  return rows.length === 1 && rows[0]?.id === id;
}

/** Makes a key; its value is given this once. */
export async function createKey(
  tx: Transaction<Tables>,
  input: { name: string; role: Role; by: string; expiresAt: Date | null },
): Promise<{ id: string; key: string }> {
  const [id, key] = [randomBytes(9).toString("base64url"), `atoll_${randomToken()}`];
  await tx
    .insertInto("api_keys")
    .values({
      id,
      name: input.name,
      role: input.role,
      start: key.slice(0, 12),
      key_hash: hashOfToken(key),
      created_by: input.by,
      expires_at: input.expiresAt,
    })
    .execute();
  return { id, key };
}

/** The key that opens the door, if it does. Notes that it was used, at most once a minute. */
export async function useKey(store: Store, key: string) {
  const found = await store
    .selectFrom("api_keys")
    .select(["id", "name", "role", "last_used_at"])
    .where("key_hash", "=", hashOfToken(key))
    .where("revoked_at", "is", null)
    .where((where) =>
      where.or([where("expires_at", "is", null), where("expires_at", ">", sql<Date>`clock_timestamp()`)]),
    )
    .executeTakeFirst();
  if (found === undefined) return undefined;
  if (found.last_used_at === null || Date.now() - found.last_used_at.getTime() > 60_000)
    await store
      .updateTable("api_keys")
      .set({ last_used_at: sql`clock_timestamp()` })
      .where("id", "=", found.id)
      .execute();
  return { id: found.id, name: found.name, role: roleOf(found.role) };
}
