-- Who may do what. New tables in public carry no grants on hosted Supabase: what is not granted here is closed.
--   admin    all
--   manager  all but the company's settings and the people's list
--   member   projects they are assigned to: their tasks and files; no money
--   client   their own projects, their issued invoices, files that were shared with them
-- Helpers stand in a schema that the Data API does not serve.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

-- A password that came by mail has to go first: until then its bearer has no role and sees nothing,
-- over the API as well as in the application.
create function private.must_change_password() returns boolean
language sql stable set search_path = '' as $$
  select coalesce(auth.jwt() -> 'app_metadata' ->> 'must_change_password', 'false') = 'true'
$$;

-- These read tables as their owner: a policy on such a table may ask them without asking itself.
create function private.my_role() returns text
language sql stable security definer set search_path = '' as $$
  select role from public.users where id = (select auth.uid())
    and (password_changed_at is not null or not private.must_change_password())
$$;

create function private.is_lead() returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(private.my_role() in ('admin', 'manager'), false)
$$;

create function private.my_client_id() returns uuid
language sql stable security definer set search_path = '' as $$
  select client_id from public.users where id = (select auth.uid()) and private.my_role() = 'client'
$$;

-- Projects on which the caller works as a member.
create function private.my_project_ids() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select project_id from public.project_members
  where user_id = (select auth.uid()) and (select private.my_role()) = 'member'
$$;

-- Projects that are done for the caller, a client's person.
create function private.projects_for_me() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select id from public.projects where client_id = (select private.my_client_id())
$$;

-- Clients of the projects on which the caller works as a member.
create function private.clients_i_work_for() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select client_id from public.projects where id in (select private.my_project_ids())
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

-- Only the admin API writes app_metadata, so role and client come from there and from nowhere else.
-- Auth inserts the user first and the metadata a statement later: both events count. A client's person without
-- a client of ours, like somebody who signed up alone, sees nothing.
create function private.mirror_auth_user() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  given_role text := new.raw_app_meta_data ->> 'role';
  client uuid;
begin
  if given_role not in ('admin', 'manager', 'member', 'client') then
    given_role := null;
  end if;
  if given_role = 'client' then
    select id into client from public.clients where id::text = new.raw_app_meta_data ->> 'client_id';
  end if;
  insert into public.users (id, email, full_name, role, client_id)
  values (new.id, new.email, left(new.raw_user_meta_data ->> 'full_name', 200), given_role, client)
  on conflict (id) do update set
    email = excluded.email,
    full_name = coalesce(public.users.full_name, excluded.full_name),
    role = excluded.role,
    client_id = excluded.client_id;
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
    execute format('create trigger touch_updated_at before update on public.%I
      for each row execute function private.touch_updated_at()', name);
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', name);
    execute format('grant select, insert, update, delete on public.%I to service_role', name);
  end loop;
end
$$;

-- --- the company and its people

-- Numbers are given by issue_invoice alone: nobody may set the counter back.
grant select, update (name, legal_name, logo_path, locale, currency, contact_email, address, tax_number,
  bank_account, invoice_prefix, payment_days) on public.company_settings to authenticated;
create policy company_settings_admin_read on public.company_settings for select to authenticated
  using ((select private.my_role()) = 'admin');
create policy company_settings_admin_change on public.company_settings for update to authenticated
  using ((select private.my_role()) = 'admin') with check ((select private.my_role()) = 'admin');

-- Role and client are granted to nobody: they come from Auth. The columns decide, not a policy's good will.
grant select, update (full_name) on public.users to authenticated;
create policy users_read_self on public.users for select to authenticated
  using (id = (select auth.uid()));
create policy users_admin_read on public.users for select to authenticated
  using ((select private.my_role()) = 'admin');
create policy users_change_self on public.users for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy users_admin_change on public.users for update to authenticated
  using ((select private.my_role()) = 'admin') with check ((select private.my_role()) = 'admin');

-- --- clients

grant select, insert (name, status, contact_name, email, phone, address, tax_number),
  update (name, status, contact_name, email, phone, address, tax_number), delete on public.clients to authenticated;
create policy clients_lead on public.clients for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));
create policy clients_member_read on public.clients for select to authenticated
  using (id in (select private.clients_i_work_for()));
create policy clients_own_read on public.clients for select to authenticated
  using (id = (select private.my_client_id()));

