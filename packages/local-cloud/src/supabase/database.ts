import { createDatabase, dropDatabase } from "@atoll/postgres/database";
import pg from "pg";
import { backupOf, databaseOf, loginOf, type Project } from "./project.ts";
import { templateSql } from "./template.ts";

/** The databases of all projects on the cloud's own Postgres. */
export interface ProjectDatabases {
  /** Makes a project's database and its login; safe to repeat. */
  create(project: Project): Promise<void>;
  /** Removes a project's database with its logins and their sessions; safe to repeat. */
  remove(ref: string): Promise<void>;
  /** Removes what a crash left over: databases of projects that nobody knows. */
  sweep(refs: readonly string[]): Promise<void>;
  /** Keeps a copy of a project's database; who is in it is cut off for a moment. */
  copy(ref: string, id: number): Promise<void>;
  /** Has a project's database become a kept copy of it. */
  putBack(project: Project, id: number): Promise<void>;
  setPassword(ref: string, password: string): Promise<void>;
  /** Ends all sessions in a project's database and lets nobody in, or opens it again; safe to repeat. */
  setOpen(ref: string, open: boolean): Promise<void>;
  /** As the project's own login `postgres.REF`: what its SQL endpoint runs as. */
  asOwner(project: Project): Promise<pg.Client>;
  /** Becomes anon, authenticated or service_role in each transaction: what its Data API connects as. */
  dataPool(ref: string): pg.Pool;
  /** As `supabase_auth_admin`, who owns schema auth: what its Auth connects as. */
  authPool(ref: string): pg.Pool;
  close(): Promise<void>;
}

const template = "supabase_template";

/** Own schema auth, or the tables of schema storage, in every project. */
const owners = ["supabase_auth_admin", "supabase_storage_admin"];

/**
 * Logins of a project's own services, `NAME.REF`. Each project has its own: an owner can run SQL as them (a
 * trigger on auth.users, `reset role` in a function), and a role may change its own password, and see and end
 * the sessions of its like. One login for all projects was a way into each of them.
 */
const services = {
  authenticator: { may: "anon, authenticated, service_role", becomes: undefined },
  supabase_auth_admin: { may: "supabase_auth_admin", becomes: "supabase_auth_admin" },
};

