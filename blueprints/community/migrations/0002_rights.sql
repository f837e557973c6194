-- Who may do what. New tables in public carry no grants on hosted Supabase: what is not granted here is closed.
--   visitor    reads the community's page: settings, published places and announcements, the bot's name, active peers;
--              with or without an account
--   member     also proposes places, and reads their own entry in the list of members
--   moderator  places, announcements and members
--   admin      also the vault, the bot, the peers and the people's list
-- Helpers stand in a schema that the Data API does not serve.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

-- A password that came by mail has to go first: until then its bearer has no role and sees what a visitor sees,
-- over the API as well as in the application.
create function private.must_change_password() returns boolean
language sql stable set search_path = '' as $$
  select coalesce(auth.jwt() -> 'app_metadata' ->> 'must_change_password', 'false') = 'true'
$$;

-- Reads public.users as its owner: a policy on that table may ask it without asking itself.
create function private.my_role() returns text
language sql stable security definer set search_path = '' as $$
  select role from public.users where id = (select auth.uid())
    and (password_changed_at is not null or not private.must_change_password())
$$;

create function private.is_moderator() returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(private.my_role() in ('admin', 'moderator'), false)
$$;

-- When a password was changed is what Auth says, not what its owner says.
create function private.note_password_change() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.users set password_changed_at = now() where id = new.id;
  return new;
end
$$;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- Only the admin API writes app_metadata, so the role comes from there and from nowhere else. Auth inserts the
-- user first and the metadata a statement later: both events count.
create function private.mirror_auth_user() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  given_role text := new.raw_app_meta_data ->> 'role';
begin
  if given_role not in ('admin', 'moderator', 'member') then
    given_role := null;
  end if;
  insert into public.users (id, email, full_name, role)
  values (new.id, new.email, left(new.raw_user_meta_data ->> 'full_name', 200), given_role)
  on conflict (id) do update set
    email = excluded.email,
    full_name = coalesce(public.users.full_name, excluded.full_name),
    role = excluded.role;
  return new;
end
$$;

create trigger note_password_change after update of encrypted_password on auth.users
  for each row when (old.encrypted_password is distinct from new.encrypted_password)
  execute function private.note_password_change();

create trigger mirror_to_public_users after insert or update of email, raw_app_meta_data on auth.users
  for each row execute function private.mirror_auth_user();

do $$
declare
  name text;
begin
  for name in select tablename from pg_catalog.pg_tables where schemaname = 'public'
    and tablename not in ('schema_migrations', 'schema_version', 'instance_config')
  loop
    if name <> 'instance_config_log' then
      execute format('create trigger touch_updated_at before update on public.%I
        for each row execute function private.touch_updated_at()', name);
    end if;
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', name);
  end loop;
end
$$;

-- The log is written by a trigger alone; settings follow the vault.
grant select, insert, update, delete on public.users, public.members, public.places, public.announcements,
  public.bot_settings, public.bot_private, public.federation_peers, public.notifications to service_role;
grant select on public.community_settings, public.instance_config_log to service_role;

-- --- the community and its people

grant select on public.community_settings to anon, authenticated;
create policy community_settings_read on public.community_settings for select to anon, authenticated using (true);

grant select on public.instance_config_log to authenticated;
create policy instance_config_log_admin_read on public.instance_config_log for select to authenticated
  using ((select private.my_role()) = 'admin');

-- The role is granted to nobody: it comes from Auth.
grant select, update (full_name) on public.users to authenticated;
create policy users_read_self on public.users for select to authenticated
  using (id = (select auth.uid()));
create policy users_admin_read on public.users for select to authenticated
  using ((select private.my_role()) = 'admin');
create policy users_change_self on public.users for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));

grant select, insert (user_id, name, email, phone, message, status, joined_on, left_on),
  update (user_id, name, email, phone, message, status, joined_on, left_on), delete on public.members to authenticated;
create policy members_moderator on public.members for all to authenticated
  using ((select private.is_moderator())) with check ((select private.is_moderator()));
create policy members_read_self on public.members for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_role()) is not null);

-- --- places: members propose, moderators publish. Who proposed is nobody's business outside.

grant select (id, name, description, category, address, website, latitude, longitude, status, created_at, updated_at)
  on public.places to anon;
grant select, insert (name, description, category, address, website, latitude, longitude, status),
  update (name, description, category, address, website, latitude, longitude, status), delete
  on public.places to authenticated;
create policy places_read_published on public.places for select to anon, authenticated
  using (status = 'published');
create policy places_moderator on public.places for all to authenticated
  using ((select private.is_moderator())) with check ((select private.is_moderator()));
create policy places_read_own on public.places for select to authenticated
  using (created_by = (select auth.uid()) and (select private.my_role()) = 'member');
create policy places_propose on public.places for insert to authenticated
  with check (status = 'draft' and created_by = (select auth.uid()) and (select private.my_role()) = 'member');
create policy places_change_own_draft on public.places for update to authenticated
  using (status = 'draft' and created_by = (select auth.uid()) and (select private.my_role()) = 'member')
  with check (status = 'draft' and created_by = (select auth.uid()));
create policy places_withdraw_own_draft on public.places for delete to authenticated
  using (status = 'draft' and created_by = (select auth.uid()) and (select private.my_role()) = 'member');

-- --- announcements

grant select (id, title, body, status, is_pinned, place_id, published_at, starts_at, ends_at, created_at, updated_at)
  on public.announcements to anon;
grant select, insert (title, body, status, is_pinned, place_id, publish_at, starts_at, ends_at),
  update (title, body, status, is_pinned, place_id, publish_at, starts_at, ends_at), delete
  on public.announcements to authenticated;
create policy announcements_read_published on public.announcements for select to anon, authenticated
  using (status = 'published' and (ends_at is null or ends_at > now()));
create policy announcements_moderator on public.announcements for all to authenticated
  using ((select private.is_moderator())) with check ((select private.is_moderator()));

-- --- the bot: its name follows the vault, its token is written and never read back

grant select on public.bot_settings to anon, authenticated;
grant update (is_enabled, greeting) on public.bot_settings to authenticated;
create policy bot_settings_read on public.bot_settings for select to anon, authenticated using (true);
create policy bot_settings_admin_change on public.bot_settings for update to authenticated
  using ((select private.my_role()) = 'admin') with check ((select private.my_role()) = 'admin');

grant select (only_row, model, instructions, has_channel_token, created_at, updated_at),
  update (model, instructions, channel_token) on public.bot_private to authenticated;
create policy bot_private_admin_read on public.bot_private for select to authenticated
  using ((select private.my_role()) = 'admin');
create policy bot_private_admin_change on public.bot_private for update to authenticated
  using ((select private.my_role()) = 'admin') with check ((select private.my_role()) = 'admin');

-- --- peers

grant select (id, name, url, status) on public.federation_peers to anon;
grant select (id, name, url, status, has_shared_secret, last_seen_at, created_at, updated_at),
  insert (name, url, status, shared_secret), update (name, url, status, shared_secret), delete
  on public.federation_peers to authenticated;
create policy federation_peers_read_active on public.federation_peers for select to anon, authenticated
  using (status = 'active');
create policy federation_peers_admin on public.federation_peers for all to authenticated
  using ((select private.my_role()) = 'admin') with check ((select private.my_role()) = 'admin');

-- --- notifications belong to one person, who can only read them, tick them off and throw them away

grant select, update (read), delete on public.notifications to authenticated;
create policy notifications_own on public.notifications for all to authenticated
  using (user_id = (select auth.uid()) and (select private.my_role()) is not null)
  with check (user_id = (select auth.uid()) and (select private.my_role()) is not null);
