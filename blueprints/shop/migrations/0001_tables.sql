-- A shop's own database. Each table is closed by row-level security in the statement after the one that makes it.
-- Money is whole minor units (cents) beside the currency's ISO code.

-- One row, filled when the instance is made: what the shop page shows, and how it sells. Nothing in it is secret.
create table public.shop_settings (
  only_row boolean primary key default true check (only_row),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  description text check (char_length(description) <= 2000),
  locale text not null default 'id' check (locale in ('en', 'fr', 'id')),
  currency text not null default 'IDR' check (currency ~ '^[A-Z]{3}$'),
  contact_email text check (contact_email ~ '^[^@\s]+@[^@\s]+$' and char_length(contact_email) <= 320),
  contact_phone text check (char_length(contact_phone) <= 60),
  address text check (char_length(address) <= 1000),
  takes_orders boolean not null default true,
  -- Goods of an order that nobody paid go back to the shelf after this time.
  hold_hours smallint not null default 48 check (hold_hours between 1 and 720),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.shop_settings enable row level security;

-- One row for each row of auth.users; 0002 keeps it in step. No role = signed up alone, a visitor like any other.
create table public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  email text,
  full_name text check (char_length(full_name) <= 200),
  role text check (role in ('admin', 'staff')),
  password_changed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.users enable row level security;

create table public.categories (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 80),
  position smallint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.categories enable row level security;

create table public.products (
  id uuid primary key default gen_random_uuid(),
  category_id uuid references public.categories (id) on delete set null,
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and char_length(slug) <= 80),
  description text check (char_length(description) <= 10000),
  image_url text check (image_url ~ '^https://[^\s"<>]+$' and char_length(image_url) <= 2000),
  status text not null default 'draft' check (status in ('draft', 'published', 'archived')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.products enable row level security;

-- What is sold, with its price. A product without choices has one variant.
create table public.product_variants (
  id uuid primary key default gen_random_uuid(),
  product_id uuid not null references public.products (id) on delete cascade,
  sku text not null unique check (sku ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$'),
  name text not null default '' check (char_length(name) <= 200),
  price_minor bigint not null check (price_minor between 0 and 100000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  is_active boolean not null default true,
  position smallint not null default 0,
  -- Whether there is one to sell, kept by the functions that move stock. How many there are is not for visitors.
  in_stock boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.product_variants enable row level security;

-- One row for each variant, made with it. Changes by movements only.
create table public.stock_levels (
  variant_id uuid primary key references public.product_variants (id) on delete cascade,
  quantity integer not null default 0 constraint stock_is_not_negative check (quantity >= 0),
  low_at integer not null default 3 check (low_at >= 0),
  is_low boolean not null generated always as (quantity <= low_at) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.stock_levels enable row level security;

-- Made by the first order under an address. A later order does not change it: whoever types an address has not
-- shown that it is theirs.
create table public.customers (
  id uuid primary key default gen_random_uuid(),
  email text not null unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 320),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  phone text check (char_length(phone) <= 60),
  notes text check (char_length(notes) <= 5000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.customers enable row level security;

create table public.orders (
  id uuid primary key default gen_random_uuid(),
  number bigint not null unique generated always as identity (start with 1001),
  -- Chosen by the visitor's page: sent twice, an order is placed once.
  request_id uuid not null unique default gen_random_uuid(),
  -- With the number it lets a visitor look at the order without an account.
  token uuid not null default gen_random_uuid(),
  customer_id uuid not null references public.customers (id) on delete restrict,
  status text not null default 'placed' check (status in ('placed', 'paid', 'sent', 'done', 'cancelled')),
  -- As they were given with this order.
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  email text not null check (email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 320),
  phone text check (char_length(phone) <= 60),
  address text not null check (address ~ '\S' and char_length(address) <= 1000),
  note text check (char_length(note) <= 2000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  total_minor bigint not null default 0 check (total_minor >= 0),
  paid_at timestamptz,
  cancelled_at timestamptz,
  -- When the mail went out that says so.
  confirmed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint cancelled_has_a_time check ((status = 'cancelled') = (cancelled_at is not null)),
  constraint paid_has_a_time check (status not in ('paid', 'sent', 'done') or paid_at is not null)
);
alter table public.orders enable row level security;

-- As it was sold: names and prices of that day.
create table public.order_lines (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null references public.orders (id) on delete cascade,
  variant_id uuid references public.product_variants (id) on delete set null,
  sku text not null,
  product_name text not null,
  variant_name text not null,
  quantity integer not null check (quantity between 1 and 999),
  unit_price_minor bigint not null check (unit_price_minor >= 0),
  amount_minor bigint not null generated always as (quantity * unit_price_minor) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (order_id, variant_id)
);
alter table public.order_lines enable row level security;

-- Why stock is what it is: the sum of a variant's movements. Only functions write here.
create table public.stock_movements (
  id bigint primary key generated always as identity,
  variant_id uuid not null references public.product_variants (id) on delete cascade,
  quantity integer not null check (quantity <> 0 and abs(quantity::bigint) <= 1000000),
  reason text not null check (reason in ('received', 'counted', 'damaged', 'returned', 'sold', 'cancelled')),
  order_id uuid references public.orders (id) on delete set null,
  note text check (char_length(note) <= 500),
  stock_after integer not null check (stock_after >= 0),
  created_by uuid references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.stock_movements enable row level security;

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
