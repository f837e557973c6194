// Each part gives rows of (name, body). Bodies are what is hashed: SQL as Postgres prints it, or JSON where the
// comparison goes into the parts of an object. Nothing in a body depends on the order in which columns were made.

// The nulls in it are stripped with those around it.
const column = `jsonb_build_object(
  'type', format_type(a.atttypid, a.atttypmod),
  'collation', case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end,
  'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
  'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end,
  'virtual', case when a.attgenerated = 'v' then true end,
  'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
  'required', case when a.attnotnull then true end)`;

/** Which tables each table is a part of; an expression of its own, since most databases have none. */
export const parentsSql = `
parents as materialized (
  select inhrelid, string_agg(inhparent::regclass::text, ', ' order by inhseqno) as parents from pg_inherits group by 1
)`;

// Composite types are relations, too.
const tables = `
select case r.relkind when 'c' then 'type ' else 'table ' end || r.label as name, jsonb_strip_nulls(jsonb_build_object(
    'columns', coalesce(jsonb_object_agg(a.attname, ${column}) filter (where a.attname is not null), '{}'),
    'unlogged', case when r.relpersistence = 'u' then true end,
    'options', to_jsonb(r.reloptions),
    'replicaIdentity', case when r.relkind <> 'c' then
      case r.relreplident when 'n' then 'nothing' when 'f' then 'full' when 'i' then 'index' end end,
    'partitionBy', case when r.relkind = 'p' then pg_get_partkeydef(r.oid) end,
    'partitionFor', case when r.relispartition then pg_get_expr(r.relpartbound, r.oid) end,
    'parents', i.parents))::text as body
from relations r
  left join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join parents i on i.inhrelid = r.oid
where r.relkind in ('r', 'p', 'c')
group by r.oid, r.label, r.relkind, r.relpersistence, r.reloptions, r.relreplident, r.relispartition, r.relpartbound, i.parents`;

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
select 'sequence ' || r.label, jsonb_strip_nulls(jsonb_build_object(
    'type', format_type(q.seqtypid, null), 'start', q.seqstart, 'increment', q.seqincrement, 'min', q.seqmin,
    'max', q.seqmax, 'cache', q.seqcache, 'cycle', q.seqcycle,
    'ownedBy', e.refobjid::regclass::text || '.' || quote_ident(a.attname),
    'identity', case when e.deptype = 'i' then true end))::text
from relations r join pg_sequence q on q.seqrelid = r.oid
  left join pg_depend e on e.classid = 'pg_class'::regclass and e.objid = r.oid and e.refobjsubid > 0
    and e.refclassid = 'pg_class'::regclass and e.deptype in ('a', 'i')
  left join pg_attribute a on a.attrelid = e.refobjid and a.attnum = e.refobjsubid
where r.relkind = 'S'`;

// Postgres 18 lists NOT NULL here, too (contype n): columns say that already. Constraint triggers (t) are triggers.
const constraints = `
select 'constraint ' || r.label || ': ' || o.conname, pg_get_constraintdef(o.oid)
from pg_constraint o join relations r on r.oid = o.conrelid
where o.contype not in ('n', 't') and o.conislocal and o.conparentid = 0
union all
select 'domain constraint ' || s.label || '.' || quote_ident(t.typname) || ': ' || o.conname, pg_get_constraintdef(o.oid)
from pg_constraint o join pg_type t on t.oid = o.contypid join spaces s on s.oid = t.typnamespace
where o.contypid <> 0 and o.contype <> 'n'`;

// What stands behind a constraint is named by it.
const indexes = `
select 'index ' || r.label || ': ' || i.relname,
  pg_get_indexdef(x.indexrelid) || case when x.indisvalid then '' else e'\\n-- not valid' end
from pg_index x join relations r on r.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  left join pg_constraint o on o.conindid = x.indexrelid and o.contype in ('p', 'u', 'x')
where o.oid is null and not i.relispartition`;

const types = `
select 'type ' || s.label || '.' || quote_ident(t.typname),
  jsonb_build_object('labels', jsonb_agg(e.enumlabel order by e.enumsortorder))::text
from pg_type t join spaces s on s.oid = t.typnamespace join pg_enum e on e.enumtypid = t.oid
where not exists (select from brought b where b.classid = 'pg_type'::regclass and b.objid = t.oid)
group by 1
union all
select 'type ' || s.label || '.' || quote_ident(t.typname), jsonb_strip_nulls(jsonb_build_object(
    'subtype', format_type(g.rngsubtype, null), 'collation', nullif(g.rngcollation, 0)::regcollation,
    'canonical', nullif(g.rngcanonical::oid, 0)::regproc, 'diff', nullif(g.rngsubdiff::oid, 0)::regproc))::text
from pg_range g join pg_type t on t.oid = g.rngtypid join spaces s on s.oid = t.typnamespace
where not exists (select from brought b where b.classid = 'pg_type'::regclass and b.objid = t.oid)
union all
select 'domain ' || s.label || '.' || quote_ident(t.typname), jsonb_strip_nulls(jsonb_build_object(
    'type', format_type(t.typbasetype, t.typtypmod), 'default', pg_get_expr(t.typdefaultbin, 0),
    'collation', case when t.typcollation <> u.typcollation then t.typcollation::regcollation end,
    'required', case when t.typnotnull then true end))::text
from pg_type t join spaces s on s.oid = t.typnamespace join pg_type u on u.oid = t.typbasetype
where t.typtype = 'd'
  and not exists (select from brought b where b.classid = 'pg_type'::regclass and b.objid = t.oid)`;

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
