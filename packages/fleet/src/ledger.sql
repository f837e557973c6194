-- Which migrations were applied to a database, and the version that follows from them: in every instance's database,
-- and, in schema `atoll`, in the hub's own. Safe to run again.
create table if not exists public.schema_migrations (
  version integer primary key check (version > 0),
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  applied_by text not null default current_user,
  duration_ms integer not null default 0
);

-- A migration that cannot run in a transaction (`create index concurrently`) is recorded as begun before its first
-- statement; one that broke off is taken up behind the statements that are done.
alter table public.schema_migrations
  add column if not exists state text not null default 'finished' check (state in ('begun', 'finished', 'invalid')),
  add column if not exists statements_done integer not null default 0,
  add column if not exists problem text;

create table if not exists public.schema_version (
  only_row boolean primary key default true check (only_row),
  version integer not null,
  updated_at timestamptz not null default now()
);

alter table public.schema_migrations enable row level security;
alter table public.schema_version enable row level security;

-- True when it was registered now, false when it stood there already with the same content.
create or replace function public.register_migration(
  p_version integer,
  p_name text,
  p_checksum text,
  p_applied_by text default current_user,
  p_duration_ms integer default 0
) returns boolean language plpgsql set search_path = '' as $$
declare
  known record;
begin
  select checksum, state into known from public.schema_migrations where version = p_version;
  if known.checksum <> p_checksum then
    raise exception 'Migration % was applied with another content than the file % has now.', p_version, p_name
      using hint = 'Restore the file and put the change into a new migration.';
  end if;
  if known.state = 'finished' then
    return false;
  end if;
  insert into public.schema_migrations (version, name, checksum, applied_by, duration_ms)
  values (p_version, p_name, p_checksum, p_applied_by, p_duration_ms)
  on conflict (version) do update set state = 'finished', problem = null, applied_at = now(),
    applied_by = excluded.applied_by, duration_ms = excluded.duration_ms;
  insert into public.schema_version (version) values (p_version)
  on conflict (only_row) do update
    set version = greatest(public.schema_version.version, excluded.version), updated_at = now();
  return true;
end
$$;

-- Says that a migration outside of transactions begins, or goes on: gives how many of its statements are done, -1 when
-- it is finished. `p_done` = so many are done now; `p_problem` = it broke off there.
create or replace function public.note_migration(
  p_version integer,
  p_name text,
  p_checksum text,
  p_done integer default 0,
  p_problem text default null
) returns integer language plpgsql set search_path = '' as $$
declare
  known record;
begin
  select checksum, state, statements_done into known from public.schema_migrations where version = p_version;
  if known.checksum <> p_checksum then
    raise exception 'Migration % was begun with another content than the file % has now.', p_version, p_name
      using hint = 'Restore the file and put the change into a new migration.';
  end if;
  if known.state = 'finished' then
    return -1;
  end if;
  insert into public.schema_migrations as m (version, name, checksum, state, statements_done, problem)
  values (p_version, p_name, p_checksum, case when p_problem is null then 'begun' else 'invalid' end, p_done, p_problem)
  on conflict (version) do update set state = excluded.state, problem = excluded.problem,
    statements_done = greatest(m.statements_done, excluded.statements_done);
  return greatest(known.statements_done, p_done, 0);
end
$$;

-- 0 before the first migration. Runs as its owner: callers need no grant on the table.
create or replace function public.get_schema_version() returns integer
language sql stable security definer set search_path = '' as $$
  select coalesce((select version from public.schema_version), 0)
$$;

revoke all on function public.register_migration(integer, text, text, text, integer) from public;
revoke all on function public.note_migration(integer, text, text, integer, text) from public;
revoke all on function public.get_schema_version() from public;
