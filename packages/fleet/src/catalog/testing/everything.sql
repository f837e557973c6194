-- One of each kind of object that a catalog covers, in a schema of its own, beside a real blueprint's tables.
create schema depot;
grant usage on schema depot to authenticated;

create type depot.mood as enum ('low', 'fair', 'high');
create type depot.address as (street text, city text);
create type depot.span as range (subtype = integer);
create domain depot.price as numeric(12, 2) default 0 constraint not_negative check (value >= 0);
create sequence depot.ticket_number start 100 increment 5;

create table depot.items (
  id bigint generated always as identity primary key,
  number serial,
  code text not null collate "C",
  label varchar(40) not null default 'none',
  amount numeric(14, 2) not null default 0,
  size_bytes integer,
  doubled numeric generated always as (amount * 2) stored,
  mood depot.mood not null default 'fair',
  price depot.price,
  seen_on date default '2026-01-31',
  "Odd name" text,
  period tsrange,
  constraint items_code_key unique (code),
  constraint items_amount_check check (amount >= 0),
  constraint items_period_excl exclude using gist (period with &&)
) with (fillfactor = 90);
alter table depot.items enable row level security;
alter table depot.items force row level security;
create index items_mood on depot.items (mood) where amount > 0;

create table depot.parts (
  id integer primary key,
  item_code text not null constraint parts_item_code_fkey references depot.items (code) on delete cascade,
  at depot.address
);
alter table depot.parts enable row level security;
alter table depot.parts add constraint parts_id_check check (id > 0) not valid;

create table depot.logs (at timestamptz not null, text text) partition by range (at);
create table depot.logs_2026 partition of depot.logs for values from ('2026-01-01') to ('2027-01-01');
create index logs_at on depot.logs (at);
alter table depot.logs enable row level security;
alter table depot.logs_2026 enable row level security;
create unlogged table depot.cache (key text primary key, value jsonb);
alter table depot.cache enable row level security;

create view depot.cheap with (security_invoker = on) as select id, code, amount from depot.items where amount < 10;
create view depot.cheapest as select code from depot.cheap where amount < 1;
create materialized view depot.totals as select mood, sum(amount) as total from depot.items group by mood;
create unique index totals_mood on depot.totals (mood);

create function depot.total(p_mood depot.mood, p_least numeric default 0) returns numeric
language sql stable security definer set search_path = '' as $$
  select coalesce(sum(amount), 0) from depot.items where mood = p_mood and amount >= p_least
$$;
create function depot.is_staff() returns boolean language sql stable as $$ select true $$;
create function depot.items_of(p_mood depot.mood) returns setof depot.items language sql stable as
  $$ select * from depot.items where mood = p_mood $$;
create procedure depot.clean(p_days integer) language plpgsql as $$ begin delete from depot.logs; end $$;
create aggregate depot.longest (integer) (sfunc = int4larger, stype = integer, initcond = '0');
create function depot.stamp() returns trigger language plpgsql as $$ begin return new; end $$;
revoke all on function depot.total(depot.mood, numeric) from public;
grant execute on function depot.total(depot.mood, numeric) to authenticated;
revoke all on type depot.mood from public;
grant usage on type depot.mood to authenticated, service_role;

create trigger stamp before insert or update on depot.items for each row when (new.amount > 0) execute function depot.stamp();
create trigger quiet after insert on depot.items for each statement execute function depot.stamp();
alter table depot.items disable trigger quiet;
create rule no_delete as on delete to depot.parts do instead nothing;

create policy staff on depot.items to authenticated using ((select depot.is_staff()) and amount > 0) with check (amount > 0);
create policy narrow on depot.items as restrictive for select to anon, authenticated using (mood <> 'low');
create policy everybody on depot.parts for select using (true);

grant select, insert (code, label), update (label) on depot.items to authenticated;
grant select on depot.cheap, depot.totals to anon, authenticated;
grant all on depot.parts to service_role with grant option;
grant usage on sequence depot.ticket_number to authenticated;
alter default privileges in schema depot grant select on tables to service_role;
alter default privileges revoke execute on functions from public;

create publication depot_changes for table depot.items (id, code), depot.parts where (id > 10);
