import { roleSql } from "./scope.ts";

const policies = `
select 'policy ' || h.label || ': ' || p.polname, concat(
  'as ', case when p.polpermissive then 'permissive' else 'restrictive' end,
  ' for ', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
    else 'all' end,
  ' to ', (select string_agg(${roleSql("o.role", "me.owner")}, ', ' order by ${roleSql("o.role", "me.owner")} collate "C")
    from unnest(p.polroles) as o (role)),
  e'\\nusing (' || pg_get_expr(p.polqual, p.polrelid) || ')',
  e'\\nwith check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
from pg_policy p join hosts h on h.oid = p.polrelid cross join me`;

// A trigger on a table of Auth or Storage is ours where its function is.
const triggers = `
select 'trigger ' || h.label || ': ' || t.tgname, concat(pg_get_triggerdef(t.oid),
  case t.tgenabled when 'D' then e'\\n-- disabled' when 'R' then e'\\n-- replica' when 'A' then e'\\n-- always' end)
from pg_trigger t join hosts h on h.oid = t.tgrelid
where not t.tgisinternal and t.tgparentid = 0 and (h.is_ours or t.tgfoid in (select oid from routines))`;

const rules = `
select 'rule ' || r.label || ': ' || w.rulename, concat(pg_get_ruledef(w.oid),
  case w.ev_enabled when 'D' then e'\\n-- disabled' when 'R' then e'\\n-- replica' when 'A' then e'\\n-- always' end)
from pg_rewrite w join relations r on r.oid = w.ev_class where w.rulename <> '_RETURN'`;

const functions = `
select case prokind when 'p' then 'procedure ' else 'function ' end || label, pg_get_functiondef(oid)
from routines where prokind in ('f', 'p', 'w')
union all
select 'aggregate ' || r.label, concat_ws(', ', 'sfunc = ' || g.aggtransfn::regproc,
  'stype = ' || format_type(g.aggtranstype, null), 'finalfunc = ' || nullif(g.aggfinalfn::oid, 0)::regproc,
  'combinefunc = ' || nullif(g.aggcombinefn::oid, 0)::regproc, 'initcond = ' || quote_literal(g.agginitval))
from routines r join pg_aggregate g on g.aggfnoid = r.oid where r.prokind = 'a'`;

// Supabase's own event triggers call functions of its own schemas.
const eventTriggers = `
select 'event trigger ' || quote_ident(e.evtname), jsonb_strip_nulls(jsonb_build_object('event', e.evtevent,
  'tags', to_jsonb(e.evttags), 'function', s.label || '.' || quote_ident(p.proname), 'enabled', e.evtenabled))::text
from pg_event_trigger e join pg_proc p on p.oid = e.evtfoid join spaces s on s.oid = p.pronamespace`;

// Those that a hosted project has from the start are no sign of anything: a plain Postgres lacks them.
const extensions = `
select 'extension ' || quote_ident(e.extname), n.nspname::text
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname not in ('plpgsql', 'pg_stat_statements', 'pgcrypto', 'uuid-ossp', 'pgjwt', 'pgsodium', 'pg_graphql',
  'supabase_vault')`;

const publications = `
select 'publication ' || quote_ident(p.pubname) || ': ' || r.label, jsonb_strip_nulls(jsonb_build_object(
    'columns', (select jsonb_agg(a.attname order by a.attname) from unnest(e.prattrs) u (n)
      join pg_attribute a on a.attrelid = r.oid and a.attnum = u.n),
    'where', pg_get_expr(e.prqual, e.prrelid)))::text
from pg_publication_rel e join pg_publication p on p.oid = e.prpubid join relations r on r.oid = e.prrelid
union all
select 'publication ' || quote_ident(p.pubname) || ': schema ' || s.label, '{}'
from pg_publication_namespace e join pg_publication p on p.oid = e.pnpubid join spaces s on s.oid = e.pnnspid
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
