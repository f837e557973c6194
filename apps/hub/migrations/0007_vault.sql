-- What the hub last wrote into an instance's vault: one side of the comparison; the other stands in the instance.
-- Keys that the answers gave and nobody has touched since have no row here.
create table atoll.vault (
  instance_id text not null references atoll.instances on delete cascade,
  key         text not null,
  value_type  text not null,
  is_secret   boolean not null,
  value       jsonb,                        -- of a public key
  fingerprint text,                         -- of a secret: HMAC with a key of the hub's; null until it was written
  instance_at text,                         -- `updated_at` of the instance's row as we knew it; null = there was none
  is_gone     boolean not null default false,
  intent      text,                         -- set while nobody knows whether the write arrived
  set_by      text not null,
  set_at      timestamptz not null default clock_timestamp(),
  primary key (instance_id, key),
  constraint secrets_have_no_value check (not is_secret or value is null)
);
