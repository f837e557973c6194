// Schemas of Postgres and of Supabase itself: what they hold is not ours to compare.
const theirs = `'information_schema', 'auth', 'storage', 'realtime', 'extensions', 'graphql', 'graphql_public', 'vault',
  'net', 'cron', 'pgmq', 'pgbouncer', 'pgsodium', 'pgsodium_masks', 'supabase_functions', 'supabase_migrations'`;

/**
 * What every part of the catalog reads from, as common table expressions: our schemas (`spaces`), what came with
 * extensions, or with a range type (`brought`), our relations and routines, who owns the ledger (`me`), and the object
 * identifiers of all these as arrays (`ids`; `hosts` are ours and those of Supabase whose tables carry policies and
 * triggers of ours). The parts compare with an array and have Postgres write the names: planning a join for each part
 * took longer than reading everything.
 */
export const scopeSql = `
me as materialized (
  select (select relowner from pg_class where oid = to_regclass('public.schema_migrations')) as owner
),
spaces as materialized (
  select oid, nspname, nspowner, nspacl, quote_ident(nspname) as label from pg_namespace
  where nspname not in (${theirs}) and nspname not like 'pg\\_%' and nspname not like '\\_%'
),
brought as materialized (
  select classid, objid from pg_depend where deptype = 'e' or (deptype = 'i' and classid = 'pg_proc'::regclass)
),
relations as materialized (
  select c.*, s.label || '.' || quote_ident(c.relname) as label
  from pg_class c join spaces s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c')
    and c.oid <> all (array(select objid from brought where classid = 'pg_class'::regclass))
),
routines as materialized (
  select p.*, s.label || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' as label
  from pg_proc p join spaces s on s.oid = p.pronamespace
  where p.oid <> all (array(select objid from brought where classid = 'pg_proc'::regclass))
),
types as materialized (
  select t.* from pg_type t
  where t.typnamespace in (select oid from spaces)
    and (t.typtype in ('e', 'd', 'r') or t.typrelid = any (array(select oid from relations where relkind = 'c')))
    and t.oid <> all (array(select objid from brought where classid = 'pg_type'::regclass))
),
ids as materialized (
  select array(select oid from spaces) as spaces, array(select oid from relations) as relations,
    array(select oid from routines) as routines,
    array(select oid from relations where relkind in ('r', 'p', 'v')) || array(
      -- Policies and triggers of ours may stand on tables of Auth, Storage and Realtime.
      select oid from pg_class where relkind in ('r', 'p')
        and relnamespace in (to_regnamespace('auth'), to_regnamespace('storage'), to_regnamespace('realtime'))) as hosts
)`;

/** SQL that is true of an object identifier among these. */
export const isAmong = (id: string, ids: "spaces" | "relations" | "routines" | "hosts"): string =>
  `${id} = any ((select ${ids} from ids)::oid[])`;

/** SQL of the ledger's owner. */
export const ownerSql = "(select owner from me)";

/** A role's name where SQL takes one; the owner's has no name here, since it differs from server to server. */
export const roleSql = (role: string, owner: string): string =>
  `case ${role} when 0 then 'public' when ${owner} then 'current_user' else ${role}::regrole::text end`;
