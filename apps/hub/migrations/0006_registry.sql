-- The registry: what anybody may know of an instance, one row each. Rows of instances follow them by triggers, in the
-- transaction that changes them; rows without an instance were registered by hand (docs/adr/0007-registry.md).

-- False for what opens more than a browser may: a secret key, or an old key of a role beyond "anon".
create function atoll.is_publishable(key text) returns boolean language plpgsql immutable strict as $$
declare
  payload text := translate(split_part(key, '.', 2), '-_', '+/');
begin
  if key like 'sb\_secret\_%' then return false; end if;
  if key !~ '^[^.]+\.[^.]+\.[^.]+$' then return true; end if;
  payload := rpad(payload, ((length(payload) + 3) / 4) * 4, '=');
  return (convert_from(decode(payload, 'base64'), 'utf8')::jsonb ->> 'role') is not distinct from 'anon';
exception when others then
  return false; -- it looks like a token that nobody can read
end $$;

-- {"latitude", "longitude"} of "48.8566, 2.3522"; null for what is no point on Earth.
create function atoll.map_center_from(typed text) returns jsonb language sql immutable as $$
  select jsonb_build_object('latitude', at[1]::numeric, 'longitude', at[2]::numeric)
    from regexp_match(typed, '^\s*(-?\d{1,2}(?:\.\d{1,12})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*$') at
   where abs(at[1]::numeric) <= 90 and abs(at[2]::numeric) <= 180
$$;

create function atoll.is_map_center(center jsonb) returns boolean language sql immutable as $$
  select coalesce(jsonb_typeof(center -> 'latitude') = 'number'
    and jsonb_typeof(center -> 'longitude') = 'number'
    and abs((center ->> 'latitude')::numeric) <= 90 and abs((center ->> 'longitude')::numeric) <= 180
    and (not center ? 'zoom' or jsonb_typeof(center -> 'zoom') = 'number'), false)
$$;

create table atoll.instance_registry (
  subdomain         text primary key,
  community_name    text not null,
  community_type    text,                   -- null for kinds that have none
  blueprint         text not null,
  environment       text not null default 'production',
  supabase_url      text,
  supabase_anon_key text check (atoll.is_publishable(supabase_anon_key)),
  url               text,
  custom_domain     text,                   -- the host in atoll.domains that was verified first
  locale            text,
  map_center        jsonb check (map_center is null or atoll.is_map_center(map_center)),
  modules           text[] not null default '{}',
  status            text not null default 'live',
  is_active         boolean not null default true,
  schema_version    integer,
  instance_id       text unique references atoll.instances on delete cascade, -- null = registered by hand
  created_at        timestamptz not null default clock_timestamp(),
  updated_at        timestamptz not null default clock_timestamp(),
  -- What an instance may be called is the engine's to say; these hold what is written by hand.
  constraint subdomain_is_a_label check (instance_id is not null
    or (subdomain ~ '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$')),
  constraint status_is_known check (instance_id is not null
    or status in ('provisioning', 'live', 'updating', 'paused', 'archived', 'failed', 'removing', 'removed')),
  constraint addresses_are_web check (instance_id is not null
    or (coalesce(supabase_url, 'https://') ~ '^https?://' and coalesce(url, 'https://') ~ '^https?://')),
  constraint active_has_its_project check (instance_id is not null or not is_active
    or (supabase_url is not null and supabase_anon_key is not null))
);

