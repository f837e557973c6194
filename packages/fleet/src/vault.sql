-- The vault: instance_config with types, a log of who changed what when, and the functions that people and the hub
-- change it by. It stands behind the migrations, and is safe to run again: it takes over what a blueprint's older
-- migrations made of it under the same names.
create schema if not exists atoll;
revoke all on schema atoll from public;

alter table public.instance_config add column if not exists value_type text not null default 'json';
alter table public.instance_config
  drop constraint if exists instance_config_value_type_check,
  drop constraint if exists value_has_its_type,
  add constraint instance_config_value_type_check
    check (value_type in ('text', 'number', 'boolean', 'json', 'coordinates', 'url', 'email')),
  add constraint value_has_its_type check (case value_type
    when 'text' then jsonb_typeof(value) = 'string'
    when 'number' then jsonb_typeof(value) = 'number'
    when 'boolean' then jsonb_typeof(value) = 'boolean'
    when 'url' then jsonb_typeof(value) = 'string' and value #>> '{}' ~ '^https?://[^\s"<>]+$'
    when 'email' then jsonb_typeof(value) = 'string' and value #>> '{}' ~ '^[^@\s"<>]+@[^@\s"<>]+$'
    when 'coordinates' then coalesce(jsonb_typeof(value) = 'object'
      and jsonb_typeof(value -> 'latitude') = 'number' and jsonb_typeof(value -> 'longitude') = 'number'
      and jsonb_typeof(coalesce(value -> 'zoom', '0')) = 'number', false)
    else true end);

-- The value of a secret is never written here, neither the old one nor the new one.
create table if not exists public.instance_config_log (
  id bigint primary key generated always as identity,
  key text not null,
  act text not null check (act in ('added', 'changed', 'removed')),
  is_secret boolean not null,
  old_value jsonb,
  new_value jsonb,
  changed_by text not null,
  created_at timestamptz not null default now(),
  constraint secrets_have_no_value check (not is_secret or (old_value is null and new_value is null))
);
alter table public.instance_config_log enable row level security;

-- A key that became secret by being removed and added again kept the values that it had while it was public.
update public.instance_config_log l set is_secret = true, old_value = null, new_value = null
where not l.is_secret and exists (select from public.instance_config c where c.key = l.key and c.is_secret);

-- The trigger that stood here before let an edit by hand keep the name of whoever wrote last. Of rows that only the
-- tool had put in the log still says that somebody changed them.
do $$
begin
  if not exists (select from pg_catalog.pg_proc where oid = to_regprocedure('atoll.stamp_vault()')
      and strpos(prosrc, 'atoll.by') > 0) then
    update public.instance_config c set updated_by = 'somebody'
    where c.updated_by = 'atoll' and c.key not like 'ATOLL\_%' and exists (
      select from public.instance_config_log l where l.key = c.key and l.act = 'changed' and l.changed_by = 'atoll');
  end if;
end
$$;

-- --- what the database itself keeps to, whoever writes

-- Type of a key that the blueprint's pages are built of; such a key is public. A blueprint that has some says so by
-- a function private.vault_key_type(key text).
create or replace function atoll.key_type(p_key text) returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  known text;
begin
  if exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'private' and p.proname = 'vault_key_type') then
    execute 'select private.vault_key_type($1)' into known using p_key;
  end if;
  return known;
end
$$;

-- Not a definer's function: `current_user` is who writes.
create or replace function atoll.stamp_vault() returns trigger
language plpgsql set search_path = '' as $$
declare
  known text := atoll.key_type(new.key);
  person text := nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub';
  said text := nullif(current_setting('atoll.by', true), '');
begin
  if known is not null then
    new.value_type := known;
    if new.is_secret then
      raise exception '% stands on a page for everybody and cannot be secret.', new.key using errcode = '23514';
    end if;
  end if;
  -- Not now(): two changes of one transaction are two.
  new.updated_at := clock_timestamp();
  -- Whoever is signed in is named, whatever they say. Nobody inherits the name of who wrote before: it stays only where
  -- the transaction says it (atoll.by), else an edit by hand would look like the hub's.
  if person is not null then
    new.updated_by := person;
  elsif tg_op = 'UPDATE' and new.updated_by = old.updated_by and said is distinct from new.updated_by then
    new.updated_by := coalesce(said, current_user);
  end if;
  return new;
