import { createHash } from "node:crypto";
import type { SchemaFile } from "@atoll/core/blueprint";

const tablesOf = (from: number) => [from, from + 1, from + 2];

const table = (n: number) => `
create table public.t${n} (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  title text not null check (char_length(title) between 1 and 200),
  status text not null default 'new',
  amount numeric(14, 2) not null default 0,
  ${n > 1 ? `parent_id uuid references public.t${n - 1} (id) on delete cascade,` : ""}
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.t${n} enable row level security;
create policy t${n}_own on public.t${n} to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
grant select, insert, update, delete on public.t${n} to authenticated;
grant all on public.t${n} to service_role;
create index t${n}_owner on public.t${n} (owner_id);`;

const all = Array.from({ length: 21 }, (_, n) => n + 1);
const each = (write: (n: number) => string) => all.map(write).join("\n");

/** 21 tables with row-level security in twelve migrations, as a product grows: tables first, then what belongs to them. */
const files: readonly [name: string, sql: string][] = [
  ...[1, 4, 7, 10, 13, 16, 19].map((from): [string, string] => [
    `tables_from_${from}`,
    tablesOf(from).map(table).join("\n"),
  ]),
  [
    "touch",
    `create function public.touch() returns trigger language plpgsql set search_path = '' as
  $$ begin new.updated_at := now(); return new; end $$;
${each((n) => `create trigger t${n}_touch before update on public.t${n} for each row execute function public.touch();`)}`,
  ],
  ["status_indexes", each((n) => `create index t${n}_status on public.t${n} (status);`)],
  ["notes", each((n) => `alter table public.t${n} add column note text;`)],
  ["amounts", each((n) => `alter table public.t${n} add constraint t${n}_amount check (amount >= 0);`)],
  [
    "totals",
    `create view public.totals with (security_invoker = true) as
${all.map((n) => `select 't${n}' as name, sum(amount) as amount from public.t${n}`).join(" union all\n")};
grant select on public.totals to authenticated;`,
  ],
];

/** The twelve, as a blueprint has them. */
export const fleetMigrations: readonly SchemaFile[] = files.map(([name, sql], index) => ({
  version: index + 1,
  name,
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
  transactional: true,
}));
