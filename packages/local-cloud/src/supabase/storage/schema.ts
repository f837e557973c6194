/**
 * Schema `storage` of a project, as hosted Supabase has it: tables, helpers for policies, and what keeps its owner
 * to policies and triggers. The tables belong to `supabase_storage_admin`, in whose rights every project's login
 * shares, since plain Postgres lets nobody else write policies; an event trigger refuses the rest of these rights.
 * Safe to repeat.
 */
export const storageSql = `
create table if not exists storage.buckets (
  id text primary key,
  name text not null unique,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[]
);
create table if not exists storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text constraint "objects_bucketId_fkey" references storage.buckets (id),
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  metadata jsonb
);
-- Apart from their tables, since a template made by an earlier version of the local cloud lacks these.
alter table storage.buckets
  add column if not exists avif_autodetection boolean default false,
  add column if not exists owner_id text,
  add column if not exists type text not null default 'STANDARD';
alter table storage.objects
  add column if not exists last_accessed_at timestamptz default now(),
  add column if not exists path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  add column if not exists version text,
  add column if not exists owner_id text,
  add column if not exists user_metadata jsonb;
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists name_prefix_search on storage.objects (name text_pattern_ops);
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role;

create or replace function storage.foldername(name text) returns text[] language sql immutable as
  $$ select (string_to_array(name, '/'))[: array_length(string_to_array(name, '/'), 1) - 1] $$;
create or replace function storage.filename(name text) returns text language sql immutable as
  $$ select (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)] $$;
create or replace function storage.extension(name text) returns text language sql immutable as
  $$ select split_part(storage.filename(name), '.', -1) $$;
grant execute on all functions in schema storage to anon, authenticated, service_role;

create or replace function storage.update_updated_at_column() returns trigger language plpgsql as
  $$ begin new.updated_at = now(); return new; end $$;
create or replace trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();

create or replace function storage.protect_delete() returns trigger language plpgsql as $$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
    raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
      using errcode = '42501', hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end $$;
create or replace trigger protect_buckets_delete before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create or replace trigger protect_objects_delete before delete on storage.objects
  for each statement execute function storage.protect_delete();

-- Superusers are this local cloud itself. Who else there is follows from no table: logins may not read pg_roles.
create or replace function storage.only_policies() returns event_trigger language plpgsql as $$
declare thing record;
begin
  if current_setting('is_superuser') = 'on' then return; end if;
  if tg_event = 'sql_drop' then
    for thing in select * from pg_event_trigger_dropped_objects() loop
      if thing.schema_name = 'storage' and thing.object_type not in ('policy', 'trigger') then
        raise exception 'must be owner of %', thing.object_identity using errcode = '42501';
      end if;
    end loop;
  else
    for thing in select * from pg_event_trigger_ddl_commands() loop
      if (thing.schema_name = 'storage' or thing.object_identity ~ ' on storage\\.')
         and thing.command_tag not in
           ('CREATE POLICY', 'ALTER POLICY', 'CREATE TRIGGER', 'ALTER TRIGGER', 'COMMENT', 'GRANT', 'REVOKE')
         -- Moved to another schema it is named by that one.
         or to_regclass('storage.objects') is null or to_regclass('storage.buckets') is null then
        raise exception 'must be owner of %', thing.object_identity using errcode = '42501';
      end if;
    end loop;
  end if;
end $$;
drop event trigger if exists storage_only_policies_made;
drop event trigger if exists storage_only_policies_dropped;
create event trigger storage_only_policies_made on ddl_command_end execute function storage.only_policies();
create event trigger storage_only_policies_dropped on sql_drop execute function storage.only_policies();
`;
