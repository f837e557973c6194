-- What every database of an instance holds beside its blueprint's tables: which migrations were applied,
-- the version that follows from them, and the instance's configuration. Safe to run again.
create table if not exists public.schema_migrations (
  version integer primary key check (version > 0),
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  applied_by text not null default current_user,
  duration_ms integer not null default 0
);

create table if not exists public.schema_version (
  only_row boolean primary key default true check (only_row),
  version integer not null,
  updated_at timestamptz not null default now()
);

create table if not exists public.instance_config (
  key text primary key check (key ~ '^[A-Z][A-Z0-9_]*$'),
  value jsonb not null,
  is_secret boolean not null default false,
  updated_at timestamptz not null default now(),
  updated_by text not null default current_user
);

alter table public.schema_migrations enable row level security;
alter table public.schema_version enable row level security;
alter table public.instance_config enable row level security;

-- True when it was registered now, false when it stood there already with the same content.
create or replace function public.register_migration(
  p_version integer,
  p_name text,
  p_checksum text,
  p_applied_by text default current_user,
  p_duration_ms integer default 0
) returns boolean language plpgsql set search_path = '' as $$
declare
  known text;
begin
  select checksum into known from public.schema_migrations where version = p_version;
  if known = p_checksum then
    return false;
  end if;
  if known is not null then
    raise exception 'Migration % was applied with another content than the file % has now.', p_version, p_name
      using hint = 'Restore the file and put the change into a new migration.';
  end if;
  insert into public.schema_migrations (version, name, checksum, applied_by, duration_ms)
  values (p_version, p_name, p_checksum, p_applied_by, p_duration_ms);
  insert into public.schema_version (version) values (p_version)
  on conflict (only_row) do update
    set version = greatest(public.schema_version.version, excluded.version), updated_at = now();
  return true;
end
$$;

-- 0 before the first migration. Runs as its owner: callers need no grant on the table.
create or replace function public.get_schema_version() returns integer
language sql stable security definer set search_path = '' as $$
  select coalesce((select version from public.schema_version), 0)
$$;

revoke all on function public.register_migration(integer, text, text, text, integer) from public;
revoke all on function public.get_schema_version() from public;

-- A plain Postgres has none of Supabase's roles.
do $$
begin
  if to_regrole('service_role') is null then
    return;
  end if;
  revoke all on public.schema_migrations, public.schema_version, public.instance_config from anon, authenticated;
  revoke all on function public.register_migration(integer, text, text, text, integer) from anon, authenticated, service_role;
  grant select on public.schema_migrations, public.schema_version to service_role;
  grant select, insert, update, delete on public.instance_config to service_role;
  grant select (key, value, is_secret, updated_at) on public.instance_config to anon, authenticated;
  grant execute on function public.get_schema_version() to authenticated, service_role;
  drop policy if exists instance_config_read on public.instance_config;
  create policy instance_config_read on public.instance_config for select to anon, authenticated
    using (not is_secret and key not like 'ATOLL\_%');
end
$$;
