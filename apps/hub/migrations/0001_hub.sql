-- The hub's own facts: who asks, who decides, who did what. The journal of runs is the engine's.

create table atoll.requests (
  id             text primary key,
  blueprint      text not null,
  slug           text not null,
  name           text not null,
  email          text not null,
  locale         text not null,
  answers        jsonb not null,
  state          text not null default 'pending',
  reason         text,
  decided_by     text,
  instance_id    text references atoll.instances,
  run_id         text references atoll.runs,
  fault          jsonb,
  asker          text,                      -- keyed hash of the address it came from, for the limit
  submitted_at   timestamptz not null default clock_timestamp(),
  confirmed_at   timestamptz,
  decided_at     timestamptz,
  started_at     timestamptz,
  completed_at   timestamptz
);

create index requests_by_time on atoll.requests (submitted_at desc, id desc);
create index requests_under_way on atoll.requests (state) where state in ('approved', 'provisioning');
create index requests_by_asker on atoll.requests (asker, submitted_at);
-- The same thing asked for twice by the same address is one request, as long as it is open.
create unique index one_open_request on atoll.requests (blueprint, slug, lower(email))
  where state in ('pending', 'approved', 'provisioning');

create table atoll.hub_settings (
  id      integer primary key default 1 check (id = 1), -- there is one row
  value   jsonb not null,
  version integer not null default 1
);

create table atoll.invitations (
  id          text primary key,
  email       text,                         -- null = the first owner's link: they name their own
  role        text not null,
  token_hash  text not null unique,
  invited_by  text not null,
  created_at  timestamptz not null default clock_timestamp(),
  expires_at  timestamptz not null,
  accepted_at timestamptz,
  revoked_at  timestamptz
);

create table atoll.api_keys (
  id           text primary key,
  name         text not null,
  role         text not null,
  start        text not null,
  key_hash     text not null unique,
  created_by   text not null,
  created_at   timestamptz not null default clock_timestamp(),
  last_used_at timestamptz,
  expires_at   timestamptz,
  revoked_at   timestamptz
);

-- Mails of the hub: written with the fact that they tell, sent afterwards, each once by its key.
create table atoll.outbox (
  key        text primary key,
  recipient  text not null,
  subject    text not null,
  html       text not null,
  body_text  text not null,
  attempts   integer not null default 0,
  due_at     timestamptz not null default clock_timestamp(),
  sent_at    timestamptz,
  problem    text
);

create index outbox_due on atoll.outbox (due_at) where sent_at is null;

-- A POST with an Idempotency-Key is done once for each caller and key.
create table atoll.idempotency (
  actor      text not null,
  key        text not null,
  request    text not null,                 -- hash of route and input
  status     integer,
  answer     jsonb,
  created_at timestamptz not null default clock_timestamp(),
  primary key (actor, key)
);

-- Append-only: each row's hash covers the row and the hash before it.
create table atoll.audit (
  seq     bigint primary key,
  at      timestamptz not null,
  actor   text not null,
  action  text not null,
  subject text not null,
  details jsonb not null,
  hash    text not null
);

create index audit_by_subject on atoll.audit (subject, seq);

create function atoll.audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'atoll.audit is append-only';
end $$;

create trigger audit_append_only before update or delete or truncate on atoll.audit
  for each statement execute function atoll.audit_is_append_only();

-- Names of the agency system, for whoever reads by SQL.
create view atoll.agency_onboarding_requests as
  select r.id, r.name as agency_name, r.email, r.slug, r.state as status, i.url as instance_url,
         p.provider_id as supabase_project_id, v.provider_id as vercel_project_id,
         r.fault ->> 'what' as error_message,
         r.started_at as provisioning_started_at, r.completed_at as provisioning_completed_at,
         r.submitted_at as created_at
    from atoll.requests r
    left join atoll.instances i on i.id = r.instance_id
    left join atoll.resources p on p.instance_id = r.instance_id and p.kind = 'supabase.project'
    left join atoll.resources v on v.instance_id = r.instance_id and v.kind = 'vercel.project';

create view atoll.provisioning_jobs as
  select u.id, r.id as request_id,
         case u.state when 'queued' then 'pending' when 'succeeded' then 'completed'
                      when 'running' then 'in_progress' when 'waiting' then 'in_progress'
                      when 'undoing' then 'in_progress' else 'failed' end as status,
         (select s.step from atoll.run_steps s where s.run_id = u.id and s.state in ('running', 'waiting')
           order by s.position limit 1) as current_step,
         u.fault ->> 'what' as error_message, u.created_at, u.started_at, u.ended_at as completed_at
    from atoll.runs u join atoll.requests r on r.instance_id = u.instance_id
   where u.kind = 'provision';
