-- What every instance's database holds beside its blueprint's tables and the ledger: its configuration, and who may see
-- which of these. Safe to run again.
create table if not exists public.instance_config (
  key text primary key check (key ~ '^[A-Z][A-Z0-9_]*$'),
  value jsonb not null,
  is_secret boolean not null default false,
  updated_at timestamptz not null default now(),
  updated_by text not null default current_user
);

alter table public.instance_config enable row level security;

-- A plain Postgres has none of Supabase's roles.
do $$
begin
  if to_regrole('service_role') is null then
    return;
  end if;
  revoke all on public.schema_migrations, public.schema_version, public.instance_config from anon, authenticated;
  revoke all on function public.register_migration(integer, text, text, text, integer) from anon, authenticated, service_role;
  revoke all on function public.note_migration(integer, text, text, integer, text) from anon, authenticated, service_role;
  grant select on public.schema_migrations, public.schema_version to service_role;
  grant select, insert, update, delete on public.instance_config to service_role;
  grant select (key, value, is_secret, updated_at) on public.instance_config to anon, authenticated;
  grant execute on function public.get_schema_version() to authenticated, service_role;
  drop policy if exists instance_config_read on public.instance_config;
  create policy instance_config_read on public.instance_config for select to anon, authenticated
    using (not is_secret and key not like 'ATOLL\_%');
end
$$;
