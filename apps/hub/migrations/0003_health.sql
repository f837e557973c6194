-- How an instance was when it was last looked at. None = nobody has looked yet.
create table atoll.instance_health (
  instance_id text primary key references atoll.instances,
  problems    jsonb not null,               -- [{step, problem}]; empty = everything answers
  checked_at  timestamptz not null default clock_timestamp()
);
