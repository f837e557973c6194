-- Usage: what each instance used, hour by hour, and how far it has been counted.

create table atoll.usage_looks (
  instance_id    text primary key references atoll.instances on delete cascade,
  due_at         timestamptz not null,         -- of the next look
  looked_at      timestamptz,                  -- null = nobody has looked yet
  requests_to    timestamptz,                  -- all hours before are counted; null = none is
  executions_to  timestamptz,
  deployments_to timestamptz,
  mails_to       timestamptz,
  problems       jsonb not null default '[]'   -- what could not be counted last time, and why
);

create index usage_looks_due on atoll.usage_looks (due_at);

-- Null = nobody counted. What is counted only grows: a provider that has forgotten some since takes nothing away.
create table atoll.usage (
  width              text not null,            -- hour, day or month
  at                 timestamptz not null,     -- its beginning, in UTC
  instance_id        text not null references atoll.instances on delete cascade,
  hours              integer not null,         -- of so many of its hours the requests are counted
  auth               bigint,                   -- requests, by API
  rest               bigint,
  storage            bigint,
  realtime           bigint,
  executions         bigint,                   -- of workflows, that began
  failed_executions  bigint,
  deployments        bigint,                   -- that began
  failed_deployments bigint,
  mails              bigint,                   -- that were handed to the mail service
  database_bytes     bigint,                   -- in an hour the last size, in a day or month the average one
  database_rows      bigint,                   -- the last ones that were seen, as all below
  users              bigint,
  active_users       bigint,                   -- signed in within 30 days
  primary key (width, instance_id, at)
);

create index usage_by_time on atoll.usage (width, at);

-- Requests of whole days, where the provider no longer tells their hours.
create table atoll.usage_told (
  instance_id text not null references atoll.instances on delete cascade,
  at          timestamptz not null,
  auth        bigint not null,
  rest        bigint not null,
  storage     bigint not null,
  realtime    bigint not null,
  primary key (instance_id, at)
);

-- How many things of each kind an instance had in a month, and from when to when: they cost while they stand.
create table atoll.usage_things (
  instance_id text not null references atoll.instances on delete cascade,
  month       timestamptz not null,
  kind        text not null,
  count       integer not null,
  from_at     timestamptz not null,
  to_at       timestamptz not null,
  primary key (instance_id, month, kind)
);

create index usage_things_by_month on atoll.usage_things (month);

create index outbox_sent on atoll.outbox (sent_at) where sent_at is not null;
