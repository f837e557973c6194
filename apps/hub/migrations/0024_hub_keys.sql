-- Which keys of the hub's own something may be sealed with (`ATOLL_SECRET_KEY`, docs/configuration.md). A key stands here
-- from the first time that a process sealed with it until nothing is left that it sealed. The key itself stands nowhere.

create table atoll.hub_keys (
  id            text primary key,           -- 16 hex digits of a digest: tells which key it is, and nothing else
  first_held_at timestamptz not null default clock_timestamp(),
  last_held_at  timestamptz not null default clock_timestamp()   -- when a process that seals with it was last seen
);
