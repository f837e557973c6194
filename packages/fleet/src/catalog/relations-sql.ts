import { isAmong } from "./scope.ts";

// Each part gives rows of (name, body). Bodies are what is hashed: SQL as Postgres prints it, or JSON where the
// comparison goes into the parts of an object. Nothing in a body depends on the order in which columns were made.

// As Postgres prints jsonb, made by hand: shorter keys first, then by their bytes; a null leaves its key out. Building
// jsonb for each column took as long as all else together.
const column = `concat('{"type": ', to_json(format_type(a.atttypid, a.atttypmod)),
  case when a.atthasdef then (select case when a.attgenerated = '' then ', "default": ' || to_json(pg_get_expr(d.adbin, d.adrelid)) end
    from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum) end,
  case when a.attgenerated = 'v' then ', "virtual": true' end,
  case a.attidentity when 'a' then ', "identity": "always"' when 'd' then ', "identity": "by default"' end,
  case when a.attnotnull then ', "required": true' end,
  case when a.attcollation <> 0 and a.attcollation <> (select t.typcollation from pg_type t where t.oid = a.atttypid)
    then ', "collation": ' || to_json(a.attcollation::regcollation::text) end,
  case when a.attgenerated <> '' then (select ', "generated": ' || to_json(pg_get_expr(d.adbin, d.adrelid))
    from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum) end,
  '}')`;

/** Which tables each table is a part of, and the columns of each; expressions of their own, since they are grouped. */
export const groupsSql = `
parents as materialized (
  select inhrelid, string_agg(inhparent::regclass::text, ', ' order by inhseqno) as parents from pg_inherits group by 1
),
columns as materialized (
  select a.attrelid, string_agg(to_json(a.attname) || ': ' || ${column}, ', '
      order by octet_length(a.attname::text), a.attname) as columns
  from pg_attribute a where ${isAmong("a.attrelid", "relations")} and a.attnum > 0 and not a.attisdropped group by 1
)`;

// Composite types are relations, too. "columns" comes before every other key.
const tables = `
select name, '{"columns": {' || columns || '}' || case when others = '{}' then '}' else ', ' || substr(others, 2) end as body
from (
  select case r.relkind when 'c' then 'type ' else 'table ' end || r.label as name,
    coalesce((select c.columns from columns c where c.attrelid = r.oid), '') as columns,
    jsonb_strip_nulls(jsonb_build_object(
      'unlogged', case when r.relpersistence = 'u' then true end,
      'options', to_jsonb(r.reloptions),
      'replicaIdentity', case when r.relkind <> 'c' then
        case r.relreplident when 'n' then 'nothing' when 'f' then 'full' when 'i' then 'index' end end,
      'partitionBy', case when r.relkind = 'p' then pg_get_partkeydef(r.oid) end,
      'partitionFor', case when r.relispartition then pg_get_expr(r.relpartbound, r.oid) end,
      'parents', (select i.parents from parents i where i.inhrelid = r.oid)))::text as others
  from relations r where r.relkind in ('r', 'p', 'c')) t`;

const rowSecurity = `
select 'row security ' || label,
  case when relrowsecurity then 'on' else 'off' end || case when relforcerowsecurity then ', forced' else '' end
from relations where relkind in ('r', 'p')`;

const views = `
select case relkind when 'v' then 'view ' else 'materialized view ' end || label,
  jsonb_strip_nulls(jsonb_build_object('query', pg_get_viewdef(oid), 'options', to_jsonb(reloptions)))::text
from relations where relkind in ('v', 'm')`;

// A sequence that makes an identity column's values comes and goes with its column.
const sequences = `
select 'sequence ' || q.seqrelid::regclass, (jsonb_strip_nulls(jsonb_build_object(
    'type', format_type(q.seqtypid, null), 'start', q.seqstart, 'increment', q.seqincrement, 'min', q.seqmin,
    'max', q.seqmax, 'cache', q.seqcache, 'cycle', q.seqcycle)) || coalesce((
  select jsonb_strip_nulls(jsonb_build_object(
    'ownedBy', (pg_identify_object(e.refclassid, e.refobjid, e.refobjsubid)).identity,
    'identity', case when e.deptype = 'i' then true end))
  from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = q.seqrelid and e.refobjsubid > 0
    and e.refclassid = 'pg_class'::regclass and e.deptype in ('a', 'i') limit 1), '{}'))::text
from pg_sequence q where ${isAmong("q.seqrelid", "relations")}`;

// Postgres 18 lists NOT NULL here, too (contype n): columns say that already. Constraint triggers (t) are triggers.
const constraints = `
select case when o.conrelid <> 0 then 'constraint ' || o.conrelid::regclass else 'domain constraint ' || o.contypid::regtype end
  || ': ' || o.conname, pg_get_constraintdef(o.oid)
from pg_constraint o where o.contype not in ('n', 't') and case when o.conrelid <> 0
  then ${isAmong("o.conrelid", "relations")} and o.conislocal and o.conparentid = 0 else ${isAmong("o.connamespace", "spaces")} end`;

// What stands behind a constraint is named by it.
const indexes = `
select 'index ' || x.indrelid::regclass || ': ' || i.relname,
  pg_get_indexdef(x.indexrelid) || case when x.indisvalid then '' else e'\\n-- not valid' end
from pg_index x join pg_class i on i.oid = x.indexrelid
where ${isAmong("x.indrelid", "relations")} and not i.relispartition
  and x.indexrelid <> all (array(select o.conindid from pg_constraint o where o.contype in ('p', 'u', 'x')))`;

const types = `
select case t.typtype when 'd' then 'domain ' else 'type ' end || t.oid::regtype, case t.typtype
  when 'e' then (select jsonb_build_object('labels', jsonb_agg(e.enumlabel order by e.enumsortorder))::text
    from pg_enum e where e.enumtypid = t.oid)
  when 'r' then (select jsonb_strip_nulls(jsonb_build_object(
      'subtype', format_type(g.rngsubtype, null), 'collation', nullif(g.rngcollation, 0)::regcollation,
      'canonical', nullif(g.rngcanonical::oid, 0)::regproc, 'diff', nullif(g.rngsubdiff::oid, 0)::regproc))::text
    from pg_range g where g.rngtypid = t.oid)
  else jsonb_strip_nulls(jsonb_build_object(
    'type', format_type(t.typbasetype, t.typtypmod), 'default', pg_get_expr(t.typdefaultbin, 0),
    'collation', case when t.typcollation <> (select u.typcollation from pg_type u where u.oid = t.typbasetype)
      then t.typcollation::regcollation end,
    'required', case when t.typnotnull then true end))::text end
from types t where t.typtype <> 'c' and (t.typtype <> 'e' or t.oid in (select enumtypid from pg_enum))`;

/** Tables, their parts, views, sequences and types. */
export const relationParts: readonly string[] = [
  tables,
  rowSecurity,
  views,
  sequences,
  constraints,
  indexes,
  types,
];

/** Names of a table's or composite type's columns in their order, which the catalog itself leaves out. */
export const columnOrder = `
select 'columns ' || r.label, jsonb_agg(a.attname order by a.attnum)::text
from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
where r.relkind in ('r', 'p', 'c') group by r.label`;
