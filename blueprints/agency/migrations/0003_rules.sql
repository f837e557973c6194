-- What holds between rows, whoever writes them, and what people ask for by name.

-- --- tasks

create function private.note_completion() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.completed_at := case when new.status = 'done' then coalesce(new.completed_at, now()) end;
  -- Another day is reminded of anew.
  if tg_op = 'UPDATE' and new.due_on is distinct from old.due_on then
    new.reminded_on := null;
  end if;
  return new;
end
$$;
create trigger note_completion before insert or update on public.tasks
  for each row execute function private.note_completion();

-- --- projects: only the agency's own people work on them

create function private.check_project_member() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (select role from public.users where id = new.user_id) is distinct from 'client'
    and exists (select from public.users where id = new.user_id and role is not null) then
    return null;
  end if;
  raise exception 'Only people of the agency can be put on a project.' using errcode = '23514';
end
$$;
-- After the policies: whoever may not add people is not told who they are.
create trigger check_project_member after insert or update on public.project_members
  for each row execute function private.check_project_member();

-- --- invoices

-- Row locks in one order (the invoice, then its lines): sums cannot be lost between two writers.
create function private.sum_invoice() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  invoice uuid;
begin
  if tg_op = 'DELETE' then
    invoice := old.invoice_id;
  else
    invoice := new.invoice_id;
  end if;
  update public.invoices i set subtotal_minor = s.subtotal, tax_minor = s.tax
  from (select coalesce(sum(amount_minor), 0) as subtotal, coalesce(sum(tax_minor), 0) as tax
    from public.invoice_lines where invoice_id = invoice) s
  where i.id = invoice;
  return null;
end
$$;
create trigger sum_invoice after insert or update or delete on public.invoice_lines
  for each row execute function private.sum_invoice();

-- Takes the invoice's lock before a line changes. A line goes with its invoice: then there is none to ask.
create function private.check_invoice_line() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  state text;
begin
  if tg_op = 'DELETE' then
    select status into state from public.invoices where id = old.invoice_id for update;
  else
    select status into state from public.invoices where id = new.invoice_id for update;
  end if;
  if state <> 'draft' then
    raise exception 'The lines of an issued invoice cannot change.'
      using errcode = '23514', hint = 'Void the invoice and write another.';
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  if tg_op = 'UPDATE' and new.invoice_id <> old.invoice_id then
    raise exception 'A line stays on its invoice.' using errcode = '23514';
  end if;
  return new;
end
$$;
create trigger check_invoice_line before insert or update or delete on public.invoice_lines
  for each row execute function private.check_invoice_line();

create function private.check_invoice() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'DELETE' then
    if old.status = 'draft' then
      return old;
    end if;
    raise exception 'An issued invoice cannot be deleted.' using errcode = '23514', hint = 'Void it.';
  end if;
  if old.status <> new.status and (old.status, new.status) not in (('draft', 'sent'), ('sent', 'paid'), ('sent', 'void')) then
    raise exception 'An invoice cannot go from % to %.', old.status, new.status using errcode = '23514';
  end if;
  if new.status = 'paid' and new.paid_on is null then
    new.paid_on := greatest(current_date, new.issued_on);
  end if;
  if old.status <> 'draft' and (old.client_id, old.project_id, old.number, old.currency, old.issued_on, old.due_on,
      old.subtotal_minor, old.tax_minor, old.message)
    is distinct from (new.client_id, new.project_id, new.number, new.currency, new.issued_on, new.due_on,
      new.subtotal_minor, new.tax_minor, new.message) then
    raise exception 'An issued invoice cannot change.' using errcode = '23514', hint = 'Void it and write another.';
  end if;
  return new;
end
$$;
create trigger check_invoice before update or delete on public.invoices
  for each row execute function private.check_invoice();

-- Numbers have no gap and no double: the settings' row is locked until the invoice is committed.
create function public.issue_invoice(p_invoice_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
declare
  invoice public.invoices;
  settings public.company_settings;
begin
  if not private.is_lead() then
    raise exception 'Only admins and managers issue invoices.' using errcode = '42501';
  end if;
  select * into invoice from public.invoices where id = p_invoice_id for update;
  if not found then
    raise exception 'There is no such invoice.' using errcode = 'P0002';
  end if;
  if invoice.status <> 'draft' then
    raise exception 'This invoice has been issued already, as %.', invoice.number using errcode = '23514';
  end if;
  if not exists (select from public.invoice_lines where invoice_id = p_invoice_id) then
    raise exception 'An invoice needs a line before it can be issued.' using errcode = '23514';
  end if;
  update public.company_settings set next_invoice_number = next_invoice_number + 1 returning * into settings;
  if not found then
    raise exception 'The company''s settings are missing.' using errcode = 'P0002';
  end if;
  update public.invoices set
    status = 'sent',
    number = settings.invoice_prefix || lpad((settings.next_invoice_number - 1)::text,
      greatest(5, length((settings.next_invoice_number - 1)::text)), '0'),
    issued_on = current_date,
    due_on = coalesce(due_on, current_date + settings.payment_days)
  where id = p_invoice_id
  returning * into invoice;
  return invoice.number;
end
$$;

-- --- what everybody may know

-- For the sign-in page and every page's head: name, logo, language and currency, nothing else of the settings.
create function public.company_branding()
returns table (name text, logo_path text, locale text, currency text)
language sql stable security definer set search_path = '' as $$
  select name, logo_path, locale, currency from public.company_settings
$$;

-- Names to put beside tasks and files, without addresses or roles: managers get the agency's people,
-- members those who share a project with them.
create function public.colleagues() returns table (id uuid, full_name text)
language sql stable security definer set search_path = '' as $$
  select u.id, coalesce(u.full_name, split_part(u.email, '@', 1)) from public.users u
  where u.role in ('admin', 'manager', 'member') and (
    (select private.is_lead())
    or u.id in (select m.user_id from public.project_members m where m.project_id in (select private.my_project_ids())))
$$;

revoke all on all functions in schema private from public;
grant execute on function private.must_change_password(), private.my_role(), private.is_lead(), private.my_client_id(),
  private.my_project_ids(), private.projects_for_me(), private.clients_i_work_for() to authenticated, service_role;

revoke all on function public.issue_invoice(uuid), public.company_branding(), public.colleagues()
  from public, anon, authenticated, service_role;
grant execute on function public.issue_invoice(uuid) to authenticated;
grant execute on function public.company_branding() to anon, authenticated, service_role;
grant execute on function public.colleagues() to authenticated, service_role;
