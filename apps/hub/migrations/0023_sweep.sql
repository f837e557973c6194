-- Things at the providers that have no owner any more, and that somebody agreed to remove (docs/sweep.md).

create table atoll.sweep_removals (
  id          bigint generated always as identity primary key,
  environment text not null,
  kind        text not null,
  thing_id    text not null,                -- the provider's
  name        text not null,
  instance_id text,                         -- as its mark says; nobody's in this registry, or a removed one's
  why         text not null,
  asked_by    text not null,
  asked_at    timestamptz not null default clock_timestamp(),
  state       text not null default 'asked' check (state in ('asked', 'removed', 'kept', 'failed')),
  said        text,                         -- why it was kept, or waits
  fault       jsonb,                        -- why it failed: what, next
  tries       integer not null default 0,
  begun_at    timestamptz,                  -- committed before the call that removes it
  due_at      timestamptz not null default clock_timestamp(), -- of the next look; whoever takes it moves this on
  ended_at    timestamptz
);

create unique index sweep_one_removal on atoll.sweep_removals (environment, kind, thing_id) where state = 'asked';
create index sweep_due on atoll.sweep_removals (due_at) where state = 'asked';
