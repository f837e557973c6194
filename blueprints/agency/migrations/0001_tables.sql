-- An agency's own database: everything here is one agency's, so no row says whose it is.
-- Each table is closed by row-level security in the statement after the one that makes it.
-- Money is whole minor units (cents) beside the currency's ISO code.

-- One row, filled when the instance is made. Who may see what of it stands in 0002.
create table public.company_settings (
  only_row boolean primary key default true check (only_row),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  legal_name text check (char_length(legal_name) <= 200),
  -- Object in the public storage bucket `branding`.
  logo_path text check (logo_path ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' and logo_path !~ '\.\.'),
  locale text not null default 'en' check (locale in ('en', 'fr', 'id')),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  contact_email text check (contact_email ~ '^[^@\s]+@[^@\s]+$' and char_length(contact_email) <= 320),
  address text check (char_length(address) <= 1000),
  tax_number text check (char_length(tax_number) <= 60),
  bank_account text check (char_length(bank_account) <= 60),
  invoice_prefix text not null default 'INV-' check (invoice_prefix ~ '^[A-Za-z0-9/-]{0,12}$'),
  next_invoice_number integer not null default 1 check (next_invoice_number > 0),
  payment_days smallint not null default 30 check (payment_days between 0 and 365),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.company_settings enable row level security;

create table public.clients (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  status text not null default 'active' check (status in ('lead', 'active', 'former')),
  contact_name text check (char_length(contact_name) <= 200),
  email text check (email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 320),
  phone text check (char_length(phone) <= 60),
  address text check (char_length(address) <= 1000),
  tax_number text check (char_length(tax_number) <= 60),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.clients enable row level security;

-- One row for each row of auth.users; 0002 keeps it in step. No role = signed up alone, belongs to nothing.
create table public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  email text,
  full_name text check (char_length(full_name) <= 200),
  role text check (role in ('admin', 'manager', 'member', 'client')),
  -- Whose person somebody with the role `client` is.
  client_id uuid references public.clients (id) on delete set null,
  password_changed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint only_clients_have_a_client check (client_id is null or role is not distinct from 'client')
);
alter table public.users enable row level security;

-- What the agency writes about a client stands apart from what the client reads of itself.
create table public.client_notes (
  id uuid primary key default gen_random_uuid(),
  client_id uuid not null references public.clients (id) on delete cascade,
  author_id uuid default auth.uid() references public.users (id) on delete set null,
  body text not null check (body ~ '\S' and char_length(body) <= 10000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.client_notes enable row level security;

create table public.projects (
  id uuid primary key default gen_random_uuid(),
  client_id uuid not null references public.clients (id) on delete restrict,
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  description text check (char_length(description) <= 10000),
  status text not null default 'planned' check (status in ('planned', 'active', 'on_hold', 'done', 'cancelled')),
  starts_on date,
  ends_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (client_id, id),
  constraint ends_after_start check (ends_on >= starts_on)
);
alter table public.projects enable row level security;

-- Budgets are between the agency's leads: neither members nor clients read them.
create table public.project_budgets (
  project_id uuid primary key references public.projects (id) on delete cascade,
  amount_minor bigint not null check (amount_minor >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.project_budgets enable row level security;

create table public.project_members (
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (project_id, user_id)
);
alter table public.project_members enable row level security;

create table public.tasks (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  title text not null check (title ~ '\S' and char_length(title) <= 200),
  description text check (char_length(description) <= 10000),
  status text not null default 'todo' check (status in ('todo', 'doing', 'review', 'done')),
  priority text not null default 'normal' check (priority in ('low', 'normal', 'high')),
  assignee_id uuid,
  starts_on date,
  due_on date,
  estimate_minutes integer check (estimate_minutes between 0 and 600000),
  spent_minutes integer not null default 0 check (spent_minutes between 0 and 600000),
  completed_at timestamptz,
  reminded_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (project_id, id),
  -- Only somebody on the project can be given its tasks; leaving it gives them back.
  foreign key (project_id, assignee_id) references public.project_members (project_id, user_id) on delete set null (assignee_id),
  constraint due_after_start check (due_on >= starts_on),
  constraint completed_when_done check ((status = 'done') = (completed_at is not null))
);
alter table public.tasks enable row level security;

-- What is known of a file; its content is the object `storage_path` of the storage bucket `files` (0004).
-- The path is made here, so that nobody's file name becomes a path.
create table public.files (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  task_id uuid,
  name text not null check (name ~ '\S' and char_length(name) <= 255 and name !~ '[[:cntrl:]]'),
  mime_type text not null default 'application/octet-stream'
    check (mime_type ~ '^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$' and char_length(mime_type) <= 127),
  size_bytes bigint not null check (size_bytes between 0 and 52428800),
  storage_path text not null unique generated always as (project_id::text || '/' || id::text) stored,
  shared_with_client boolean not null default false,
  uploaded_by uuid default auth.uid() references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (project_id, task_id) references public.tasks (project_id, id) on delete set null (task_id)
);
alter table public.files enable row level security;

-- Numbered when it is issued, and unchangeable from then on but for its way to `paid` or `void`.
create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  client_id uuid not null references public.clients (id) on delete restrict,
  project_id uuid,
  number text unique,
  status text not null default 'draft' check (status in ('draft', 'sent', 'paid', 'void')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  issued_on date,
  due_on date,
  paid_on date,
  -- Sums of the lines, kept by a trigger.
  subtotal_minor bigint not null default 0 check (subtotal_minor >= 0),
  tax_minor bigint not null default 0 check (tax_minor >= 0),
  total_minor bigint not null generated always as (subtotal_minor + tax_minor) stored,
  message text check (char_length(message) <= 2000),
  reminded_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (client_id, project_id) references public.projects (client_id, id) on delete restrict,
  constraint due_after_issue check (due_on >= issued_on),
  constraint paid_after_issue check (paid_on >= issued_on),
  constraint paid_has_a_day check ((status = 'paid') = (paid_on is not null)),
  constraint issued_is_numbered check (status = 'draft' or (number is not null and issued_on is not null and due_on is not null)),
  constraint draft_is_not_numbered check (status <> 'draft' or (number is null and issued_on is null))
);
alter table public.invoices enable row level security;

create table public.invoice_lines (
  id uuid primary key default gen_random_uuid(),
  invoice_id uuid not null references public.invoices (id) on delete cascade,
  position smallint not null default 1 check (position > 0),
  description text not null check (description ~ '\S' and char_length(description) <= 1000),
  quantity numeric(12, 3) not null default 1 check (quantity > 0),
  unit_price_minor bigint not null check (unit_price_minor between 0 and 100000000000),
  -- Hundredths of a percent: 1950 = 19.5 %.
  tax_rate_bp integer not null default 0 check (tax_rate_bp between 0 and 10000),
  amount_minor bigint not null generated always as (round(quantity * unit_price_minor)::bigint) stored,
  tax_minor bigint not null generated always as (round(round(quantity * unit_price_minor) * tax_rate_bp / 10000)::bigint) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (quantity * unit_price_minor <= 1000000000000000)
);
alter table public.invoice_lines enable row level security;

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.users (id) on delete cascade,
  title text not null check (title ~ '\S' and char_length(title) <= 400),
  body text check (char_length(body) <= 2000),
  read boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.notifications enable row level security;