end
$$;

create or replace function atoll.log_vault() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  hidden boolean;
begin
  if tg_op = 'INSERT' then
    if new.key like 'ATOLL\_%' then
      return null;
    end if;
    insert into public.instance_config_log (key, act, is_secret, new_value, changed_by)
    values (new.key, 'added', new.is_secret, case when not new.is_secret then new.value end, new.updated_by);
    -- It may have been public before it was removed.
    if new.is_secret then
      update public.instance_config_log set is_secret = true, old_value = null, new_value = null
      where key = new.key and not is_secret;
    end if;
  elsif tg_op = 'UPDATE' then
    if new.key like 'ATOLL\_%' or (old.value, old.is_secret, old.value_type, old.key)
        is not distinct from (new.value, new.is_secret, new.value_type, new.key) then
      return null;
    end if;
    hidden := old.is_secret or new.is_secret;
    insert into public.instance_config_log (key, act, is_secret, old_value, new_value, changed_by)
    values (new.key, 'changed', hidden, case when not hidden then old.value end,
      case when not hidden then new.value end, new.updated_by);
    -- What is secret from now on may have been written down while it was not.
    if new.is_secret and not old.is_secret then
      update public.instance_config_log set is_secret = true, old_value = null, new_value = null where key = new.key;
    end if;
  else
    if old.key like 'ATOLL\_%' then
      return null;
    end if;
    insert into public.instance_config_log (key, act, is_secret, old_value, changed_by)
    values (old.key, 'removed', old.is_secret, case when not old.is_secret then old.value end,
      coalesce(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub',
        nullif(current_setting('atoll.by', true), ''), nullif(current_setting('role', true), 'none'), session_user::text));
  end if;
  return null;
end
$$;

drop trigger if exists stamp_vault on public.instance_config;
drop trigger if exists log_vault on public.instance_config;
create trigger stamp_vault before insert or update on public.instance_config
  for each row execute function atoll.stamp_vault();
create trigger log_vault after insert or update or delete on public.instance_config
  for each row execute function atoll.log_vault();

-- --- people: /admin/vault

-- The blueprint's own private.my_role() decides who is an admin; where there is none, the role that Auth's admin API
-- gave, once the password that came by mail has been replaced.
create or replace function atoll.is_admin() returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  found boolean;
begin
  if exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'private' and p.proname = 'my_role' and p.pronargs = 0) then
    execute 'select private.my_role() = ''admin''' into found;
  elsif coalesce(claims -> 'app_metadata' ->> 'must_change_password', 'false') <> 'true' then
    execute 'select raw_app_meta_data ->> ''role'' = ''admin'' from auth.users where id::text = $1'
      into found using claims ->> 'sub';
  end if;
  return coalesce(found, false);
end
$$;

-- Secrets are write-only: the list says that there is one, and since when.
create or replace function public.vault_list()
returns table (key text, value_type text, is_secret boolean, value jsonb, updated_at timestamptz, updated_by text)
language sql stable security definer set search_path = '' as $$
  select c.key, c.value_type, c.is_secret, case when not c.is_secret then c.value end, c.updated_at, c.updated_by
  from public.instance_config c
  where atoll.is_admin() and c.key not like 'ATOLL\_%'
  order by c.key
$$;

create or replace function atoll.check_key(p_key text, p_value jsonb) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if p_key is null or p_key !~ '^[A-Z][A-Z0-9_]{0,99}$' or p_key like 'ATOLL\_%' then
    raise exception 'A key is made of A-Z, 0-9 and _, and does not start with ATOLL_.' using errcode = '22023';
  end if;
  if p_value is null or p_value = 'null' or octet_length(p_value::text) > 20000 then
    raise exception 'Give a value of at most 20,000 characters.' using errcode = '22023';
  end if;
end
$$;

-- What a check refused, in words for people: those of a constraint name the constraint.
create or replace function atoll.refusal(p_message text, p_constraint text) returns text
language sql immutable set search_path = '' as $$
  select case when coalesce(p_constraint, '') = '' then p_message else 'The instance does not take this value.' end
