-- What an instance's checklist said when it was last gone through. None = nobody has checked yet.
create table atoll.instance_checklists (
  instance_id text primary key references atoll.instances,
  lines       jsonb not null,               -- [{check, title, result, what, next}]
  checked_at  timestamptz not null default clock_timestamp()
);
