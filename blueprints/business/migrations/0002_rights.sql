-- Who may do what. New tables in public carry no grants on hosted Supabase: what is not granted here is closed.
-- Helpers stand in a schema that the Data API does not serve.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

-- A password that came by mail has to go first: until then its bearer belongs to nothing and sees nothing,
-- over the API as well as in the application.
create function private.must_change_password() returns boolean
language sql stable set search_path = '' as $$
  select coalesce(auth.jwt() -> 'app_metadata' ->> 'must_change_password', 'false') = 'true'
$$;

-- Both read public.users as its owner: a policy on that table may ask them without asking itself.
create function private.my_organization_id() returns uuid
language sql stable security definer set search_path = '' as $$
  select organization_id from public.users where id = (select auth.uid())
    and (password_changed_at is not null or not private.must_change_password())
$$;

create function private.my_role() returns text
language sql stable security definer set search_path = '' as $$
  select role from public.users where id = (select auth.uid())
    and (password_changed_at is not null or not private.must_change_password())
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

-- Only the admin API writes app_metadata, so role and organization come from there and from nowhere else.
-- Auth inserts the user first and the metadata a statement later: both events count. Somebody without a role
-- there has signed up on their own: they belong to no organization and see nothing.
create function private.mirror_auth_user() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  given_role text := new.raw_app_meta_data ->> 'role';
  given_organization text := new.raw_app_meta_data ->> 'organization_id';
  organization uuid;
begin
  if given_role not in ('admin', 'member') then
    given_role := null;
  end if;
  if given_role is not null and given_organization is not null then
    select id into organization from public.organizations where id::text = given_organization;
  elsif given_role is not null and (select count(*) from public.organizations) = 1 then
    select id into organization from public.organizations;
  end if;
  insert into public.users (id, organization_id, email, full_name, role)
  values (new.id, organization, new.email, left(new.raw_user_meta_data ->> 'full_name', 200), coalesce(given_role, 'member'))
  on conflict (id) do update set
    organization_id = excluded.organization_id,
    email = excluded.email,
    full_name = coalesce(public.users.full_name, excluded.full_name),
    role = excluded.role;
  return new;
end
$$;

revoke all on all functions in schema private from public;
grant execute on function private.my_organization_id(), private.my_role(), private.must_change_password() to authenticated, service_role;

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
    execute format('create trigger touch_updated_at before update on public.%I
      for each row execute function private.touch_updated_at()', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant select, insert, update, delete on public.%I to service_role', name);
  end loop;
end
$$;

-- organizations: 3 policies
grant select, insert (name, slug), update (name) on public.organizations to authenticated;
create policy organizations_read on public.organizations for select to authenticated
  using (id = (select private.my_organization_id()));
create policy organizations_add on public.organizations for insert to authenticated
  with check ((select private.my_role()) = 'admin');
create policy organizations_rename on public.organizations for update to authenticated
  using (id = (select private.my_organization_id()) and (select private.my_role()) = 'admin')
  with check (id = (select private.my_organization_id()));

-- users: 3 policies. Role and organization are granted to nobody: the columns decide, not a policy's good will.
grant select, update (full_name) on public.users to authenticated;
create policy users_read_self on public.users for select to authenticated
  using (id = (select auth.uid()));
create policy users_read_colleagues on public.users for select to authenticated
  using (organization_id = (select private.my_organization_id()));
create policy users_update_self on public.users for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));

-- 13 tables that an organization's people work on: one policy each.
do $$
declare
  name text;
begin
  foreach name in array array[
    'companies', 'contacts', 'deals', 'activities',
    'email_campaigns', 'email_templates', 'email_sequences', 'email_sends', 'email_unsubscribes',
    'social_posts', 'social_accounts', 'content_queue', 'content_templates']
  loop
    execute format('grant select, insert, update, delete on public.%I to authenticated', name);
    execute format('create policy %I on public.%I for all to authenticated
      using (organization_id = (select private.my_organization_id()))
      with check (organization_id = (select private.my_organization_id()))', name || '_organization', name);
  end loop;
end
$$;

-- Notifications belong to one person, who can only read them, tick them off and throw them away.
grant select, update (read), delete on public.notifications to authenticated;
create policy notifications_own on public.notifications for all to authenticated
  using (organization_id = (select private.my_organization_id()) and user_id = (select auth.uid()))
  with check (organization_id = (select private.my_organization_id()) and user_id = (select auth.uid()));

-- The log can be added to in one's own name and read by admins; nobody changes it.
grant select, insert on public.audit_log to authenticated;
create policy audit_log_organization on public.audit_log for all to authenticated
  using (organization_id = (select private.my_organization_id()) and (select private.my_role()) = 'admin')
  with check (organization_id = (select private.my_organization_id()) and user_id = (select auth.uid()));

-- Billing and analytics: one read-only policy each.
grant select on public.client_usage_metrics, public.subscription_history, public.analytics_snapshots,
  public.platform_metrics to authenticated;
create policy client_usage_metrics_read on public.client_usage_metrics for select to authenticated
  using (organization_id = (select private.my_organization_id()));
create policy subscription_history_read on public.subscription_history for select to authenticated
  using (organization_id = (select private.my_organization_id()));
create policy analytics_snapshots_read on public.analytics_snapshots for select to authenticated
  using (organization_id = (select private.my_organization_id()));
create policy platform_metrics_read on public.platform_metrics for select to authenticated
  using ((select private.my_role()) = 'admin');