$$;

-- A new key is secret unless it is said not to be; whether a known one is stays as it was unless it is said.
create or replace function public.vault_set(p_key text, p_value jsonb, p_is_secret boolean default null, p_value_type text default null)
returns void
language plpgsql security definer set search_path = '' as $$
declare
  problem text;
  by_constraint text;
begin
  if not atoll.is_admin() then
    raise exception 'Only the admin changes the vault.' using errcode = '42501';
  end if;
  perform atoll.check_key(p_key, p_value);
  insert into public.instance_config as c (key, value, is_secret, value_type)
  values (p_key, p_value, coalesce(p_is_secret, atoll.key_type(p_key) is null), coalesce(p_value_type, 'json'))
  on conflict (key) do update set
    value = excluded.value,
    is_secret = coalesce(p_is_secret, c.is_secret),
    value_type = coalesce(p_value_type, c.value_type);
exception
  -- Postgres would show the whole row, a secret too.
  when check_violation then
    get stacked diagnostics problem = message_text, by_constraint = constraint_name;
    raise exception using message = atoll.refusal(problem, by_constraint), errcode = '23514';
end
$$;

create or replace function public.vault_remove(p_key text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not atoll.is_admin() then
    raise exception 'Only the admin changes the vault.' using errcode = '42501';
  end if;
  delete from public.instance_config where key = p_key and key not like 'ATOLL\_%';
  return found;
end
$$;

-- --- the hub: as the database's owner, and as nobody else

create or replace function atoll.moment(p_at timestamptz) returns text
language sql immutable set search_path = '' as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- HMAC-SHA256 over the value's text; the hub sends its key as the two padded blocks, and not the key itself.
create or replace function atoll.value_mac(p_value jsonb, p_blocks jsonb) returns text
language sql immutable set search_path = '' as $$
  select encode(sha256(decode(p_blocks ->> 'outer', 'hex') || sha256(decode(p_blocks ->> 'inner', 'hex')
    || convert_to(p_value::text, 'UTF8'))), 'hex')
$$;

create or replace function atoll.is_ours(p_instance text) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.instance_config where key = 'ATOLL_INSTANCE_ID' and value = to_jsonb(p_instance))
$$;

create or replace function atoll.name_of(p_by text) returns text
language plpgsql stable set search_path = '' as $$
declare
  address text;
begin
  if p_by ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' and to_regclass('auth.users') is not null then
    execute 'select email from auth.users where id = $1::uuid' into address using p_by;
  end if;
  return coalesce(address, p_by);
end
$$;

-- All keys and who changed each last. Of a secret no value: only its MAC, where the hub hands in blocks for its key.
create or replace function atoll.vault_look(p_instance text, p_blocks jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'ours', atoll.is_ours(p_instance),
    'rows', coalesce((select jsonb_agg(jsonb_build_object(
        'key', c.key, 'type', c.value_type, 'secret', c.is_secret,
        'value', case when not c.is_secret then c.value end,
        'mac', case when c.is_secret and p_blocks ? c.key then atoll.value_mac(c.value, p_blocks -> c.key) end,
        'at', atoll.moment(c.updated_at), 'by', atoll.name_of(c.updated_by)) order by c.key)
      from public.instance_config c where c.key not like 'ATOLL\_%'), '[]'),
    'removed', coalesce((select jsonb_object_agg(l.key, jsonb_build_object(
        'at', atoll.moment(l.created_at), 'by', atoll.name_of(l.changed_by)))
      from (select distinct on (key) * from public.instance_config_log order by key, id desc) l
      where l.act = 'removed'), '{}'))
$$;

-- Compare-and-set: p_seen is the `at` of the row that the hub saw, '' for none, null for whatever there is. It answers
-- in words instead of failing: a failing statement is written into the database's log, with the secret in it. So all
-- that may wait or fail stands inside the block, and no variable has the table's row type, whose look-up waits, too.
create or replace function atoll.vault_put(
  p_instance text, p_key text, p_value jsonb, p_type text, p_secret boolean, p_seen text, p_by text, p_blocks jsonb
) returns jsonb
language plpgsql set search_path = '' as $$
declare
  known_at timestamptz;
  is_known boolean;
  problem text;
  state text;
  by_constraint text;
