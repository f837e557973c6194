-- Backups of instances: each row is an archive in the storage for archives, under `backups/INSTANCE/ID` (docs/backups.md).

create table atoll.backups (
  id              text primary key,             -- the run's that made it
  instance_id     text not null references atoll.instances on delete cascade,
  slug            text not null,
  blueprint       text not null,
  why             text not null,                -- scheduled, asked, before-restore
  state           text not null default 'making',
  prefix          text not null unique,         -- where it lies in the storage
  checkpoint      jsonb not null default '{}',  -- deployment, commit, workflows
  archive_id      text,
  manifest_sha256 text,                         -- a manifest that was exchanged is found out by it
  schema_version  integer,
  one_moment      boolean,                      -- all rows are of one moment
  tables          integer,
  rows            bigint,
  size_bytes      bigint,                       -- of its parts, packed
  began_at        timestamptz not null default clock_timestamp(),
  made_at         timestamptz,
  checked_at      timestamptz,                  -- every part was read and was as it was written
  drilled_at      timestamptz,                  -- it was restored and compared row by row
  duration_ms     integer,                      -- of the dump
  drill_ms        integer,
  problem         jsonb,                        -- {damage, what, next}: why it is damaged or missing
  told            boolean not null default false, -- that it is
  removed_at      timestamptz,
  check (state in ('making', 'made', 'verified', 'damaged', 'missing', 'removed')),
  check ((state in ('made', 'verified')) <= (manifest_sha256 is not null and made_at is not null))
);

create index backups_of_instance on atoll.backups (instance_id, began_at desc);
create index backups_by_time on atoll.backups (began_at desc, id desc);
create index backups_to_check on atoll.backups (checked_at) where state in ('made', 'verified');

-- When each instance's turn for a backup is.
create table atoll.backup_turns (
  instance_id text primary key references atoll.instances on delete cascade,
  due_at      timestamptz not null,
  since       timestamptz not null default clock_timestamp(), -- backups are expected from then on
  run_id      text,                                           -- begun by the schedule last
  skipped     text                                            -- why the last turn was let pass
);

create index backup_turns_due on atoll.backup_turns (due_at);

-- Restores as a new instance: written before the instance is registered, and driven to their end.
create table atoll.restores (
  id            text primary key,
  backup_id     text not null references atoll.backups on delete cascade,
  slug          text not null unique,
  answers       jsonb not null,                 -- without secrets
  environment   text not null,
  instance_id   text references atoll.instances on delete cascade,
  state         text not null default 'waiting',
  provision_run text,
  restore_run   text,
  fault         jsonb,
  by            text not null,
  created_at    timestamptz not null default clock_timestamp(),
  ended_at      timestamptz,
  check (state in ('waiting', 'provisioning', 'restoring', 'done', 'failed'))
);

create index restores_open on atoll.restores (created_at) where state in ('waiting', 'provisioning', 'restoring');