-- Hosts beside {subdomain}.DOMAIN. Only what was verified resolves.
create table atoll.domains (
  host        text primary key check (length(host) <= 253
    and host ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$'),
  subdomain   text not null references atoll.instance_registry on update cascade on delete cascade,
  verified_at timestamptz,
  created_at  timestamptz not null default clock_timestamp()
);

create index domains_of_instance on atoll.domains (subdomain, verified_at, host);

-- --- an instance's row follows the instance

-- What the row of each instance has to say.
create view atoll.registry_wanted as
  select i.slug as subdomain,
         coalesce(i.answers ->> 'name', i.slug) as community_name,
         i.answers ->> 'communityType' as community_type,
         i.blueprint, i.environment,
         project.url as supabase_url,
         case when atoll.is_publishable(keys.publishable) then keys.publishable end as supabase_anon_key,
         i.url,
         i.answers ->> 'locale' as locale,
         atoll.map_center_from(i.answers ->> 'mapCenter') as map_center,
         case when jsonb_typeof(i.answers -> 'modules') = 'array'
              then array(select jsonb_array_elements_text(i.answers -> 'modules')) else '{}' end as modules,
         i.state as status,
         -- What was live once goes on serving while it is updated, and when that failed.
         i.state in ('live', 'updating', 'failed') and i.live_at is not null
           and project.url is not null and atoll.is_publishable(keys.publishable) is true as is_active,
         ledger.version as schema_version,
         i.id as instance_id
    from atoll.instances i
    left join lateral (select r.attrs ->> 'url' as url from atoll.resources r
      where r.instance_id = i.id and r.kind like 'supabase.%' and r.attrs ? 'ref' and r.attrs ? 'url'
      order by r.step limit 1) project on true
    left join lateral (select r.attrs ->> 'publishable' as publishable from atoll.resources r
      where r.instance_id = i.id and r.kind like 'supabase.%' and jsonb_typeof(r.attrs -> 'publishable') = 'string'
      order by r.step limit 1) keys on true
    left join lateral (select max((r.attrs ->> 'version')::int) as version from atoll.resources r
      where r.instance_id = i.id and r.kind = 'postgres.schema') ledger on true;

create function atoll.registry_follow(wanted_id text) returns void language plpgsql as $$
begin
  -- Locked first and read afterwards: of two transactions at once the later one sees what the earlier one did.
  perform from atoll.instance_registry r where r.instance_id = wanted_id for update;
  if not found then
    insert into atoll.instance_registry (subdomain, community_name, community_type, blueprint, environment,
      supabase_url, supabase_anon_key, url, locale, map_center, modules, status, is_active, schema_version, instance_id)
    select w.* from atoll.registry_wanted w where w.instance_id = wanted_id;
    return;
  end if;
  update atoll.instance_registry r
     set subdomain = w.subdomain, community_name = w.community_name, community_type = w.community_type,
         blueprint = w.blueprint, environment = w.environment, supabase_url = w.supabase_url,
         supabase_anon_key = w.supabase_anon_key, url = w.url, locale = w.locale, map_center = w.map_center,
         modules = w.modules, status = w.status, is_active = w.is_active, schema_version = w.schema_version,
         updated_at = clock_timestamp()
    from atoll.registry_wanted w
   where r.instance_id = wanted_id and w.instance_id = wanted_id
     and (r.subdomain, r.community_name, r.community_type, r.blueprint, r.environment, r.supabase_url,
          r.supabase_anon_key, r.url, r.locale, r.map_center, r.modules, r.status, r.is_active, r.schema_version)
         is distinct from
         (w.subdomain, w.community_name, w.community_type, w.blueprint, w.environment, w.supabase_url,
          w.supabase_anon_key, w.url, w.locale, w.map_center, w.modules, w.status, w.is_active, w.schema_version);
end $$;

create function atoll.registry_follows_instance() returns trigger language plpgsql as $$
begin
  perform atoll.registry_follow(new.id);
  return null;
end $$;

create trigger registry_follows after insert or update of slug, blueprint, environment, state, answers, url, live_at
  on atoll.instances for each row execute function atoll.registry_follows_instance();

create function atoll.registry_follows_resource() returns trigger language plpgsql as $$
begin
  perform atoll.registry_follow(case when tg_op = 'DELETE' then old.instance_id else new.instance_id end);
  return null;
end $$;

create trigger registry_follows_new after insert on atoll.resources for each row
  when (new.attrs is not null and (new.kind like 'supabase.%' or new.kind = 'postgres.schema'))
  execute function atoll.registry_follows_resource();
create trigger registry_follows_change after update of attrs on atoll.resources for each row
  when (old.attrs is distinct from new.attrs and (new.kind like 'supabase.%' or new.kind = 'postgres.schema'))
  execute function atoll.registry_follows_resource();
create trigger registry_follows_removal after delete on atoll.resources for each row
  when (old.kind like 'supabase.%' or old.kind = 'postgres.schema')
  execute function atoll.registry_follows_resource();

-- What is there already; before the next triggers, which would take this for a hand.
select count(atoll.registry_follow(id)) from atoll.instances;

-- --- what is written by hand

-- A row that follows an instance takes nothing by hand: what says the same is fine, what differs is refused.
create function atoll.registry_by_hand() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.instance_id is not null then
      raise exception 'A row by hand has no instance_id.' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' then
    if old.instance_id is not null then
      raise exception 'The registry''s row of "%" follows its instance.', old.subdomain
        using errcode = 'check_violation', hint = 'Destroy the instance: its row follows.';
    end if;
    return old;
  end if;
  if old.instance_id is not null then
    new.instance_id := old.instance_id;
    new.created_at := old.created_at;
    new.updated_at := old.updated_at;
    if new is distinct from old then
      raise exception 'The registry''s row of "%" follows its instance.', old.subdomain
        using errcode = 'check_violation', hint = 'Change the instance: its row changes with it.';
    end if;
    return null;
  end if;
  if new.instance_id is not null then
    raise exception 'A row by hand has no instance_id.' using errcode = 'check_violation';
  end if;
  -- A host is given up in atoll.domains, not by leaving it out here.
  new.custom_domain := coalesce(new.custom_domain, old.custom_domain);
  new.created_at := old.created_at;
  new.updated_at := clock_timestamp();
  return new;
end $$;

-- Depth 0 = no trigger is at work: somebody wrote to the table itself.
create trigger registry_by_hand before insert or update or delete on atoll.instance_registry for each row
  when (pg_trigger_depth() = 0) execute function atoll.registry_by_hand();

-- Whoever may write here by hand may say which host is theirs. A host of another instance is refused.
create function atoll.registry_host_by_hand() returns trigger language plpgsql as $$
begin
  insert into atoll.domains (host, subdomain, verified_at)
    values (new.custom_domain, new.subdomain, clock_timestamp())
    on conflict (host) do update set verified_at = coalesce(atoll.domains.verified_at, excluded.verified_at)
      where atoll.domains.subdomain = excluded.subdomain;
  if not found then
    raise exception 'The host % belongs to another instance.', new.custom_domain using errcode = 'unique_violation';
  end if;
  return null;
end $$;

create trigger registry_host_by_hand after insert or update of custom_domain on atoll.instance_registry for each row
  when (pg_trigger_depth() = 0 and new.custom_domain is not null)
  execute function atoll.registry_host_by_hand();

create function atoll.registry_follows_domains() returns trigger language plpgsql as $$
begin
  update atoll.instance_registry r
     set custom_domain = d.host, updated_at = clock_timestamp()
    from (select t.subdomain, (select host from atoll.domains x
                                where x.subdomain = t.subdomain and x.verified_at is not null
                                order by x.verified_at, x.host limit 1) as host
            from unnest(array[case when tg_op <> 'INSERT' then old.subdomain end,
                              case when tg_op <> 'DELETE' then new.subdomain end]) t (subdomain)
           group by t.subdomain) d
   where r.subdomain = d.subdomain and r.custom_domain is distinct from d.host;
  return null;
end $$;

create trigger registry_follows_domains after insert or update or delete on atoll.domains for each row
  execute function atoll.registry_follows_domains();

-- --- whoever answers from memory is told

create function atoll.registry_tells() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then perform pg_notify('atoll_registry', '*'); return null; end if;
  if tg_op <> 'INSERT' then perform pg_notify('atoll_registry', old.subdomain); end if;
  if tg_op <> 'DELETE' then perform pg_notify('atoll_registry', new.subdomain); end if;
  return null;
end $$;

create trigger registry_tells_change after update on atoll.instance_registry for each row
  when ((old.subdomain, old.community_name, old.community_type, old.blueprint, old.supabase_url, old.supabase_anon_key,
         old.url, old.locale, old.map_center, old.modules, old.status, old.is_active) is distinct from
        (new.subdomain, new.community_name, new.community_type, new.blueprint, new.supabase_url, new.supabase_anon_key,
         new.url, new.locale, new.map_center, new.modules, new.status, new.is_active))
  execute function atoll.registry_tells();
create trigger registry_tells after insert or delete on atoll.instance_registry for each row
  execute function atoll.registry_tells();
create trigger registry_tells_all after truncate on atoll.instance_registry execute function atoll.registry_tells();
create trigger domains_tell after insert or update or delete on atoll.domains for each row
  execute function atoll.registry_tells();
create trigger domains_tell_all after truncate on atoll.domains execute function atoll.registry_tells();
