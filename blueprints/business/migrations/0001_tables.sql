-- The 21 tables of a business: one schema for each client, and organizations within it.
-- Each table is closed by row-level security in the statement after the one that makes it.
-- Rows point to rows of their own organization only: the foreign keys hold organization_id too.

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (char_length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.organizations enable row level security;

-- One row for each row of auth.users; 0002 keeps it in step.
create table public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  organization_id uuid references public.organizations (id) on delete cascade,
  email text,
  full_name text check (char_length(full_name) <= 200),
  role text not null default 'member' check (role in ('admin', 'member')),
  password_changed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.users enable row level security;

-- Customers.
create table public.companies (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 200),
  domain text,
  industry text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id)
);
alter table public.companies enable row level security;

create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  first_name text not null check (char_length(first_name) between 1 and 200),
  last_name text,
  email text,
  phone text,
  company_id uuid,
  status text not null default 'lead',
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id),
  foreign key (organization_id, company_id) references public.companies (organization_id, id) on delete set null (company_id)
);
alter table public.contacts enable row level security;

create table public.deals (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  title text not null check (char_length(title) between 1 and 200),
  amount numeric(14, 2) not null default 0 check (amount >= 0),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  stage text not null default 'new',
  contact_id uuid,
  company_id uuid,
  expected_close_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id),
  foreign key (organization_id, contact_id) references public.contacts (organization_id, id) on delete set null (contact_id),
  foreign key (organization_id, company_id) references public.companies (organization_id, id) on delete set null (company_id)
);
alter table public.deals enable row level security;

create table public.activities (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  type text not null default 'note' check (type in ('note', 'call', 'email', 'meeting', 'task')),
  subject text not null check (char_length(subject) between 1 and 200),
  body text,
  contact_id uuid,
  deal_id uuid,
  user_id uuid references public.users (id) on delete set null,
  due_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (organization_id, contact_id) references public.contacts (organization_id, id) on delete set null (contact_id),
  foreign key (organization_id, deal_id) references public.deals (organization_id, id) on delete set null (deal_id)
);
alter table public.activities enable row level security;

-- Email.
create table public.email_templates (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 200),
  subject text not null check (char_length(subject) between 1 and 400),
  body text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, name),
  unique (organization_id, id)
);
alter table public.email_templates enable row level security;

create table public.email_campaigns (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 200),
  subject text not null check (char_length(subject) between 1 and 400),
  body text not null default '',
  status text not null default 'draft' check (status in ('draft', 'scheduled', 'sending', 'sent', 'failed', 'cancelled')),
  template_id uuid,
  scheduled_at timestamptz,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id),
  foreign key (organization_id, template_id) references public.email_templates (organization_id, id) on delete set null (template_id)
);
alter table public.email_campaigns enable row level security;

-- steps: [{"template_id": uuid, "after_days": number}, ...]
create table public.email_sequences (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 200),
  status text not null default 'draft' check (status in ('draft', 'active', 'paused')),
  steps jsonb not null default '[]' check (jsonb_typeof(steps) = 'array'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, name)
);
alter table public.email_sequences enable row level security;

create table public.email_sends (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  campaign_id uuid,
  contact_id uuid,
  email text not null,
  status text not null default 'queued' check (status in ('queued', 'sent', 'failed', 'bounced', 'skipped')),
  provider_message_id text,
  error text,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (campaign_id, email),
  foreign key (organization_id, campaign_id) references public.email_campaigns (organization_id, id) on delete set null (campaign_id),
  foreign key (organization_id, contact_id) references public.contacts (organization_id, id) on delete set null (contact_id)
);
alter table public.email_sends enable row level security;

create table public.email_unsubscribes (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  email text not null,
  reason text,
  unsubscribed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, email)
);
alter table public.email_unsubscribes enable row level security;

-- Social media.
create table public.social_accounts (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  platform text not null,
  handle text not null,
  status text not null default 'connected' check (status in ('connected', 'expired', 'disconnected')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, platform, handle),
  unique (organization_id, id)
);
alter table public.social_accounts enable row level security;

create table public.social_posts (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  content text not null check (char_length(content) between 1 and 10000),
  platform text not null,
  account_id uuid,
  status text not null default 'draft' check (status in ('draft', 'scheduled', 'publishing', 'published', 'failed')),
  scheduled_at timestamptz,
  published_at timestamptz,
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (organization_id, account_id) references public.social_accounts (organization_id, id) on delete set null (account_id)
);
alter table public.social_posts enable row level security;

-- Content.
create table public.content_templates (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 200),
  type text not null default 'article',
  body text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, name),
  unique (organization_id, id)
);
alter table public.content_templates enable row level security;

create table public.content_queue (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  title text not null check (char_length(title) between 1 and 400),
  type text not null default 'article',
  body text not null default '',
  status text not null default 'draft' check (status in ('draft', 'scheduled', 'publishing', 'published', 'failed')),
  template_id uuid,
  scheduled_at timestamptz,
  published_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (organization_id, template_id) references public.content_templates (organization_id, id) on delete set null (template_id)
);
alter table public.content_queue enable row level security;

-- Figures and bills: written by the platform, read by the client.
create table public.client_usage_metrics (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  metric text not null,
  quantity numeric not null default 0,
  period_start date not null,
  period_end date not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, metric, period_start),
  check (period_end >= period_start)
);
alter table public.client_usage_metrics enable row level security;

create table public.subscription_history (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  plan text not null,
  status text not null,
  amount numeric(14, 2) not null default 0,
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, started_at)
);
alter table public.subscription_history enable row level security;

create table public.analytics_snapshots (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null,
  taken_on date not null default current_date,
  figures jsonb not null default '{}' check (jsonb_typeof(figures) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, kind, taken_on)
);
alter table public.analytics_snapshots enable row level security;

-- Figures of the whole instance, over all organizations.
create table public.platform_metrics (
  id uuid primary key default gen_random_uuid(),
  metric text not null,
  quantity numeric not null,
  measured_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (metric, measured_at)
);
alter table public.platform_metrics enable row level security;

-- Messages to people, and who did what.
create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  title text not null check (char_length(title) between 1 and 400),
  body text,
  read boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.notifications enable row level security;

create table public.audit_log (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid references public.users (id) on delete set null,
  action text not null,
  subject_table text,
  subject_id uuid,
  details jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.audit_log enable row level security;
