-- The vault, and what else holds between rows whoever writes them.

-- --- announcements

create function private.note_publication() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.status = 'published' then
    new.published_at := coalesce(new.published_at, now());
  end if;
  return new;
end
$$;
create trigger note_publication before insert or update on public.announcements
  for each row execute function private.note_publication();

-- --- the vault

-- Keys that the community's page is built of: they have a type, and are public.
create function private.vault_key_type(key text) returns text
language sql immutable set search_path = '' as $$
  select case
    when key in ('COMMUNITY_NAME', 'COMMUNITY_TYPE', 'CITY_NAME', 'CONTACT_EMAIL', 'COMMUNITY_LOCALE', 'BOT_NAME') then 'text'
    when key = 'MAP_DEFAULT_CENTER' then 'coordinates'
  end
$$;

-- Not a definer's function: `current_user` is who writes.
create function private.stamp_vault() returns trigger
language plpgsql set search_path = '' as $$
declare
  key_type text;
begin
  if tg_op = 'DELETE' then
    if old.key = 'COMMUNITY_NAME' then
      raise exception 'A community needs its name.' using errcode = '23514';
    end if;
    return old;
  end if;
  key_type := private.vault_key_type(new.key);
  if key_type is not null then
    new.value_type := key_type;
    if new.is_secret then
      raise exception '% stands on the community''s page and cannot be secret.', new.key using errcode = '23514';
    end if;
  end if;
  new.updated_at := now();
  -- Whoever is signed in is named, whatever they say. A program says its own name; it does not inherit a person's.
  if auth.uid() is not null then
    new.updated_by := auth.uid()::text;
  elsif tg_op = 'UPDATE' and new.updated_by = old.updated_by
    and old.updated_by ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    new.updated_by := current_user;
  end if;
  return new;
end
$$;
create trigger stamp_vault before insert or update or delete on public.instance_config
  for each row execute function private.stamp_vault();

create function private.log_vault() returns trigger
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
      coalesce(auth.uid()::text, nullif(current_setting('role', true), 'none'), session_user::text));
  end if;
  return null;
end
$$;
create trigger log_vault after insert or update or delete on public.instance_config
  for each row execute function private.log_vault();

-- Reads the vault into community_settings and the bot's name. A value that cannot stand there refuses the change.
create function private.read_vault() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- One reader at a time, and each statement below sees what the one before committed: no key is lost between two.
  perform pg_advisory_xact_lock(hashtextextended('community.vault', 0));
  insert into public.community_settings as s (name, type, city, locale, contact_email, latitude, longitude, zoom)
  select v.config ->> 'COMMUNITY_NAME',
    coalesce(v.config ->> 'COMMUNITY_TYPE', 'other'),
    v.config ->> 'CITY_NAME',
    coalesce(v.config ->> 'COMMUNITY_LOCALE', 'fr'),
    v.config ->> 'CONTACT_EMAIL',
    coalesce((v.config -> 'MAP_DEFAULT_CENTER' ->> 'latitude')::double precision, 0),
    coalesce((v.config -> 'MAP_DEFAULT_CENTER' ->> 'longitude')::double precision, 0),
    coalesce((v.config -> 'MAP_DEFAULT_CENTER' ->> 'zoom')::double precision, 13)
  from (select jsonb_object_agg(key, value) as config from public.instance_config
    where private.vault_key_type(key) is not null) v
  where v.config ? 'COMMUNITY_NAME'
  on conflict (only_row) do update set (name, type, city, locale, contact_email, latitude, longitude, zoom) =
    row (excluded.name, excluded.type, excluded.city, excluded.locale, excluded.contact_email, excluded.latitude,
      excluded.longitude, excluded.zoom)
    where (s.name, s.type, s.city, s.locale, s.contact_email, s.latitude, s.longitude, s.zoom) is distinct from
      (excluded.name, excluded.type, excluded.city, excluded.locale, excluded.contact_email, excluded.latitude,
        excluded.longitude, excluded.zoom);
  update public.bot_settings b set name = v.name
  from (select coalesce((select value #>> '{}' from public.instance_config where key = 'BOT_NAME'), 'Bot') as name) v
  where b.name <> v.name;
  return null;
end
$$;
create trigger read_vault after insert or update or delete on public.instance_config
  for each statement execute function private.read_vault();

-- For /admin/vault. Secrets are write-only: the list says that there is one, and since when.
create function public.vault_list()
returns table (key text, value_type text, is_secret boolean, value jsonb, updated_at timestamptz, updated_by text)
language sql stable security definer set search_path = '' as $$
  select c.key, c.value_type, c.is_secret, case when not c.is_secret then c.value end, c.updated_at, c.updated_by
  from public.instance_config c
  where private.my_role() = 'admin' and c.key not like 'ATOLL\_%'
  order by c.key
$$;

-- A new key is secret unless it is said not to be; whether a known one is stays as it was unless it is said.
create function public.vault_set(p_key text, p_value jsonb, p_is_secret boolean default null, p_value_type text default null)
returns void
language plpgsql security definer set search_path = '' as $$
declare
  problem text;
begin
  if private.my_role() is distinct from 'admin' then
    raise exception 'Only the admin changes the vault.' using errcode = '42501';
  end if;
  if p_key is null or p_key !~ '^[A-Z][A-Z0-9_]{0,99}$' or p_key like 'ATOLL\_%' then
    raise exception 'A key is made of A-Z, 0-9 and _, and does not start with ATOLL_.' using errcode = '22023';
  end if;
  if p_value is null or p_value = 'null' or octet_length(p_value::text) > 20000 then
    raise exception 'Give a value of at most 20,000 characters.' using errcode = '22023';
  end if;
  insert into public.instance_config as c (key, value, is_secret, value_type)
  values (p_key, p_value, coalesce(p_is_secret, private.vault_key_type(p_key) is null), coalesce(p_value_type, 'json'))
  on conflict (key) do update set
    value = excluded.value,
    is_secret = coalesce(p_is_secret, c.is_secret),
    value_type = coalesce(p_value_type, c.value_type);
exception
  -- Postgres would show the whole row, a secret too.
  when check_violation then
    get stacked diagnostics problem = message_text;
    raise exception using message = problem, errcode = '23514';
end
$$;

create function public.vault_remove(p_key text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if private.my_role() is distinct from 'admin' then
    raise exception 'Only the admin changes the vault.' using errcode = '42501';
  end if;
  delete from public.instance_config where key = p_key and key not like 'ATOLL\_%';
  return found;
end
$$;

revoke all on all functions in schema private from public;
grant execute on function private.must_change_password(), private.my_role(), private.is_moderator() to authenticated, service_role;
-- The vault's first trigger runs as whoever writes.
grant execute on function private.vault_key_type(text) to service_role;

revoke all on function public.vault_list(), public.vault_set(text, jsonb, boolean, text), public.vault_remove(text)
  from public, anon, authenticated, service_role;
grant execute on function public.vault_list(), public.vault_set(text, jsonb, boolean, text), public.vault_remove(text)
  to authenticated;
