import { storageSql } from "./storage/schema.ts";

/**
 * What a new project's database holds, as hosted Supabase has it where it matters here: protected schemas
 * auth, storage and realtime, `auth.uid()` and its kin, no default grants on new tables in public.
 * Safe to repeat.
 */
export const templateSql = `
create schema if not exists extensions;
create schema if not exists auth authorization supabase_auth_admin;
create schema if not exists storage;
create schema if not exists realtime;
-- Not their tables' owner, in whose rights every project's login shares.
alter schema storage owner to current_user;
alter schema realtime owner to current_user;
revoke create on schema public from public;
grant usage on schema public, extensions, auth to anon, authenticated, service_role;
grant usage on schema storage to anon, authenticated, service_role, supabase_storage_admin;

-- Who else has a database on this server is nobody's business: on hosted Supabase there is nobody else.
revoke select on pg_database, pg_roles, pg_user, pg_stat_activity, pg_stat_database from public;

create table if not exists auth.users (
  instance_id uuid default '00000000-0000-0000-0000-000000000000',
  id uuid primary key,
  aud varchar(255) default 'authenticated',
  role varchar(255) default 'authenticated',
  email varchar(255),
  encrypted_password varchar(255),
  email_confirmed_at timestamptz,
  invited_at timestamptz,
  confirmation_token varchar(255) default '',
  confirmation_sent_at timestamptz,
  recovery_token varchar(255) default '',
  recovery_sent_at timestamptz,
  email_change varchar(255) default '',
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb not null default '{}',
  raw_user_meta_data jsonb not null default '{}',
  phone text unique,
  phone_confirmed_at timestamptz,
  banned_until timestamptz,
  confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
  is_sso_user boolean not null default false,
  is_anonymous boolean not null default false,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index if not exists users_email_key on auth.users (lower(email)) where not is_sso_user;

create table if not exists auth.identities (
  id uuid primary key default gen_random_uuid(),
  provider_id text not null,
  user_id uuid not null references auth.users on delete cascade,
  identity_data jsonb not null,
  provider text not null,
  email text,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, provider)
);

create table if not exists auth.sessions (
  id uuid primary key,
  user_id uuid not null references auth.users on delete cascade,
  aal text not null default 'aal1',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table if not exists auth.refresh_tokens (
  id bigint generated always as identity primary key,
  token text not null unique,
  user_id uuid not null references auth.users on delete cascade,
  session_id uuid not null references auth.sessions on delete cascade,
  parent text,
  revoked_at timestamptz,
  created_at timestamptz not null default now()
);

create table if not exists auth.one_time_tokens (
  token_hash text primary key,
  user_id uuid not null references auth.users on delete cascade,
  token_type text not null,
  otp text not null,
  redirect_to text,
  created_at timestamptz not null default now()
);

create or replace function auth.jwt() returns jsonb language sql stable as
  $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create or replace function auth.uid() returns uuid language sql stable as
  $$ select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
create or replace function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
create or replace function auth.email() returns text language sql stable as $$ select auth.jwt() ->> 'email' $$;
grant execute on all functions in schema auth to anon, authenticated, service_role;

${storageSql}
do $$
declare thing record;
begin
  for thing in select format('alter table %s owner to supabase_%s_admin', c.oid::regclass, n.nspname) as change
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('auth', 'storage') and c.relkind = 'r' loop
    execute thing.change;
  end loop;
  for thing in select format('alter function auth.%I() owner to supabase_auth_admin', p.proname) as change
    from pg_proc p where p.pronamespace = 'auth'::regnamespace loop
    execute thing.change;
  end loop;
end $$;

do $$ begin
  create extension if not exists pgcrypto schema extensions;
  create extension if not exists "uuid-ossp" schema extensions;
exception when undefined_file or feature_not_supported then
  raise notice 'this server has no contrib modules';
end $$;
`;
