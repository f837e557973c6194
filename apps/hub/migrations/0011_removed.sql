-- What a removed instance leaves behind: nothing that somebody else could use, or that said something of it.
create function atoll.removed_leaves_nothing() returns trigger language plpgsql as $$
begin
  delete from atoll.domains where subdomain = new.slug;
  delete from atoll.vault where instance_id = new.id;
  return null;
end $$;

create trigger removed_leaves_nothing after update of state on atoll.instances for each row
  when (new.state = 'removed') execute function atoll.removed_leaves_nothing();

delete from atoll.domains d using atoll.instances i where i.slug = d.subdomain and i.state = 'removed';
delete from atoll.vault v using atoll.instances i where i.id = v.instance_id and i.state = 'removed';

-- --- what the hub put into an instance's vault counts more than the answers that it began with

-- A public value that the hub last wrote or took over; null = the answers' own, or one that no registry can show.
create function atoll.vault_value(wanted_id text, wanted_key text) returns jsonb language sql stable as $$
  select v.value from atoll.vault v
   where v.instance_id = wanted_id and v.key = wanted_key and not v.is_secret and not v.is_gone
$$;

create function atoll.vault_text(wanted_id text, wanted_key text, shape text) returns text language sql stable as $$
  select t from (select atoll.vault_value(wanted_id, wanted_key) #>> '{}' as t
                  where jsonb_typeof(atoll.vault_value(wanted_id, wanted_key)) = 'string') v
   where t ~ shape
$$;

create or replace view atoll.registry_wanted as
  select i.slug as subdomain,
         coalesce(atoll.vault_text(i.id, case when i.answers ? 'communityType' then 'COMMUNITY_NAME' else 'APP_NAME' end,
                                   '^.{0,199}\S.{0,199}$'),
                  i.answers ->> 'name', i.slug) as community_name,
         i.answers ->> 'communityType' as community_type,
         i.blueprint, i.environment,
         project.url as supabase_url,
         case when atoll.is_publishable(keys.publishable) then keys.publishable end as supabase_anon_key,
         i.url,
         coalesce(atoll.vault_text(i.id, 'LOCALE', '^[a-z]{2,3}(-[A-Za-z]{2,4})?$'), i.answers ->> 'locale') as locale,
         coalesce(case when atoll.is_map_center(atoll.vault_value(i.id, 'MAP_DEFAULT_CENTER'))
                       then atoll.vault_value(i.id, 'MAP_DEFAULT_CENTER') end,
                  atoll.map_center_from(i.answers ->> 'mapCenter')) as map_center,
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

-- A value that nobody knows to have arrived (intent) waits.
create trigger registry_follows_vault after insert or update on atoll.vault for each row
  when (new.intent is null and new.key in ('COMMUNITY_NAME', 'APP_NAME', 'LOCALE', 'MAP_DEFAULT_CENTER'))
  execute function atoll.registry_follows_resource();
create trigger registry_follows_vault_removal after delete on atoll.vault for each row
  when (old.key in ('COMMUNITY_NAME', 'APP_NAME', 'LOCALE', 'MAP_DEFAULT_CENTER'))
  execute function atoll.registry_follows_resource();

select count(atoll.registry_follow(id)) from atoll.instances;
