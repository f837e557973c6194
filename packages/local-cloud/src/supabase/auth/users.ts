import { randomUUID } from "node:crypto";
import bcrypt from "bcryptjs";
import pg from "pg";
import type { AuthConfig } from "../facts.ts";
import { AuthProblem } from "./problem.ts";

/** A row of auth.users, as far as it is used here. */
export interface UserRow {
  id: string;
  aud: string;
  role: string;
  email: string | null;
  phone: string | null;
  encrypted_password: string | null;
  email_confirmed_at: Date | null;
  phone_confirmed_at: Date | null;
  confirmed_at: Date | null;
  last_sign_in_at: Date | null;
  invited_at: Date | null;
  confirmation_sent_at: Date | null;
  recovery_sent_at: Date | null;
  banned_until: Date | null;
  raw_app_meta_data: Record<string, unknown>;
  raw_user_meta_data: Record<string, unknown>;
  is_anonymous: boolean;
  created_at: Date;
  updated_at: Date;
}

type Db = pg.Pool | pg.PoolClient;

/** GoTrue's default cost. */
const cost = 10;

/** What a project asks of passwords. `password_required_characters` are sets, divided by colons. */
type Rules = Pick<AuthConfig, "password_min_length" | "password_required_characters">;

/** bcrypt takes no more than 72 bytes; GoTrue refuses longer ones instead of cutting them off. Without rules: any. */
export async function hashed(password: string, rules?: Rules): Promise<string> {
  if (Buffer.byteLength(password) > 72)
    throw new AuthProblem(400, "validation_failed", "Password cannot be longer than 72 characters");
  const least = rules?.password_min_length ?? 0;
  // A colon that belongs to a set is written as \\:
  const sets = (rules?.password_required_characters ?? "").split(/(?<!\\):/).filter((set) => set !== "");
  const reasons = [
    ...(password.length < least ? ["length"] : []),
    ...(sets.some((set) => ![...password].some((sign) => set.includes(sign))) ? ["characters"] : []),
  ];
  if (reasons.length > 0) {
    const message = reasons.includes("length")
      ? `Password should be at least ${least} characters.`
      : `Password should contain at least one character of each: ${sets.join(", ")}.`;
    throw new AuthProblem(422, "weak_password", message, { weak_password: { reasons } });
  }
  return bcrypt.hash(password, cost);
}

export async function passwordFits(user: UserRow, password: string): Promise<boolean> {
  return user.encrypted_password !== null && (await bcrypt.compare(password, user.encrypted_password));
}

const columns = "*";

export async function userById(db: Db, id: string): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(
    `select ${columns} from auth.users where id = $1 and deleted_at is null`,
    [id],
  );
  return rows[0];
}

export async function userByEmail(db: Db, email: string): Promise<UserRow | undefined> {
  const { rows } = await db.query<UserRow>(
    `select ${columns} from auth.users where lower(email) = lower($1) and deleted_at is null`,
    [email],
  );
  return rows[0];
}

/** A page of users, oldest first, and how many there are. */
export async function listUsers(
  db: Db,
  page: number,
  perPage: number,
  filter: string,
): Promise<{ users: UserRow[]; total: number }> {
  const pattern = `%${filter.replace(/[%_\\]/g, "\\$&")}%`;
  const where = "deleted_at is null and (email ilike $1 or phone ilike $1 or $1 = '%%')";
  const { rows } = await db.query<UserRow>(
    `select ${columns} from auth.users where ${where} order by created_at, id limit $2 offset $3`,
    [pattern, perPage, (page - 1) * perPage],
  );
  const counted = await db.query<{ total: number }>(
    `select count(*)::int as total from auth.users where ${where}`,
    [pattern],
  );
  return { users: rows, total: counted.rows[0]?.total ?? 0 };
}

/** What a new user is made of. */
export interface NewUser {
  id?: string;
  email?: string;
  phone?: string;
  passwordHash?: string;
  confirmed: boolean;
  phoneConfirmed?: boolean;
  role?: string;
  appMetadata?: Record<string, unknown>;
  userMetadata?: Record<string, unknown>;
}

