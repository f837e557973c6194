/** Who owns `public` in a scratch database: no superuser, as at the provider. */
export const scratchOwner = "atoll_scratch_owner";

const roles = [
  "anon nologin",
  "authenticated nologin",
  "service_role nologin bypassrls",
  "supabase_auth_admin nologin",
  "supabase_storage_admin nologin",
  `${scratchOwner} nologin`,
];

/** Statements that make what belongs to the whole server, one by one; safe to repeat and to meet another's. */
export const scratchRoles: readonly string[] = [
  ...roles.map(
    (role) =>
      `do $$ begin create role ${role}; exception when duplicate_object or unique_violation then null; end $$`,
  ),
  `do $$ begin
    grant anon, authenticated, service_role to ${scratchOwner};
    grant supabase_auth_admin, supabase_storage_admin, ${scratchOwner} to current_user;
  exception when unique_violation or object_in_use then null; end $$`,
];

/**
 * The shape of a new project, as far as migrations stand on it and as strict: schemas auth, storage and realtime belong
 * to somebody else, and new tables carry no grants. A superuser runs it; anybody else who may make databases and roles
 * gets a project that lets its owner do more in storage. Facts: the provider's documentation, and the columns of its own
 * tables `auth.users`, `storage.buckets` and `storage.objects`.
 */
export const scratchSql = `
create schema auth authorization supabase_auth_admin;
create schema storage;
create schema realtime;
create schema extensions authorization ${scratchOwner};
alter schema public owner to ${scratchOwner};
revoke create on schema public from public;
grant usage on schema public, auth, storage, realtime, extensions to anon, authenticated, service_role, ${scratchOwner};
grant usage on schema storage to supabase_storage_admin;

create table auth.users (
  id uuid primary key default gen_random_uuid(),
  aud varchar(255) default 'authenticated',
  role varchar(255) default 'authenticated',
  email varchar(255),
  encrypted_password varchar(255),
  email_confirmed_at timestamptz,
  invited_at timestamptz,
  confirmation_sent_at timestamptz,
  recovery_sent_at timestamptz,
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb not null default '{}',
  raw_user_meta_data jsonb not null default '{}',
  phone text,
  banned_until timestamptz,
  is_anonymous boolean not null default false,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create function auth.jwt() returns jsonb language sql stable as
  $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
create function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
create function auth.email() returns text language sql stable as $$ select auth.jwt() ->> 'email' $$;
alter table auth.users owner to supabase_auth_admin;
alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;
grant execute on all functions in schema auth to anon, authenticated, service_role, ${scratchOwner};
grant all on all tables in schema auth to ${scratchOwner};

create table storage.buckets (
  id text primary key,
  name text not null unique,
  owner uuid,
  public boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
create table storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text references storage.buckets (id),
  name text,
  owner uuid,
  metadata jsonb,
  user_metadata jsonb,
  version text,
  owner_id text,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now()
);
create unique index bucketid_objname on storage.objects (bucket_id, name);
create function storage.foldername(name text) returns text[] language sql immutable as
  $$ select (string_to_array(name, '/'))[1:greatest(0, array_length(string_to_array(name, '/'), 1) - 1)] $$;
create function storage.filename(name text) returns text language sql immutable as
  $$ select (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)] $$;
create function storage.extension(name text) returns text language sql immutable as
  $$ select reverse(split_part(reverse(storage.filename(name)), '.', 1)) $$;
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
alter table storage.buckets owner to supabase_storage_admin;
alter table storage.objects owner to supabase_storage_admin;
grant all on all tables in schema storage to anon, authenticated, service_role, ${scratchOwner};
grant execute on all functions in schema storage to anon, authenticated, service_role, ${scratchOwner};
-- The provider lets an owner write policies on storage.objects without owning it; plain Postgres does so by this, and
-- by refusing the rest of what an owner may.
grant supabase_storage_admin to ${scratchOwner};
create function storage.only_policies() returns event_trigger language plpgsql as $$
declare
  what text;
begin
  if current_setting('is_superuser') = 'on' then
    return;
  end if;
  if tg_event = 'sql_drop' then
    select object_identity into what from pg_event_trigger_dropped_objects()
    where schema_name = 'storage' and object_type not in ('policy', 'trigger');
  else
    select object_identity into what from pg_event_trigger_ddl_commands()
    where (schema_name = 'storage' or object_identity like '% on storage.%')
      and command_tag !~ ' (POLICY|TRIGGER)$' and command_tag not in ('GRANT', 'REVOKE', 'COMMENT');
  end if;
  if what is not null then
    raise exception 'must be owner of %', what using errcode = '42501';
  end if;
end
$$;
do $do$ begin
  create event trigger storage_made on ddl_command_end execute function storage.only_policies();
  create event trigger storage_dropped on sql_drop execute function storage.only_policies();
exception when insufficient_privilege then null; end $do$;
do $$ begin execute format('grant create, temporary on database %I to ${scratchOwner}', current_database()); end $$;
`;
