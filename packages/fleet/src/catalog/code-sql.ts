import { isAmong, ownerSql, roleSql } from "./scope.ts";

const policyRole = roleSql("o.role", ownerSql);
const policies = `
select 'policy ' || p.polrelid::regclass || ': ' || p.polname, concat(
  'as ', case when p.polpermissive then 'permissive' else 'restrictive' end,
  ' for ', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
    else 'all' end,
  ' to ', (select string_agg(${policyRole}, ', ' order by ${policyRole} collate "C") from unnest(p.polroles) as o (role)),
  e'\\nusing (' || pg_get_expr(p.polqual, p.polrelid) || ')',
  e'\\nwith check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
from pg_policy p where ${isAmong("p.polrelid", "hosts")}`;

// A trigger on a table of Auth or Storage is ours where its function is.
const triggers = `
select 'trigger ' || t.tgrelid::regclass || ': ' || t.tgname, concat(pg_get_triggerdef(t.oid),
  case t.tgenabled when 'D' then e'\\n-- disabled' when 'R' then e'\\n-- replica' when 'A' then e'\\n-- always' end)
from pg_trigger t where ${isAmong("t.tgrelid", "hosts")} and not t.tgisinternal and t.tgparentid = 0
  and (${isAmong("t.tgrelid", "relations")} or ${isAmong("t.tgfoid", "routines")})`;

const rules = `
select 'rule ' || w.ev_class::regclass || ': ' || w.rulename, concat(pg_get_ruledef(w.oid),
  case w.ev_enabled when 'D' then e'\\n-- disabled' when 'R' then e'\\n-- replica' when 'A' then e'\\n-- always' end)
from pg_rewrite w where ${isAmong("w.ev_class", "relations")} and w.rulename <> '_RETURN'`;

const functions = `
select case r.prokind when 'a' then 'aggregate ' when 'p' then 'procedure ' else 'function ' end || r.label,
  case r.prokind when 'a' then (
    select concat_ws(', ', 'sfunc = ' || g.aggtransfn::regproc, 'stype = ' || format_type(g.aggtranstype, null),
      'finalfunc = ' || nullif(g.aggfinalfn::oid, 0)::regproc,
      'combinefunc = ' || nullif(g.aggcombinefn::oid, 0)::regproc, 'initcond = ' || quote_literal(g.agginitval))
    from pg_aggregate g where g.aggfnoid = r.oid)
  else pg_get_functiondef(r.oid) end
from routines r`;

// Supabase's own event triggers call functions of its own schemas.
const eventTriggers = `
select 'event trigger ' || quote_ident(e.evtname), jsonb_strip_nulls(jsonb_build_object('event', e.evtevent,
  'tags', to_jsonb(e.evttags), 'function', e.evtfoid::regproc, 'enabled', e.evtenabled))::text
from pg_event_trigger e
where (select ${isAmong("p.pronamespace", "spaces")} from pg_proc p where p.oid = e.evtfoid)`;

// Those that a hosted project has from the start are no sign of anything: a plain Postgres lacks them.
const extensions = `
select 'extension ' || quote_ident(e.extname), n.nspname::text
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname not in ('plpgsql', 'pg_stat_statements', 'pgcrypto', 'uuid-ossp', 'pgjwt', 'pgsodium', 'pg_graphql',
  'supabase_vault')`;

const publications = `
select 'publication ' || quote_ident(p.pubname) || ': ' || e.prrelid::regclass, jsonb_strip_nulls(jsonb_build_object(
    'columns', (select jsonb_agg(a.attname order by a.attname) from unnest(e.prattrs) u (n)
      join pg_attribute a on a.attrelid = e.prrelid and a.attnum = u.n),
    'where', pg_get_expr(e.prqual, e.prrelid)))::text
from pg_publication_rel e join pg_publication p on p.oid = e.prpubid where ${isAmong("e.prrelid", "relations")}
union all
select 'publication ' || quote_ident(p.pubname) || ': schema ' || e.pnnspid::regnamespace, '{}'
from pg_publication_namespace e join pg_publication p on p.oid = e.pnpubid where ${isAmong("e.pnnspid", "spaces")}
union all
select 'publication ' || quote_ident(pubname), '{}' from pg_publication where puballtables`;

/** What decides and acts: policies, triggers, rules, functions, and what the whole database has only once. */
export const codeParts: readonly string[] = [
  policies,
  triggers,
  rules,
  functions,
  eventTriggers,
  extensions,
  publications,
];
