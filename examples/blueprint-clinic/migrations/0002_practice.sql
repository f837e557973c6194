-- The practice: who treats, what, whom and when. Notes on visits are for those who treat alone.
create table public.practitioners (
  id uuid primary key default gen_random_uuid(),
  full_name text not null check (full_name ~ '\S' and char_length(full_name) <= 200),
  is_active boolean not null default true,
  created_at timestamptz not null default now()
);
alter table public.practitioners enable row level security;

create table public.treatments (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (name ~ '\S' and char_length(name) <= 200),
  minutes integer not null check (minutes between 5 and 480),
  created_at timestamptz not null default now()
);
alter table public.treatments enable row level security;

create table public.patients (
  id uuid primary key default gen_random_uuid(),
  full_name text not null check (full_name ~ '\S' and char_length(full_name) <= 200),
  born_on date check (born_on <= current_date),
  phone text check (char_length(phone) <= 60),
  email text check (email ~ '^[^@\s]+@[^@\s]+$' and char_length(email) <= 320),
  remarks text check (char_length(remarks) <= 2000),
  created_at timestamptz not null default now()
);
alter table public.patients enable row level security;

create table public.appointments (
  id uuid primary key default gen_random_uuid(),
  starts_at timestamptz not null,
  patient_id uuid not null references public.patients (id) on delete cascade,
  practitioner_id uuid not null references public.practitioners (id),
  treatment_id uuid references public.treatments (id) on delete set null,
  state text not null default 'booked' check (state in ('booked', 'came', 'missed', 'called_off')),
  created_at timestamptz not null default now()
);
alter table public.appointments enable row level security;
-- Nobody treats two patients at once; what was called off stands in nobody's way.
create unique index one_at_a_time on public.appointments (practitioner_id, starts_at) where state <> 'called_off';
create index appointments_of_patient on public.appointments (patient_id);

create table public.visit_notes (
  id uuid primary key default gen_random_uuid(),
  patient_id uuid not null references public.patients (id) on delete cascade,
  finding text not null check (finding ~ '\S' and char_length(finding) <= 5000),
  created_at timestamptz not null default now()
);
alter table public.visit_notes enable row level security;
create index visit_notes_of_patient on public.visit_notes (patient_id);

revoke all on public.practitioners, public.treatments, public.patients, public.appointments, public.visit_notes
  from public, anon, authenticated, service_role;
grant select, insert, update, delete
  on public.practitioners, public.treatments, public.patients, public.appointments, public.visit_notes
  to service_role, authenticated;

create function private.has_role(variadic wanted text[]) returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(private.my_role() = any (wanted), false)
$$;

-- What everybody in the practice reads, and who changes it.
create policy practitioners_read on public.practitioners for select to authenticated
  using ((select private.has_role('admin', 'practitioner', 'reception')));
create policy practitioners_admin on public.practitioners for all to authenticated
  using ((select private.has_role('admin'))) with check ((select private.has_role('admin')));
create policy treatments_read on public.treatments for select to authenticated
  using ((select private.has_role('admin', 'practitioner', 'reception')));
create policy treatments_admin on public.treatments for all to authenticated
  using ((select private.has_role('admin'))) with check ((select private.has_role('admin')));

create policy patients_practice on public.patients for all to authenticated
  using ((select private.has_role('admin', 'practitioner', 'reception')))
  with check ((select private.has_role('admin', 'practitioner', 'reception')));
create policy appointments_practice on public.appointments for all to authenticated
  using ((select private.has_role('admin', 'practitioner', 'reception')))
  with check ((select private.has_role('admin', 'practitioner', 'reception')));

create policy visit_notes_treating on public.visit_notes for all to authenticated
  using ((select private.has_role('admin', 'practitioner')))
  with check ((select private.has_role('admin', 'practitioner')));