grant select, insert (client_id, body), update (body), delete on public.client_notes to authenticated;
create policy client_notes_lead on public.client_notes for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));

-- --- projects

grant select, insert (client_id, name, description, status, starts_on, ends_on),
  update (client_id, name, description, status, starts_on, ends_on), delete on public.projects to authenticated;
create policy projects_lead on public.projects for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));
create policy projects_member_read on public.projects for select to authenticated
  using (id in (select private.my_project_ids()));
create policy projects_client_read on public.projects for select to authenticated
  using (client_id = (select private.my_client_id()));

grant select, insert (project_id, amount_minor, currency), update (amount_minor, currency), delete
  on public.project_budgets to authenticated;
create policy project_budgets_lead on public.project_budgets for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));

grant select, insert (project_id, user_id), delete on public.project_members to authenticated;
create policy project_members_lead on public.project_members for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));
create policy project_members_member_read on public.project_members for select to authenticated
  using (project_id in (select private.my_project_ids()));

grant select, insert (project_id, title, description, status, priority, assignee_id, starts_on, due_on,
    estimate_minutes, spent_minutes),
  update (project_id, title, description, status, priority, assignee_id, starts_on, due_on,
    estimate_minutes, spent_minutes), delete on public.tasks to authenticated;
create policy tasks_lead on public.tasks for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));
create policy tasks_member_read on public.tasks for select to authenticated
  using (project_id in (select private.my_project_ids()));
create policy tasks_member_add on public.tasks for insert to authenticated
  with check (project_id in (select private.my_project_ids()));
create policy tasks_member_change on public.tasks for update to authenticated
  using (project_id in (select private.my_project_ids()))
  with check (project_id in (select private.my_project_ids()));

-- --- files: whoever adds one is its uploader, and its place never changes

grant select, insert (project_id, task_id, name, mime_type, size_bytes, shared_with_client),
  update (task_id, name, shared_with_client), delete on public.files to authenticated;
create policy files_lead on public.files for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));
create policy files_member_read on public.files for select to authenticated
  using (project_id in (select private.my_project_ids()));
create policy files_member_add on public.files for insert to authenticated
  with check (project_id in (select private.my_project_ids()) and uploaded_by = (select auth.uid()));
create policy files_member_change on public.files for update to authenticated
  using (project_id in (select private.my_project_ids()) and uploaded_by = (select auth.uid()))
  with check (project_id in (select private.my_project_ids()) and uploaded_by = (select auth.uid()));
create policy files_member_remove on public.files for delete to authenticated
  using (project_id in (select private.my_project_ids()) and uploaded_by = (select auth.uid()));
create policy files_client_read on public.files for select to authenticated
  using (shared_with_client and project_id in (select private.projects_for_me()));
create policy files_client_add on public.files for insert to authenticated
  with check (shared_with_client and task_id is null and uploaded_by = (select auth.uid())
    and project_id in (select private.projects_for_me()));

-- --- invoices: sums, numbers and days of issue are granted to nobody

grant select, insert (client_id, project_id, currency, due_on, message),
  update (client_id, project_id, currency, due_on, message, status, paid_on), delete on public.invoices to authenticated;
create policy invoices_lead on public.invoices for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));
create policy invoices_client_read on public.invoices for select to authenticated
  using (client_id = (select private.my_client_id()) and status <> 'draft');

grant select, insert (invoice_id, position, description, quantity, unit_price_minor, tax_rate_bp),
  update (position, description, quantity, unit_price_minor, tax_rate_bp), delete on public.invoice_lines to authenticated;
create policy invoice_lines_lead on public.invoice_lines for all to authenticated
  using ((select private.is_lead())) with check ((select private.is_lead()));
-- Under the caller's own rights on invoices: who sees an invoice sees its lines.
create policy invoice_lines_client_read on public.invoice_lines for select to authenticated
  using ((select private.my_client_id()) is not null
    and invoice_id in (select id from public.invoices where client_id = (select private.my_client_id())));

-- --- notifications belong to one person, who can only read them, tick them off and throw them away

grant select, update (read), delete on public.notifications to authenticated;
create policy notifications_own on public.notifications for all to authenticated
  using (user_id = (select auth.uid()) and (select private.my_role()) is not null)
  with check (user_id = (select auth.uid()) and (select private.my_role()) is not null);
