-- Who may sign in, and what they may do. The application reads `users`: keep its columns.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

create table public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  email text,
  full_name text check (char_length(full_name) <= 200),
  role text check (role in ('admin', 'practitioner', 'reception')),
  password_changed_at timestamptz,
  created_at timestamptz not null default now()
);
alter table public.users enable row level security;

-- A password that came by mail has to go first: until then its bearer has no role, over the API as well.
create function private.my_role() returns text
language sql stable security definer set search_path = '' as $$
  select role from public.users where id = (select auth.uid())
    and (password_changed_at is not null
      or coalesce(auth.jwt() -> 'app_metadata' ->> 'must_change_password', 'false') <> 'true')
$$;

create function private.note_password_change() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.users set password_changed_at = now() where id = new.id;
  return new;
end
$$;

-- Only the admin API writes app_metadata, so a role comes from there and from nowhere else.
create function private.mirror_auth_user() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  given_role text := new.raw_app_meta_data ->> 'role';
begin
  insert into public.users (id, email, full_name, role)
  values (new.id, new.email, left(new.raw_user_meta_data ->> 'full_name', 200),
    case when given_role in ('admin', 'practitioner', 'reception') then given_role end)
  on conflict (id) do update set email = excluded.email, role = excluded.role;
  return new;
end
$$;

create trigger note_password_change after update of encrypted_password on auth.users
  for each row when (old.encrypted_password is distinct from new.encrypted_password)
  execute function private.note_password_change();
create trigger mirror_to_public_users after insert or update of email, raw_app_meta_data on auth.users
  for each row execute function private.mirror_auth_user();

-- New tables carry no grants on hosted Supabase: what is not granted is closed.
revoke all on public.users from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.users to service_role;
grant select, update (full_name) on public.users to authenticated;
create policy users_read on public.users for select to authenticated
  using (id = (select auth.uid()) or (select private.my_role()) = 'admin');
create policy users_change_self on public.users for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
