// Schemas of Postgres and of Supabase itself: what they hold is not ours to compare.
const theirs = `'information_schema', 'auth', 'storage', 'realtime', 'extensions', 'graphql', 'graphql_public', 'vault',
  'net', 'cron', 'pgmq', 'pgbouncer', 'pgsodium', 'pgsodium_masks', 'supabase_functions', 'supabase_migrations'`;

/**
 * What every part of the catalog reads from, as common table expressions: our schemas (`spaces`), those of Supabase
 * whose tables carry policies and triggers of ours (`guests`), what came with extensions, or with a
 * range type (`brought`), our relations, and
 * who owns the ledger (`me`). Joined once here: a look-up for each row is what makes such queries slow.
 */
export const scopeSql = `
me as materialized (
  select (select relowner from pg_class where oid = to_regclass('public.schema_migrations')) as owner
),
spaces as materialized (
  select oid, nspname, nspowner, nspacl, quote_ident(nspname) as label from pg_namespace
  where nspname not in (${theirs}) and nspname not like 'pg\\_%' and nspname not like '\\_%'
),
guests as materialized (
  select oid, quote_ident(nspname) as label from pg_namespace where nspname in ('auth', 'storage', 'realtime')
),
brought as materialized (
  select classid, objid from pg_depend where deptype = 'e' or (deptype = 'i' and classid = 'pg_proc'::regclass)
),
relations as materialized (
  select c.*, s.label || '.' || quote_ident(c.relname) as label
  from pg_class c join spaces s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c')
    and not exists (select from brought b where b.classid = 'pg_class'::regclass and b.objid = c.oid)
),
-- Policies and triggers of ours may stand on tables of Auth, Storage and Realtime.
hosts as materialized (
  select oid, relowner, relkind, label, true as is_ours from relations where relkind in ('r', 'p', 'v')
  union all
  select c.oid, c.relowner, c.relkind, g.label || '.' || quote_ident(c.relname), false
  from pg_class c join guests g on g.oid = c.relnamespace where c.relkind in ('r', 'p')
),
routines as materialized (
  select p.*, s.label || '.' || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' as label
  from pg_proc p join spaces s on s.oid = p.pronamespace
  where not exists (select from brought b where b.classid = 'pg_proc'::regclass and b.objid = p.oid)
)`;

/** A role's name where SQL takes one; the owner's has no name here, since it differs from server to server. */
export const roleSql = (role: string, owner: string): string =>
  `case ${role} when 0 then 'public' when ${owner} then 'current_user' else ${role}::regrole::text end`;
