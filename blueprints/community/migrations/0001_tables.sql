-- A community's own database. Each table is closed by row-level security in the statement after the one that makes it.
-- The vault, instance_config, stands already: it is the one place where name, type, town, language and map centre are
-- written. community_settings and the bot's name are their typed and checked reading (0003).

alter table public.instance_config
  add column value_type text not null default 'json'
    check (value_type in ('text', 'number', 'boolean', 'coordinates', 'json')),
  add constraint value_has_its_type check (case value_type
    when 'text' then jsonb_typeof(value) = 'string'
    when 'number' then jsonb_typeof(value) = 'number'
    when 'boolean' then jsonb_typeof(value) = 'boolean'
    when 'coordinates' then coalesce(jsonb_typeof(value) = 'object'
      and jsonb_typeof(value -> 'latitude') = 'number' and jsonb_typeof(value -> 'longitude') = 'number'
      and jsonb_typeof(coalesce(value -> 'zoom', '0')) = 'number', false)
    else true end);

-- Who changed what when. The value of a secret is never written here, neither the old one nor the new one.
create table public.instance_config_log (
  id bigint primary key generated always as identity,
  key text not null,
  act text not null check (act in ('added', 'changed', 'removed')),
  is_secret boolean not null,
  old_value jsonb,
  new_value jsonb,
  changed_by text not null,
  created_at timestamptz not null default now(),
  constraint secrets_have_no_value check (not is_secret or (old_value is null and new_value is null))
);
alter table public.instance_config_log enable row level security;

create table public.community_settings (
  only_row boolean primary key default true check (only_row),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  type text not null default 'other' check (type in
    ('municipality', 'neighbourhood', 'university', 'school', 'association', 'company', 'other')),
  city text check (char_length(city) <= 200),
  locale text not null default 'fr' check (locale in ('en', 'fr', 'id')),
  contact_email text check (contact_email ~ '^[^@\s]+@[^@\s]+$' and char_length(contact_email) <= 320),
  latitude double precision not null default 0 check (latitude between -90 and 90),
  longitude double precision not null default 0 check (longitude between -180 and 180),
  zoom double precision not null default 13 check (zoom between 0 and 22),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.community_settings enable row level security;

-- One row for each row of auth.users; 0002 keeps it in step. No role = signed up alone, a visitor like any other.
create table public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  email text,
  full_name text check (char_length(full_name) <= 200),
  role text check (role in ('admin', 'moderator', 'member')),
  password_changed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.users enable row level security;

-- The community's own list of people; most need no account.
create table public.members (
  id uuid primary key default gen_random_uuid(),
  user_id uuid unique references public.users (id) on delete set null,
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  email text unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 320),
  phone text check (char_length(phone) <= 60),
  message text check (char_length(message) <= 2000),
  status text not null default 'pending' check (status in ('pending', 'active', 'left')),
  joined_on date,
  left_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint left_after_joining check (left_on >= joined_on),
  constraint only_who_left_has_a_last_day check (left_on is null or status = 'left')
);
alter table public.members enable row level security;

create table public.places (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  description text check (char_length(description) <= 5000),
  category text not null default 'other' check (category in
    ('service', 'culture', 'sport', 'health', 'education', 'shop', 'food', 'nature', 'transport', 'meeting', 'other')),
  address text check (char_length(address) <= 500),
  website text check (website ~ '^https?://[^\s"<>]+$' and char_length(website) <= 2000),
  latitude double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180),
  status text not null default 'draft' check (status in ('draft', 'published')),
  created_by uuid default auth.uid() references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.places enable row level security;

create table public.announcements (
  id uuid primary key default gen_random_uuid(),
  title text not null check (title ~ '\S' and char_length(title) <= 200),
  body text not null default '' check (char_length(body) <= 20000),
  status text not null default 'draft' check (status in ('draft', 'scheduled', 'published', 'archived')),
  is_pinned boolean not null default false,
  place_id uuid references public.places (id) on delete set null,
  -- When it goes out by itself.
  publish_at timestamptz,
  published_at timestamptz,
  -- What it is about: a day of work, a feast. Past its end it is no longer shown.
  starts_at timestamptz,
  ends_at timestamptz,
  created_by uuid default auth.uid() references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ends_after_start check (ends_at > starts_at),
  constraint scheduled_has_a_time check (status <> 'scheduled' or publish_at is not null)
);
alter table public.announcements enable row level security;

-- What anybody may know of the bot.
create table public.bot_settings (
  only_row boolean primary key default true check (only_row),
  name text not null default 'Bot' check (name ~ '\S' and char_length(name) <= 80),
  is_enabled boolean not null default false,
  greeting text not null default '' check (char_length(greeting) <= 1000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.bot_settings enable row level security;

-- How it works. What opens other doors can be written by the admin and is read by the service role alone.
create table public.bot_private (
  only_row boolean primary key default true check (only_row),
  model text not null default 'gpt-4o-mini' check (model ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$'),
  instructions text not null default '' check (char_length(instructions) <= 20000),
  channel_token text check (channel_token ~ '\S' and char_length(channel_token) <= 1000),
  has_channel_token boolean not null generated always as (channel_token is not null) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.bot_private enable row level security;

-- Other communities that this one exchanges announcements with.
create table public.federation_peers (
  id uuid primary key default gen_random_uuid(),
  name text not null check (name ~ '\S' and char_length(name) <= 200),
  url text not null unique check (url ~ '^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[^\s"<>]*)?$' and char_length(url) <= 500),
  status text not null default 'invited' check (status in ('invited', 'active', 'blocked')),
  -- Signs what passes between the two. Written by the admin, read by the service role alone.
  shared_secret text check (char_length(shared_secret) between 16 and 500),
  has_shared_secret boolean not null generated always as (shared_secret is not null) stored,
  last_seen_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint active_is_signed check (status <> 'active' or shared_secret is not null)
);
alter table public.federation_peers enable row level security;

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

insert into public.bot_settings default values;
insert into public.bot_private default values;