begin
  if not atoll.is_ours(p_instance) then
    return '{"outcome": "not-ours"}';
  end if;
  select c.updated_at into known_at from public.instance_config c where c.key = p_key for update;
  is_known := found;
  if p_seen is not null and p_seen <> coalesce(atoll.moment(known_at), '') then
    return '{"outcome": "conflict"}';
  end if;
  perform set_config('atoll.by', p_by, true);
  perform atoll.check_key(p_key, p_value);
  if is_known then
    update public.instance_config set value = p_value, value_type = p_type, is_secret = p_secret, updated_by = p_by
    where key = p_key;
  else
    insert into public.instance_config (key, value, value_type, is_secret, updated_by)
    values (p_key, p_value, p_type, p_secret, p_by) on conflict (key) do nothing;
    if not found then
      return '{"outcome": "conflict"}';
    end if;
  end if;
  return (select jsonb_build_object('outcome', 'written', 'at', atoll.moment(updated_at), 'type', value_type,
      'mac', case when is_secret then atoll.value_mac(value, p_blocks) end)
    from public.instance_config where key = p_key);
exception when query_canceled or others then
  get stacked diagnostics problem = message_text, state = returned_sqlstate, by_constraint = constraint_name;
  -- Somebody else holds the row: who waits longer would write over what nobody has seen.
  if state in ('55P03', '40P01') then
    return '{"outcome": "conflict"}';
  end if;
  -- A message may repeat the value; those of checks do not.
  if state = '23514' then
    problem := atoll.refusal(problem, by_constraint);
  elsif p_secret and state <> '22023' then
    problem := 'Postgres refused it (' || state || ').';
  end if;
  return jsonb_build_object('outcome', 'refused', 'problem', problem);
end
$$;

create or replace function atoll.vault_drop(p_instance text, p_key text, p_seen text, p_by text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  known_at timestamptz;
  problem text;
  state text;
begin
  if not atoll.is_ours(p_instance) then
    return '{"outcome": "not-ours"}';
  end if;
  select c.updated_at into known_at from public.instance_config c
  where c.key = p_key and c.key not like 'ATOLL\_%' for update;
  if p_seen is not null and p_seen <> coalesce(atoll.moment(known_at), '') then
    return '{"outcome": "conflict"}';
  end if;
  perform set_config('atoll.by', p_by, true);
  delete from public.instance_config where key = p_key and key not like 'ATOLL\_%';
  return '{"outcome": "written"}';
exception when query_canceled or others then
  get stacked diagnostics problem = message_text, state = returned_sqlstate;
  if state in ('55P03', '40P01') then
    return '{"outcome": "conflict"}';
  end if;
  return jsonb_build_object('outcome', 'refused', 'problem', problem);
end
$$;

-- --- who may

revoke all on all functions in schema atoll from public;
revoke all on function public.vault_list(), public.vault_set(text, jsonb, boolean, text), public.vault_remove(text) from public;

do $$
begin
  if to_regrole('service_role') is null then
    return;
  end if;
  revoke all on all functions in schema atoll from anon, authenticated, service_role;
  grant usage on schema atoll to authenticated, service_role;
  grant execute on function atoll.is_admin() to authenticated;
  -- The first trigger runs as whoever writes.
  grant execute on function atoll.key_type(text) to service_role;
  revoke all on function public.vault_list(), public.vault_set(text, jsonb, boolean, text), public.vault_remove(text)
    from anon, authenticated, service_role;
  grant execute on function public.vault_list(), public.vault_set(text, jsonb, boolean, text), public.vault_remove(text)
    to authenticated;
  -- What everybody may know of a public key; who changed it is the admin's to know.
  grant select (value_type) on public.instance_config to anon, authenticated;
  revoke all on public.instance_config_log from anon, authenticated, service_role;
  grant select on public.instance_config_log to authenticated, service_role;
  drop policy if exists instance_config_log_admin_read on public.instance_config_log;
  create policy instance_config_log_admin_read on public.instance_config_log for select to authenticated
    using ((select atoll.is_admin()));
end
$$;
