-- What each instance's database last said of its schema. None = nobody has looked yet.
create table atoll.schema_states (
  instance_id text primary key references atoll.instances,
  version     integer,                      -- null = it could not be looked at, ever
  drift       jsonb not null default '[]',  -- paths that differ from what the migrations make
  problem     jsonb,                        -- why it could not be looked at last time
  seen_at     timestamptz,
  tried_at    timestamptz not null default clock_timestamp(),
  told        text                          -- the drift that the team heard of: it is told once
);

-- What a blueprint's migrations make, as a scratch database left it. `digest` is of all files and of the ledger.
create table atoll.schema_rehearsals (
  blueprint    text not null,
  digest       text not null,
  server_major integer not null,
  catalogs     jsonb not null,              -- by version
  definitions  jsonb not null,              -- after the newest one
  rehearsed_at timestamptz not null default clock_timestamp(),
  primary key (blueprint, digest)
);

create table atoll.rollouts (
  id            text primary key,
  blueprint     text not null,
  environment   text not null,
  to_version    integer not null,
  digest        text not null,              -- of the migrations that were rehearsed for it
  state         text not null,
  options       jsonb not null,
  may_fail      integer not null,
  wave          integer not null default 0,
  approved_wave integer not null default 0, -- waves up to this one may begin
  attempt       integer not null default 1,
  by            text not null,
  why           text,
  next          text,
  created_at    timestamptz not null default clock_timestamp(),
  started_at    timestamptz,
  ended_at      timestamptz
);

-- Two rollouts over the same databases would wait for each other.
create unique index one_active_rollout on atoll.rollouts (blueprint, environment)
  where state in ('queued', 'running', 'awaiting-approval', 'paused');

create table atoll.rollout_targets (
  rollout_id    text not null references atoll.rollouts,
  instance_id   text not null references atoll.instances,
  wave          integer not null,
  position      integer not null,
  state         text not null default 'pending',
  from_version  integer,
  version       integer,
  attempts      integer not null default 0,
  fault         jsonb,
  restore_point jsonb,
  due_at        timestamptz not null default clock_timestamp(),
  started_at    timestamptz,
  ended_at      timestamptz,
  duration_ms   integer,
  primary key (rollout_id, instance_id)
);

create index rollout_targets_due on atoll.rollout_targets (rollout_id, wave, state, due_at, position);
