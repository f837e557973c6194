import { createHash } from "node:crypto";
import type { SchemaFile } from "@atoll/core/blueprint";

const file = (version: number, name: string, sql: string, transactional = true): SchemaFile => ({
  version,
  name,
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
  transactional,
});

const closed = (table: string) => `alter table public.${table} enable row level security;
create policy ${table}_read on public.${table} for select to authenticated using (true);
grant select on public.${table} to authenticated;`;

/** Every run of a migration leaves a row in `applied`: one that ran twice is seen. */
export const fleetKind = {
  name: "fleet",
  migrations: [
    file(
      1,
      "base",
      `create table public.applied (version integer not null, at timestamptz not null default clock_timestamp());
${closed("applied")}
create table public.people (id uuid primary key default gen_random_uuid(), name text not null);
${closed("people")}
insert into public.people (name) select 'person ' || n from generate_series(1, 50) n;
insert into public.applied (version) values (1);`,
    ),
    file(
      2,
      "extra",
      `create table public.extra (id uuid primary key default gen_random_uuid(), person_id uuid references public.people (id));
${closed("extra")}
alter table public.people add column email text;
insert into public.applied (version) values (2);`,
    ),
    file(
      3,
      "names",
      `-- atoll: allow constraint-missing-not-valid: fifty rows
alter table public.people add constraint people_name check (char_length(name) between 1 and 200);
create function public.initials(name text) returns text language sql immutable set search_path = '' as
  $$ select pg_catalog.left(name, 1) $$;
insert into public.applied (version) values (3);`,
    ),
    file(
      4,
      "index",
      `-- atoll: no-transaction
create index concurrently people_email on public.people (email);
create index concurrently extra_person on public.extra (person_id);`,
      false,
    ),
  ],
};
