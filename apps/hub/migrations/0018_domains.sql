-- Custom domains that were given to instances' sites at their hosts, beside hosts that an owner vouches for by hand
-- (`site_id` null); deployments that operators went back to; newer versions of the template (docs/domains.md,
-- docs/deployments.md).

alter table atoll.domains
  add site_kind   text,                         -- as in "vercel.project"
  add site_id     text,                         -- the host's id of the site; null = vouched for by hand
  add found       boolean not null default false, -- it was at the site before: not ours to take away there
  add state       text check (state in ('waiting', 'verifying', 'certificate', 'live', 'broken')),
  add is_primary  boolean not null default false, -- mails lead there, and it is shown as the instance's domain
  add records     jsonb not null default '[]',  -- what its DNS has to hold
  add certificate jsonb,
  add misses      integer not null default 0,   -- looks in a row that found a domain that worked not working
  add tries       integer not null default 0,   -- looks since it last moved on
  add problem     jsonb,                        -- why it could not be looked at last time
  add due_at      timestamptz,                  -- of the next look; null = nobody looks
  add looked_at   timestamptz,
  add live_at     timestamptz,                  -- since when it works, or worked last
  add broken_at   timestamptz,
  add told_at     timestamptz,                  -- somebody was told that it broke
  add constraint site_is_whole check ((site_id is null) = (state is null) and (site_id is null) = (site_kind is null)),
  add constraint primary_is_verified check (not is_primary or verified_at is not null);

create unique index domains_primary on atoll.domains (subdomain) where is_primary;
create index domains_due on atoll.domains (due_at) where due_at is not null;
create index domains_of_site on atoll.domains (site_id) where site_id is not null;

-- The instance's own choice first.
create or replace function atoll.registry_follows_domains() returns trigger language plpgsql as $$
begin
  update atoll.instance_registry r
     set custom_domain = d.host, updated_at = clock_timestamp()
    from (select t.subdomain, (select host from atoll.domains x
                                where x.subdomain = t.subdomain and x.verified_at is not null
                                order by x.is_primary desc, x.verified_at, x.host limit 1) as host
            from unnest(array[case when tg_op <> 'INSERT' then old.subdomain end,
                              case when tg_op <> 'DELETE' then new.subdomain end]) t (subdomain)
           group by t.subdomain) d
   where r.subdomain = d.subdomain and r.custom_domain is distinct from d.host;
  return null;
end $$;

-- A look at a domain is nothing that resolvers have to hear of.
drop trigger registry_follows_domains on atoll.domains;
create trigger registry_follows_domains after insert or delete or update of host, subdomain, verified_at, is_primary
  on atoll.domains for each row execute function atoll.registry_follows_domains();
drop trigger domains_tell on atoll.domains;
create trigger domains_tell after insert or delete or update of host, subdomain, verified_at
  on atoll.domains for each row execute function atoll.registry_tells();

-- --- deployments

-- Deployments that visitors are to get although there are newer ones: somebody went back to them.
create table atoll.deployment_pins (
  site_id       text primary key,
  instance_id   text not null references atoll.instances on delete cascade,
  deployment_id text not null,
  run_id        text not null,
  pinned_at     timestamptz not null default clock_timestamp()
);

-- --- newer versions of the template, wave by wave

create table atoll.template_updates (
  id            text primary key,
  environment   text not null,
  template      text not null,              -- owner/repo
  commit        text not null,              -- the version to bring
  state         text not null,
  options       jsonb not null,
  may_fail      integer not null,
  wave          integer not null default 0,
  approved_wave integer not null default 0,
  attempt       integer not null default 1,
  by            text not null,
  why           text,
  next          text,
  created_at    timestamptz not null default clock_timestamp(),
  started_at    timestamptz,
  ended_at      timestamptz
);

-- Two would open pull requests against each other.
create unique index one_active_template_update on atoll.template_updates (environment)
  where state in ('queued', 'running', 'awaiting-approval', 'paused');

create table atoll.template_targets (
  update_id   text not null references atoll.template_updates,
  instance_id text not null references atoll.instances,
  wave        integer not null,
  position    integer not null,
  state       text not null default 'pending',
  repository  text,
  base        text,                         -- the version that it held
  pull_number integer,
  pull_url    text,
  conflicts   jsonb not null default '[]',  -- paths with why
  merged      text,                         -- the commit that the merge made: what its site is to show
  said        text,                         -- where it stands, one clause
  attempts    integer not null default 0,
  fault       jsonb,
  due_at      timestamptz not null default clock_timestamp(),
  started_at  timestamptz,
  ended_at    timestamptz,
  primary key (update_id, instance_id)
);

create index template_targets_due on atoll.template_targets (update_id, wave, state, due_at, position);
