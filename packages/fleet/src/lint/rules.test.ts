import { describe, expect, test } from "vitest";
import { lintMigrations } from "./lint.ts";
import { before, closed, found, given, made, migrations } from "./testing.ts";

const outside = "-- atoll: no-transaction\n";
const indexed = "create index concurrently t_idx on public.old (name);";

/** Each rule: SQL that breaks it, the line that is named, and SQL that does the same in a good way. */
const table: [rule: string, bad: string, line: number, good: string][] = [
  ["table-without-rls", `\n${made}\n${given}`, 2, `${made}\n${given}\n${closed}`],
  [
    "table-without-rls",
    "\n\nalter table public.old disable row level security;",
    3,
    "alter table public.old enable row level security;",
  ],
  [
    "table-without-grant",
    `${made}\n${closed}`,
    1,
    `${made}\n${closed}\ngrant select on all tables in schema public to service_role;`,
  ],
  [
    "policy-missing",
    `${closed.replace("t ", "old ")}\n${made}\n${closed}\ngrant select on public.t to authenticated;`,
    2,
    `${made}\n${closed}\ngrant select on public.t to authenticated;\ncreate policy p on public.t for select using (true);`,
  ],
  [
    "grant-to-public",
    "\ngrant select on public.old to public;",
    2,
    "grant select on public.old to authenticated;",
  ],
  [
    "anon-may-write",
    "\n\ngrant select, insert on public.old to anon;",
    3,
    "grant select on public.old to anon;",
  ],
  ["anon-may-write", "grant all on public.old to anon;", 1, "revoke all on public.old from anon;"],
  [
    "view-as-owner",
    "\ncreate view public.v as select 1 as one;",
    2,
    "create view public.v with (security_invoker = true) as select 1 as one;",
  ],
  [
    "security-definer-search-path",
    "\ncreate function public.f() returns int language sql security definer as $$ select 1 $$;",
    2,
    "create function public.f() returns int language sql security definer set search_path = '' as $$ select 1 $$;",
  ],
  [
    "protected-schema",
    "\ncreate function auth.f() returns int language sql as 'select 1';",
    2,
    "create function private.f() returns int language sql as 'select 1';",
  ],
  [
    "protected-schema",
    "create index concurrently_not on auth.users (email);\n",
    1,
    "create trigger t after insert on auth.users for each row execute function private.f();",
  ],
  [
    "protected-schema",
    "\nalter table storage.objects add column x text;",
    2,
    "create policy p on storage.objects for select using (true);",
  ],
  ["protected-schema", "drop table storage.objects;", 1, "drop policy p on storage.objects;"],
  [
    "protected-schema",
    "revoke all on all tables in schema auth from anon;",
    1,
    "drop trigger t on auth.users;",
  ],
  [
    "unqualified-name",
    "\ncreate type colour as enum ('red');",
    2,
    "create type public.colour as enum ('red');",
  ],
  ["data-loss", "\ndelete from public.old;", 2, "delete from public.old where name is null;"],
  [
    "data-loss",
    "\nupdate public.old set name = '';",
    2,
    "update public.old set name = '' where name is null;",
  ],
  ["data-loss", "truncate public.old;", 1, `${made}${closed}${given}\ntruncate public.t;`],
  ["data-loss", "drop schema stuff cascade;", 1, "create schema stuff;"],
  ["ban-drop-table", "\ndrop table public.old;", 2, `${made}${closed}${given}\ndrop table public.t;`],
  [
    "ban-drop-column",
    "\n\nalter table public.old drop column name;",
    3,
    `${made}${closed}${given}\nalter table public.t drop column id;`,
  ],
  [
    "unsafe-default",
    "create table public.t (\n  id uuid primary key,\n  at timestamptz default 'now'\n);alter table public.t enable row level security;grant select on public.t to service_role;",
    3,
    `create table public.t (id uuid primary key, at timestamptz default now());${closed}${given}`,
  ],
  [
    "unsafe-default",
    "\nalter table public.old alter column name set default md5(random()::text);",
    2,
    "alter table public.old alter column name set default md5('a');",
  ],
  [
    "foreign-key-without-index",
    `create table public.t (id uuid primary key,\n  of uuid references public.old (id));${closed}${given}`,
    2,
    `create table public.t (id uuid primary key, of uuid references public.old (id));${closed}${given}create index t_of on public.t (of, id);`,
  ],
  [
    "foreign-key-without-index",
    `create table public.t (id uuid primary key,\n  of uuid references public.old (id));${closed}${given}create index t_of on public.t (id, of);`,
    2,
    `create table public.t (of uuid primary key references public.old (id));${closed}${given}`,
  ],
  [
    "foreign-key-without-index",
    `create table public.t (id uuid primary key,\n  of uuid references public.old (id));${closed}${given}create index t_of on public.t (of) where id is null;`,
    2,
    `create table public.t (id uuid primary key, of uuid references public.old (id));${closed}${given}create index t_of on public.t (of) where of is not null;`,
  ],
  [
    "table-rewrite",
    "\nalter table public.old add column n bigserial;",
    2,
    "alter table public.old add column n bigint;",
  ],
  [
    "table-rewrite",
    "alter table public.old set unlogged;",
    1,
    `${made}${closed}${given}alter table public.t set unlogged;`,
  ],
  ["table-rewrite", `${outside}vacuum full public.old;`, 2, `${outside}vacuum public.old;`],
  ["long-lock", "\nlock table public.old;", 2, "select 1;"],
  [
    "long-lock",
    "alter table public.old add constraint c check (name <> '') not valid;\nalter table public.old validate constraint c;",
    2,
    "alter table public.old validate constraint c;",
  ],
  [
    "long-lock",
    "refresh materialized view public.sums;",
    1,
    "refresh materialized view concurrently public.sums;",
  ],
  ["concurrent-in-transaction", `\n${indexed}`, 2, `${outside}${indexed}`],
  ["concurrent-in-transaction", "vacuum public.old;", 1, `${outside}vacuum public.old;`],
  [
    "concurrent-in-transaction",
    "reindex index concurrently public.old_name_idx;",
    1,
    `${outside}reindex index concurrently public.old_name_idx;`,
  ],
  [
    "concurrent-in-transaction",
    "alter type public.mood add value 'sad';\nupdate public.old set name = 'sad' where id is null;",
    2,
    "alter type public.mood add value 'sad';",
  ],
  ["transaction-control", "select 1;\ncommit;", 2, "select 1;"],
  ["set-role", "\nset role postgres;", 2, "set lock_timeout = '1s';"],
  [
    "adding-required-field",
    "\nalter table public.old add column n int not null;",
    2,
    "alter table public.old add column n int not null default 0;",
  ],
  [
    "adding-field-with-default",
    "\nalter table public.old add column n uuid default gen_random_uuid();",
    2,
    "alter table public.old add column n timestamptz default now();",
  ],
  [
    "adding-serial-primary-key-field",
    "\nalter table public.old add primary key (id);",
    2,
    "alter table public.old add primary key using index old_id_idx;",
  ],
  [
    "adding-not-nullable-field",
    "\nalter table public.old alter column name set not null;",
    2,
    "alter table public.old alter column name set default '';",
  ],
  [
    "changing-column-type",
    "\nalter table public.old alter column name type varchar;",
    2,
    "alter table public.old add column short varchar;",
  ],
  [
    "adding-foreign-key-constraint",
    "\nalter table public.old add constraint k foreign key (parent_id) references public.other (id);",
    2,
    "alter table public.old add constraint k foreign key (parent_id) references public.other (id) not valid;",
  ],
  [
    "constraint-missing-not-valid",
    "\nalter table public.old add constraint c check (name <> '');",
    2,
    "alter table public.old add constraint c check (name <> '') not valid;",
  ],
  [
    "outside-without-need",
    `${outside}${indexed}\nupdate public.old set name = name || '!' where name <> '';`,
    3,
    `${outside}set statement_timeout = '1h';\n${indexed}\nvacuum public.old;`,
  ],
  [
    "disallowed-unique-constraint",
    "\nalter table public.old add constraint u unique (name);",
    2,
    "alter table public.old add constraint u unique using index old_name_idx;",
  ],
  ["require-concurrent-index-creation", "\ncreate index i on public.old (name);", 2, `${outside}${indexed}`],
  [
    "require-concurrent-index-deletion",
    "\ndrop index public.old_name_idx;",
    2,
    `${outside}drop index concurrently public.old_name_idx;`,
  ],
  [
    "require-concurrent-reindex",
    "\nreindex table public.old;",
    2,
    `${outside}reindex table concurrently public.old;`,
  ],
  [
    "require-concurrent-partition-detach",
    "\nalter table public.parts detach partition public.part;",
    2,
    `${outside}alter table public.parts detach partition public.part concurrently;`,
  ],
  [
    "renaming-column",
    "\nalter table public.old rename column name to title;",
    2,
    "alter table public.old add column title text;",
  ],
  [
    "renaming-table",
    "\nalter table public.old rename to new;",
    2,
    "alter index public.old_name_idx rename to i;",
  ],
  ["ban-drop-database", `${outside}drop database everything;`, 2, "select 1;"],
  ["ban-drop-not-null", "\nalter table public.old alter column id drop not null;", 2, "select 1;"],
  ["ban-truncate-cascade", "\ntruncate public.old cascade;", 2, "delete from public.old where id is null;"],
  [
    "ban-alter-domain-with-add-constraint",
    "\nalter domain public.d add constraint c check (value > '');",
    2,
    "create domain public.d as text;",
  ],
  [
    "identifier-too-long",
    `\nalter table public.old add column ${"a".repeat(70)} text;`,
    2,
    `alter table public.old add column ${"a".repeat(60)} text;`,
  ],
];

describe("rules", () => {
  test.each(table)("%s: %j", async (rule, bad, line, good) => {
    expect(await found(bad)).toContain(`${rule} ${line}`);
    expect(await found(good)).toEqual([]);
  });

  test("each finding says what it is about and what to do", async () => {
    for (const [, bad] of table)
      for (const { what, next } of await lintMigrations(migrations(before, bad), { from: 1 })) {
        expect(what).toMatch(/^\S.*\.$/);
        expect(next).toMatch(/^\S.*[.]$/);
      }
  });
});
