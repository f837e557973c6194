-- Monitoring: when each instance is looked at, what was found, what is open, and who is told.

create table atoll.monitored (
  instance_id text primary key references atoll.instances on delete cascade,
  due_at      timestamptz not null,         -- of the next look
  closer_at   timestamptz not null,         -- from then on a look asks the providers, too
  state       text not null default 'unknown',
  since       timestamptz not null default clock_timestamp()
);

create index monitored_due on atoll.monitored (due_at);

-- What the last looks said, by kind: verdicts are made of these.
create table atoll.probe_states (
  instance_id text not null references atoll.instances on delete cascade,
  kind        text not null,
  provider    text,                         -- who answers for it; null = nobody but the instance
  verdict     text not null,
  recent      boolean[] not null,           -- of the last five looks, the newest last
  latencies   integer[] not null,           -- milliseconds of the last twenty good ones, the newest last
  problem     text,
  hint        text,                         -- what else the answer told: "database", "expired", "expiring"
  checked_at  timestamptz not null,
  since       timestamptz not null,
  primary key (instance_id, kind)
);

-- Every single look; a partition a day, made and dropped by the hub.
create table atoll.probe_results (
  instance_id text not null,
  kind        text not null,
  at          timestamptz not null,
  ok          boolean not null,
  latency_ms  integer
) partition by range (at);

create index probe_results_by_time on atoll.probe_results using brin (at);

create table atoll.probe_rollups (
  bucket_s    integer not null,             -- 300, 3600 or 86400
  bucket      timestamptz not null,
  instance_id text not null,
  kind        text not null,
  count       integer not null,
  ok          integer not null,
  p50_ms      integer,
  p95_ms      integer,
  primary key (bucket_s, instance_id, kind, bucket)
);

create index probe_rollups_by_time on atoll.probe_rollups using brin (bucket);

create table atoll.incidents (
  id              text primary key,
  subject         text not null,            -- as in "instance/ID/site": one is open for each
  cause           text not null,
  environment     text not null,
  instance_id     text references atoll.instances on delete cascade,
  provider        text,
  what            text not null,
  next            text not null,
  affected        integer,
  part_of         text references atoll.incidents,
  opened_at       timestamptz not null default clock_timestamp(),
  closed_at       timestamptz,
  ending          text,
  acknowledged_by text,
  acknowledged_at timestamptz,
  silenced_until  timestamptz
);

create unique index one_open_incident on atoll.incidents (subject) where closed_at is null;
create index incidents_by_time on atoll.incidents (opened_at desc, id desc);
create index incidents_of_instance on atoll.incidents (instance_id, opened_at desc);

-- The signing secret is sealed as instances' secrets are.
create table atoll.webhooks (
  id         text primary key,
  url        text not null,
  label      text not null,
  nonce      bytea not null,
  sealed     bytea not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp()
);

create table atoll.webhook_deliveries (
  id         text primary key,
  webhook_id text not null references atoll.webhooks on delete cascade,
  event      text not null,
  body       text not null,
  attempts   integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  due_at     timestamptz not null default clock_timestamp(),
  sent_at    timestamptz,
  status     integer,
  problem    text
);

create index webhook_deliveries_due on atoll.webhook_deliveries (due_at) where sent_at is null;
create index webhook_deliveries_of on atoll.webhook_deliveries (webhook_id, created_at desc);

-- What each provider said last about each of its limits.
create table atoll.provider_limits (
  environment text not null,
  provider    text not null,
  bucket      text not null,
  "limit"     integer not null,
  remaining   integer not null,
  reset_at    timestamptz,
  low_since   timestamptz,
  seen_at     timestamptz not null,
  primary key (environment, provider, bucket)
);