/** Prepares the cluster (roles, template database) and opens the databases of its projects. */
export async function openDatabases(
  postgresUrl: (database?: string) => string,
  servicePassword: string,
): Promise<ProjectDatabases> {
  const admin = new pg.Pool({ connectionString: postgresUrl("postgres"), max: 4 });
  admin.on("error", () => {});
  const pools = new Map<string, pg.Pool>();
  await prepareCluster();

  async function prepareCluster(): Promise<void> {
    // Roles belong to the whole server, so what all projects share may not sign in (see `services`).
    for (const role of ["anon", "authenticated", "service_role bypassrls", ...owners])
      await makeRole(`${role} nologin`);
    await admin.query("revoke connect on database postgres, template1 from public");
    await createDatabase(postgresUrl("postgres"), template);
    const client = new pg.Client({ connectionString: postgresUrl(template) });
    await client.connect();
    try {
      await client.query(templateSql);
      await client.query(`revoke connect on database ${template} from public`);
    } finally {
      await client.end();
    }
  }

  async function makeRole(role: string): Promise<void> {
    await admin.query(`do $$ begin create role ${role}; exception when duplicate_object then null; end $$`);
  }

  function urlAs(ref: string, user: string, password: string): string {
    const url = new URL(postgresUrl(databaseOf(ref)));
    url.username = encodeURIComponent(user);
    url.password = encodeURIComponent(password);
    return url.href;
  }

  function pool(ref: string, service: keyof typeof services): pg.Pool {
    const key = `${service}.${ref}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const { becomes } = services[service];
    const made = new pg.Pool({
      connectionString: urlAs(ref, key, servicePassword),
      ...(becomes === undefined ? {} : { options: `-c role=${becomes}` }),
      max: 4,
      idleTimeoutMillis: 5000,
    });
    // A session cut by the server, idle or in use, is replaced by the next query's.
    made.on("error", () => {});
    made.on("connect", (client) => client.on("error", () => {}));
    pools.set(key, made);
    return made;
  }

  /** Who may enter a project's database: rights on a database do not come with its template. */
  async function letIn(ref: string): Promise<void> {
    const name = pg.escapeIdentifier(databaseOf(ref));
    await admin.query(`revoke all on database ${name} from public`);
    await admin.query(
      `grant connect, create, temporary on database ${name} to ${pg.escapeIdentifier(loginOf(ref))}`,
    );
    for (const service of Object.keys(services))
      await admin.query(`grant connect on database ${name} to ${pg.escapeIdentifier(`${service}.${ref}`)}`);
  }

  async function setOpen(ref: string, open: boolean): Promise<void> {
    const name = databaseOf(ref);
    await admin.query(`alter database ${pg.escapeIdentifier(name)} with allow_connections ${open}`);
    if (!open)
      await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
  }

  async function remove(ref: string): Promise<void> {
    const own = [...pools].filter(([key]) => key.endsWith(`.${ref}`));
    for (const [key] of own) pools.delete(key);
    // Ends the sessions too; a pool that ended first would wait for whoever still works there.
    await dropDatabase(postgresUrl("postgres"), databaseOf(ref));
    const { rows } = await admin.query<{ datname: string }>(
      "select datname from pg_database where starts_with(datname, $1)",
      [`backup_${ref}_`],
    );
    for (const { datname } of rows) await dropDatabase(postgresUrl("postgres"), datname);
    for (const [, made] of own) await made.end();
    for (const role of [loginOf(ref), ...Object.keys(services).map((each) => `${each}.${ref}`)])
      await admin.query(`drop role if exists ${pg.escapeIdentifier(role)}`);
  }

  return {
    async create(project) {
      const login = pg.escapeIdentifier(loginOf(project.ref));
      await makeRole(`${login} login nosuperuser nocreaterole nocreatedb`);
      await admin.query(`alter role ${login} password ${pg.escapeLiteral(project.databasePassword)}`);
      await admin.query(`alter role ${login} set search_path = "$user", public, extensions`);
      await admin.query(`grant anon, authenticated, service_role to ${login}`);
      // Policies and triggers on its tables, and past their row-level security, as hosted Supabase lets an owner.
      await admin.query(`grant supabase_storage_admin to ${login} with inherit true, set false`);
      await serially(() => createDatabase(postgresUrl("postgres"), databaseOf(project.ref), { template }));
      for (const [service, { may }] of Object.entries(services)) {
        const role = pg.escapeIdentifier(`${service}.${project.ref}`);
        await makeRole(`${role} login noinherit`);
        await admin.query(`alter role ${role} password ${pg.escapeLiteral(servicePassword)}`);
        await admin.query(`grant ${may} to ${role}`);
      }
      await letIn(project.ref);
      const client = new pg.Client({ connectionString: postgresUrl(databaseOf(project.ref)) });
      await client.connect();
      try {
        await client.query(`
          alter schema public owner to ${login};
          alter schema extensions owner to ${login};
          grant usage on schema auth, storage, realtime to ${login};
          grant all on all tables in schema auth, storage to ${login};
          grant execute on all functions in schema auth, storage to ${login};`);
      } finally {
        await client.end();
      }
    },
    remove,
    async sweep(refs) {
      const { rows } = await admin.query<{ datname: string }>("select datname from pg_database");
      const known = new Set(refs.map(databaseOf));
      for (const { datname } of rows)
        if (datname.startsWith(databaseOf("")) && !known.has(datname))
          await remove(datname.slice(databaseOf("").length));
    },
    async copy(ref, id) {
      const name = backupOf(ref, id);
      await serially(async () => {
        await setOpen(ref, false);
        try {
          await createDatabase(postgresUrl("postgres"), name, { template: databaseOf(ref) });
          await admin.query(`revoke all on database ${pg.escapeIdentifier(name)} from public`);
        } finally {
          await setOpen(ref, true);
        }
      });
    },
    async putBack({ ref }, id) {
      await serially(async () => {
        await dropDatabase(postgresUrl("postgres"), databaseOf(ref));
        await createDatabase(postgresUrl("postgres"), databaseOf(ref), { template: backupOf(ref, id) });
        await letIn(ref);
      });
    },
    async setPassword(ref, password) {
      await admin.query(
        `alter role ${pg.escapeIdentifier(loginOf(ref))} password ${pg.escapeLiteral(password)}`,
      );
    },
    setOpen,
    async asOwner(project) {
      const client = new pg.Client({
        connectionString: urlAs(project.ref, loginOf(project.ref), project.databasePassword),
        statement_timeout: 60_000,
      });
      client.on("error", () => {});
      await client.connect();
      return client;
    },
    dataPool: (ref) => pool(ref, "authenticator"),
    authPool: (ref) => pool(ref, "supabase_auth_admin"),
    async close() {
      await Promise.all([...pools.values()].map((each) => each.end()));
      await admin.end();
    },
  };
}

let last: Promise<unknown> = Promise.resolve();

/** Copies of a template are made one at a time: Postgres refuses a second one meanwhile (55006). */
function serially<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work);
  last = next.catch(() => {});
  return next;
}
