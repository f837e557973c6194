-- A table as the application shows it: an id, created_at, its columns, row-level security and explicit grants.
create table public.records (
  id uuid primary key default gen_random_uuid(),
  title text not null check (title ~ '\S' and char_length(title) <= 200),
  state text not null default 'open' check (state in ('open', 'closed')),
  due_on date,
  note text check (char_length(note) <= 2000),
  created_at timestamptz not null default now()
);
alter table public.records enable row level security;
create index records_due on public.records (due_on) where state = 'open';

revoke all on public.records from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.records to service_role, authenticated;
create policy records_read on public.records for select to authenticated
  using ((select private.my_role()) in ('admin', 'member'));
create policy records_add on public.records for insert to authenticated
  with check ((select private.my_role()) in ('admin', 'member'));
create policy records_change on public.records for update to authenticated
  using ((select private.my_role()) in ('admin', 'member'))
  with check ((select private.my_role()) in ('admin', 'member'));
create policy records_remove on public.records for delete to authenticated
  using ((select private.my_role()) = 'admin');
