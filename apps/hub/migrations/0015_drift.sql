-- Drift of whole instances: when each is looked at, what differs, what was accepted, and what was repaired for it.

create table atoll.drift_looks (
  instance_id text primary key references atoll.instances on delete cascade,
  due_at      timestamptz not null,         -- of the next look
  looked_at   timestamptz,                  -- null = nobody has looked yet
  problems    jsonb not null default '[]',  -- what could not be looked at last time, and why
  besides     jsonb not null default '[]',  -- what else a repair would do: pending migrations and the like
  decided     boolean not null default true,-- false = whether to repair or to tell is still to be decided
  deciding_until timestamptz                -- somebody looks, or decides, just now
);

create index drift_looks_due on atoll.drift_looks (due_at);

create table atoll.instance_drift (
  instance_id   text not null references atoll.instances on delete cascade,
  path          text not null,              -- as in "environment.CLIENT_NAME": unique in its instance
  area          text not null,
  step          text not null,
  kind          text not null,
  act           text not null,              -- what a repair does about it
  stands        text,                       -- what is there, fit to be shown; secrets as fingerprints
  wanted        text,
  why           text,
  next          text,
  after         jsonb not null default '[]',-- steps whose own drift may be all that is behind it
  digest        text not null,              -- of act, stands, wanted and why: another one is another difference
  first_seen_at timestamptz not null default clock_timestamp(),
  last_seen_at  timestamptz not null default clock_timestamp(),
  gone_at       timestamptz,
  told          text,                       -- the digest that the team heard of
  accepted_by   text,
  accepted_at   timestamptz,
  repairs       integer not null default 0, -- automatic ones since a person last did something about it
  stopped_at    timestamptz,                -- it kept coming back: no automatic repair any more
  primary key (instance_id, path)
);

create index instance_drift_open on atoll.instance_drift (area, instance_id) where gone_at is null;

-- Repairs that were begun because of drift. The row stands before its run is asked for.
create table atoll.drift_repairs (
  id          text primary key,
  instance_id text not null references atoll.instances on delete cascade,
  run_id      text,
  by          text not null,
  paths       jsonb not null,
  begun_at    timestamptz not null default clock_timestamp(),
  told        boolean not null default false -- that its run failed
);

create index drift_repairs_of on atoll.drift_repairs (instance_id, begun_at desc);
