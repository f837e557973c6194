-- Beside the indexes of keys and unique constraints: one for each foreign key, for what policies filter by, and
-- for what pages and automations ask for.
create index users_client_id_idx on public.users (client_id);
create index users_role_idx on public.users (role);
create index clients_name_idx on public.clients (lower(name));
create index client_notes_client_id_idx on public.client_notes (client_id, created_at desc);
create index client_notes_author_id_idx on public.client_notes (author_id);
create index projects_status_idx on public.projects (status);
create index project_members_user_id_idx on public.project_members (user_id);
create index tasks_assignee_id_idx on public.tasks (project_id, assignee_id);
create index tasks_due_idx on public.tasks (status, due_on);
create index files_task_id_idx on public.files (project_id, task_id);
create index files_uploaded_by_idx on public.files (uploaded_by);
create index invoices_client_id_idx on public.invoices (client_id, project_id);
create index invoices_due_idx on public.invoices (status, due_on);
create index invoice_lines_invoice_id_idx on public.invoice_lines (invoice_id, position);
create index notifications_user_id_idx on public.notifications (user_id, read);
