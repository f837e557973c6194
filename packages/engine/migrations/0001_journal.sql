-- The journal: facts about instances and what was done to them. Control flow is in schema dbos, not here.
-- Times are the database's; secrets stand encrypted in atoll.secrets and nowhere else.

create table atoll.instances (
  id          text primary key,
  slug        text not null unique,
  blueprint   text not null,
  environment text not null,
  state       text not null,
  answers     jsonb not null,             -- last accepted inputs; secrets replaced by {"$secret": ...}
  chosen      jsonb not null,             -- what was random, chosen once
  url         text,
  live_at     timestamptz,                -- first time that it was live; null = never
  last_run    integer not null default 0,
  created_at  timestamptz not null default clock_timestamp(),
  updated_at  timestamptz not null default clock_timestamp()
);

-- AES-256-GCM, bound to instance and name by the additional data. `sealed` is ciphertext and tag.
create table atoll.secrets (
  instance_id text not null references atoll.instances,
  name        text not null,
  nonce       bytea not null,
  sealed      bytea not null,
  primary key (instance_id, name)
);

create table atoll.runs (
  id              text primary key,       -- INSTANCE-NUMBER
  instance_id     text not null references atoll.instances,
  number          integer not null,
  kind            text not null,
  state           text not null,
  asked_by        text not null,
  answers         jsonb,                  -- inputs of this run where they differ from the instance's
  keep_on_failure boolean not null,
  undoes          boolean not null default false, -- decided at the start: does a failure remove what was made?
  attempt         integer not null default 1,
  undo_attempt    integer not null default 0,
  fault           jsonb,                  -- the first fault that stopped it
  last_seq        integer not null default 0,
  created_at      timestamptz not null default clock_timestamp(),
  started_at      timestamptz,
  ended_at        timestamptz,
  unique (instance_id, number)
);

create unique index one_active_run on atoll.runs (instance_id)
  where state in ('queued', 'running', 'waiting', 'undoing');

create table atoll.run_steps (
  run_id        text not null references atoll.runs,
  step          text not null,
  position      integer not null,
  kind          text not null,
  name          text not null,
  state         text not null,
  did           text,
  fault         jsonb,
  started_at    timestamptz,
  ended_at      timestamptz,
  waiting_until timestamptz,
  why           text,
  undo          text,                     -- registered (before the act), done, kept, owed
  undo_fault    jsonb,
  primary key (run_id, step)
);

-- Committed before a call that writes, settled after it. Open = nobody knows whether it happened.
create table atoll.intents (
  id           bigint generated always as identity primary key,
  instance_id  text not null references atoll.instances,
  run_id       text not null references atoll.runs,
  step         text not null,
  kind         text not null,
  name         text not null,
  within_id    text,
  does         text not null,             -- create (nothing was there), update, replace, remove, send
  paths        jsonb not null,            -- of the changes
  committed_at timestamptz not null default clock_timestamp(),
  settled_at   timestamptz,
  outcome      text,                      -- applied, refused, found, asked, gone
  undone_at    timestamptz
);

create index intents_of_step on atoll.intents (instance_id, step);

create table atoll.resources (
  instance_id    text not null references atoll.instances,
  step           text not null,
  kind           text not null,
  name           text not null,
  within_id      text,
  provider_id    text not null,
  origin         text not null,           -- created: ours to remove; adopted: never removed
  created_by_run text references atoll.runs,
  applied_at     timestamptz not null default clock_timestamp(),
  observed_at    timestamptz,
  schema_version integer not null,
  attrs          jsonb,
  inputs         jsonb,
  primary key (instance_id, step)
);

-- What cannot be undone, by its idempotency key.
create table atoll.actions (
  instance_id text not null references atoll.instances,
  step        text not null,
  key         text not null,
  run_id      text not null references atoll.runs,
  done_at     timestamptz not null default clock_timestamp(),
  output      jsonb,
  primary key (instance_id, step, key)
);

create table atoll.events (
  run_id text not null references atoll.runs,
  seq    integer not null,
  at     timestamptz not null default clock_timestamp(),
  event  jsonb not null,
  primary key (run_id, seq)
);

-- A worker lives as long as it beats. One that does not is taken over and may do nothing more.
create table atoll.worker_lease (
  executor_id   text primary key,
  app_version   text not null,
  beat_at       timestamptz not null default clock_timestamp(),
  ttl_ms        integer not null,
  taken_over_at timestamptz
);

-- Who is inside a step just now: two never are, be it two workers, or a run and its undo.
create table atoll.step_claims (
  instance_id text not null,
  step        text not null,
  executor_id text not null,
  primary key (instance_id, step)
);
