-- Warm pool: blank projects that are kept ready, so that an instance need not wait for one to come up.

create table atoll.pool_projects (
  id              text primary key,
  environment     text not null,
  organization    text not null,               -- that it is made in
  region          text not null,
  instance_size   text,                        -- null = the smallest
  name            text not null unique,        -- with an unguessable suffix; recorded before it is made
  state           text not null default 'making'
    check (state in ('making', 'ready', 'claimed', 'failed', 'removing', 'removed')),
  ref             text unique,                 -- Supabase's own name of it, once it is known
  instance_id     text references atoll.instances on delete set null, -- that claimed it
  create_begun_at timestamptz,                 -- committed before the call that makes it
  fault           jsonb,                       -- why it failed, or is thrown away: what, next
  failures        integer not null default 0,  -- in a row
  due_at          timestamptz not null default clock_timestamp(), -- of the next look
  created_at      timestamptz not null default clock_timestamp(),
  ready_at        timestamptz,
  claimed_at      timestamptz,
  ended_at        timestamptz                  -- when it was seen gone
);

-- An instance holds one at most, however many workers ask for it.
create unique index pool_one_claim on atoll.pool_projects (instance_id) where state = 'claimed';
create index pool_by_place on atoll.pool_projects (environment, region, state);
