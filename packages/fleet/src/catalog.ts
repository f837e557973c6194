import type { Change } from "@atoll/core/change";

/** What the catalog holds, by name ("policy public.deals: deals_organization"), each with a hash of its definition. */
export type Catalog = Record<string, string>;

/** Row of `instance_config` that says how the catalog was when the newest migration had been applied. */
export const catalogKey = "ATOLL_SCHEMA_CATALOG";

// Schemas of Postgres and of Supabase itself: what they hold is not ours to compare.
const theirs = `'information_schema', 'auth', 'storage', 'realtime', 'extensions', 'graphql', 'graphql_public', 'vault',
  'net', 'cron', 'pgmq', 'pgbouncer', 'pgsodium', 'pgsodium_masks', 'supabase_functions', 'supabase_migrations'`;

const ours = (schema: string) =>
  `${schema} not in (${theirs}) and ${schema} not like 'pg\\_%' and ${schema} not like '\\_%'`;

/** A scalar query: the catalog as one JSON object. Reads only. */
export const catalogQuery = `(
select coalesce(jsonb_object_agg(name, md5(definition)), '{}') from (
  select format('table %s.%s', n.nspname, c.relname) as name,
    string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attidentity,
      pg_get_expr(d.adbin, d.adrelid)), e'\\n' order by a.attname) as definition
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'p', 'v', 'm') and ${ours("n.nspname")} group by 1
  union all
  select format('constraint %s.%s: %s', n.nspname, c.relname, o.conname), pg_get_constraintdef(o.oid)
  from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ours("n.nspname")} and o.contype <> 'n'
  union all
  select format('index %s.%s: %s', n.nspname, c.relname, i.relname), pg_get_indexdef(x.indexrelid)
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
    join pg_namespace n on n.oid = c.relnamespace
  where ${ours("n.nspname")} and c.relkind in ('r', 'p', 'm')
  union all
  select format('policy %s.%s: %s', schemaname, tablename, policyname), concat_ws(' ', permissive, roles, cmd, qual, with_check)
  from pg_policies where ${ours("schemaname")}
  union all
  select format('trigger %s.%s: %s', n.nspname, c.relname, t.tgname), concat(pg_get_triggerdef(t.oid), t.tgenabled)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where not t.tgisinternal and ${ours("n.nspname")}
  union all
  select format('function %s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), pg_get_functiondef(p.oid)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prokind in ('f', 'p') and ${ours("n.nspname")}
    and not exists (select from pg_depend e where e.objid = p.oid and e.classid = 'pg_proc'::regclass and e.deptype = 'e')
  union all
  select format('grants %s.%s', n.nspname, c.relname),
    (select string_agg(g::text, ' ' order by g::text) from unnest(coalesce(c.relacl, acldefault('r', c.relowner))) g)
      || coalesce((select string_agg(a.attname || a.attacl::text, ' ' order by a.attname)
        from pg_attribute a where a.attrelid = c.oid and a.attacl is not null), '')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm') and ${ours("n.nspname")}
  union all
  select format('grants %s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
    (select string_agg(g::text, ' ' order by g::text) from unnest(coalesce(p.proacl, acldefault('f', p.proowner))) g)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prokind in ('f', 'p') and ${ours("n.nspname")}
) objects)`;

/** "policy public.deals" of "policy public.deals: deals_organization"; the thing itself where it lives in no table. */
const tableOf = (name: string) => /^(?:policy|trigger) (\S+):/.exec(name)?.[1];

/**
 * How the catalog differs from what the migrations left. What somebody added is left alone, unless it decides
 * who sees or changes rows of our tables: a policy or a trigger (a grant changes ours).
 */
export function catalogChanges(expected: Catalog, found: Catalog): Change[] {
  const changes: Change[] = [];
  for (const [name, hash] of Object.entries(expected)) {
    const there = found[name];
    if (there === undefined) changes.push({ path: name, act: "create", to: "as the migrations made it" });
    else if (there !== hash)
      changes.push({ path: name, act: "update", from: "changed by hand", to: "as the migrations made it" });
  }
  for (const name of Object.keys(found)) {
    if (name in expected) continue;
    const table = tableOf(name);
    if (table !== undefined && `table ${table}` in expected)
      changes.push({ path: name, act: "remove", from: "added by hand" });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}
