import { isAmong, ownerSql, roleSql } from "./scope.ts";

// One line for each right: "UPDATE(full_name) to authenticated with grant option". MAINTAIN is new in Postgres 17 and
// lets nobody see or change a row: it would only tell servers apart.
const lines = (
  line: string,
  condition = "",
) => `string_agg(distinct (${line}) collate "C", e'\\n' order by (${line}) collate "C")
  filter (where x.privilege_type <> 'MAINTAIN'${condition})`;
const line = (
  owner: string,
  column = "''",
) => `concat(x.privilege_type, ${column}, ' to ', ${roleSql("x.grantee", owner)},
  case when x.is_grantable then ' with grant option' end)`;

// Who rules in public is the server's affair; what callers may do there is ours.
const isStaff = `(x.grantee = ${ownerSql} or x.grantee = r.owner or x.grantee <> 0
  and x.grantee::regrole::text ~ '^"?(postgres|pg_database_owner|dashboard_user|supabase_.*)"?$')`;

// No list of rights (null) means the usual ones; that and its explicit form are the same.
const grants = `
select 'grants ' || r.thing, coalesce(${lines(line("r.owner", "r.part"))}, '')
from (
  select label as thing, relowner as owner, '' as part, false as is_public,
    coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)) as acl
  from relations where relkind <> 'c'
  union all
  select a.attrelid::regclass::text, (select relowner from relations where oid = a.attrelid),
    '(' || quote_ident(a.attname) || ')', false, a.attacl
  from pg_attribute a where ${isAmong("a.attrelid", "relations")} and a.attacl is not null and not a.attisdropped
  union all
  select label, proowner, '', false, coalesce(proacl, acldefault('f', proowner)) from routines
  union all
  select 'type ' || t.oid::regtype, t.typowner, '', false, coalesce(t.typacl, acldefault('T', t.typowner)) from types t
  union all
  select 'schema ' || label, nspowner, '', nspname = 'public', coalesce(nspacl, acldefault('n', nspowner)) from spaces
) r left join lateral aclexplode(r.acl) x on not (r.is_public and ${isStaff})
group by r.thing`;

const schemas = "\nselect 'schema ' || label, '' from spaces";

// Of one schema they add to the usual rights, of the whole database they stand in their place: only what differs from
// the usual ones is listed, without the owner's own.
const objects = (kind: string) =>
  `case ${kind} when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end`;
const defaults = `
select name, body from (
  select concat('default privileges ', 'in ' || nullif(d.defaclnamespace, 0)::regnamespace || ' ', 'on ', ${objects("d.defaclobjtype")}) as name,
    coalesce(${lines(line("d.defaclrole"), " and x.grantee <> d.defaclrole")}, '') as body,
    case when d.defaclnamespace <> 0 or d.defaclobjtype not in ('f', 'T') then ''
      when d.defaclobjtype = 'f' then 'EXECUTE to public' else 'USAGE to public' end as usual
  from pg_default_acl d left join lateral aclexplode(d.defaclacl) x on true
  where d.defaclrole = ${ownerSql} and (d.defaclnamespace = 0 or ${isAmong("d.defaclnamespace", "spaces")})
  group by d.defaclobjtype, d.defaclnamespace) d
where body <> usual`;

// Row security does not bind an owner, and a definer's function acts as its own: who took one over is named.
const owners = `
select 'owner ' || label, relowner::regrole::text from relations where relowner <> ${ownerSql} and relkind <> 'c'
union all
select 'owner ' || label, proowner::regrole::text from routines where proowner <> ${ownerSql}
union all
select 'owner schema ' || label, nspowner::regrole::text from spaces where nspowner <> ${ownerSql} and nspname <> 'public'`;

/** Who may do what, who owns what, and the schemas themselves. */
export const rightParts: readonly string[] = [grants, schemas, defaults, owners];
