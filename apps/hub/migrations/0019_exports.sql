-- Exports that were made for clients, and archives that were sent in to be imported (docs/exports.md). What they hold
-- lies in the storage for archives, under `exports/ID` and `uploads/ID`.

create table atoll.exports (
  id              text primary key,             -- the run's that made it
  instance_id     text not null references atoll.instances on delete cascade,
  form            text not null check (form in ('archive', 'take-out')),
  with_sql        boolean not null,
  state           text not null default 'making' check (state in ('making', 'ready', 'removed')),
  rows            bigint,
  size_bytes      bigint,                       -- of its parts, as they are packed
  manifest_sha256 text,                         -- who exchanges the manifest in the storage is found out
  created_at      timestamptz not null default now(),
  ready_at        timestamptz,
  expires_at      timestamptz,                  -- removed from the storage then
  check ((state = 'ready') <= (manifest_sha256 is not null and expires_at is not null))
);

create index exports_of_instance on atoll.exports (instance_id, created_at desc);
create index exports_expiring on atoll.exports (expires_at) where state <> 'removed';

create table atoll.uploads (
  id              text primary key,
  state           text not null default 'receiving' check (state in ('receiving', 'ready', 'removed')),
  slug            text,                         -- of the instance that it was made of
  blueprint       text,
  kind            text,                         -- as its manifest says: export, take-out or backup
  schema_version  integer,
  tables          integer,
  rows            bigint,
  size_bytes      bigint,
  made_at         timestamptz,
  manifest_sha256 text,
  by              text not null,
  created_at      timestamptz not null default now(),
  expires_at      timestamptz not null
);

create index uploads_expiring on atoll.uploads (expires_at) where state <> 'removed';
