-- What somebody uses is held, trials of backups are repeated with growing pauses, and the files of what was removed are
-- looked for until they are gone (docs/backups.md, docs/exports.md).

alter table atoll.backups
  add column trials        integer not null default 0,  -- begun since the last one that succeeded
  add column next_trial_at timestamptz,                 -- no trial before; null = whenever it is due
  add column cleared_at    timestamptz;                 -- its files were gone then

update atoll.backups set cleared_at = removed_at where state = 'removed';
create index backups_to_clear on atoll.backups (removed_at) where state = 'removed' and cleared_at is null;

alter table atoll.exports
  add column why        text not null default 'asked' check (why in ('asked', 'archived')),
  add column held_until timestamptz,                    -- somebody downloads it; renewed while it goes on
  add column cleared_at timestamptz;

update atoll.exports set cleared_at = now() where state = 'removed';

alter table atoll.uploads
  add column held_until timestamptz,                    -- it still comes in; renewed while it does
  add column cleared_at timestamptz;

update atoll.uploads set cleared_at = now() where state = 'removed';
create index exports_to_clear on atoll.exports (id) where state = 'removed' and cleared_at is null;
create index uploads_to_clear on atoll.uploads (id) where state = 'removed' and cleared_at is null;