/** Inserts user and identity in one transaction; triggers of the instance on auth.users run in it. */
export async function insertUser(pool: pg.Pool, given: NewUser): Promise<UserRow> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const id = given.id ?? randomUUID();
    const providers = given.email !== undefined ? ["email"] : ["phone"];
    const { rows } = await client.query<UserRow>(
      `insert into auth.users (id, email, phone, encrypted_password, email_confirmed_at, phone_confirmed_at, role, raw_app_meta_data, raw_user_meta_data)
       values ($1, lower($2), $3, $4, case when $5 then now() end, case when $6 then now() end, $7, $8, $9) returning ${columns}`,
      [
        id,
        given.email ?? null,
        given.phone ?? null,
        given.passwordHash ?? null,
        given.confirmed,
        given.phoneConfirmed ?? false,
        given.role ?? "authenticated",
        { provider: providers[0], providers, ...given.appMetadata },
        given.userMetadata ?? {},
      ],
    );
    await client.query(
      "insert into auth.identities (provider_id, user_id, identity_data, provider, email) values ($1::text, $1::uuid, $2, $3, lower($4))",
      [
        id,
        {
          sub: id,
          email: given.email,
          email_verified: given.confirmed,
          phone_verified: given.phoneConfirmed ?? false,
        },
        providers[0],
        given.email ?? null,
      ],
    );
    await client.query("commit");
    const [user] = rows;
    if (user === undefined) throw new Error("An insert gave no row.");
    return user;
  } catch (error) {
    await client.query("rollback");
    throw inserting(error);
  } finally {
    client.release();
  }
}

function inserting(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  if (error.code === "23505" && error.constraint === "users_email_key") {
    return new AuthProblem(422, "email_exists", "A user with this email address has already been registered");
  }
  if (error.code === "23505" && error.constraint === "users_phone_key") {
    return new AuthProblem(422, "phone_exists", "A user with this phone number has already been registered");
  }
  if (error.code === "23505")
    return new AuthProblem(422, "user_already_exists", "A user with this id has already been registered");
  // A trigger of the instance itself failed.
  return new AuthProblem(500, "unexpected_failure", "Database error creating new user");
}

const settable = new Set([
  "email",
  "phone",
  "encrypted_password",
  "email_confirmed_at",
  "phone_confirmed_at",
  "role",
  "raw_app_meta_data",
  "raw_user_meta_data",
  "banned_until",
  "last_sign_in_at",
  "invited_at",
  "confirmation_sent_at",
  "recovery_sent_at",
  "deleted_at",
]);

/** Sets columns of a user; the names are ours, the values parameters. */
export async function updateUser(db: Db, id: string, change: Record<string, unknown>): Promise<UserRow> {
  const entries = Object.entries(change).filter(([key, value]) => value !== undefined && settable.has(key));
  const sets = ["updated_at = now()", ...entries.map(([key], n) => `${key} = $${n + 2}`)];
  try {
    const { rows } = await db.query<UserRow>(
      `update auth.users set ${sets.join(", ")} where id = $1 returning ${columns}`,
      [id, ...entries.map(([, value]) => value)],
    );
    const [user] = rows;
    if (user === undefined) throw new AuthProblem(404, "user_not_found", "User not found");
    return user;
  } catch (error) {
    throw inserting(error);
  }
}

/** A user as GoTrue's JSON has it; never with the password's hash. */
export function shownUser(user: UserRow): object {
  const at = (date: Date | null) => date?.toISOString();
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email ?? "",
    phone: user.phone ?? "",
    email_confirmed_at: at(user.email_confirmed_at),
    phone_confirmed_at: at(user.phone_confirmed_at),
    confirmed_at: at(user.confirmed_at),
    last_sign_in_at: at(user.last_sign_in_at),
    invited_at: at(user.invited_at),
    recovery_sent_at: at(user.recovery_sent_at),
    banned_until: at(user.banned_until),
    app_metadata: user.raw_app_meta_data,
    user_metadata: user.raw_user_meta_data,
    identities: [
      {
        identity_id: user.id,
        id: user.id,
        user_id: user.id,
        identity_data: { sub: user.id, email: user.email ?? "" },
        provider: String(user.raw_app_meta_data.provider ?? "email"),
        last_sign_in_at: at(user.last_sign_in_at) ?? at(user.created_at),
        created_at: at(user.created_at),
        updated_at: at(user.updated_at),
        email: user.email ?? "",
      },
    ],
    created_at: at(user.created_at),
    updated_at: at(user.updated_at),
    is_anonymous: user.is_anonymous,
  };
}
