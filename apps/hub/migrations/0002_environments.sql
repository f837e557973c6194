-- Which accounts an environment's name means: said once, by whoever uses it first.
create table atoll.environments (
  name       text primary key,
  accounts   jsonb not null,                -- provider: organization or team there
  created_at timestamptz not null default clock_timestamp()
);
