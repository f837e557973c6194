import { createHash } from "node:crypto";
import type { Migration } from "../migrations.ts";
import { lintMigrations } from "./lint.ts";

/** Numbered migrations with these texts, for tests. */
export function migrations(...texts: string[]): Migration[] {
  return texts.map((sql, index) => ({
    version: index + 1,
    name: "step",
    sql,
    checksum: createHash("sha256").update(sql).digest("hex"),
    transactional: !sql.startsWith("-- atoll: no-transaction"),
  }));
}

/** What was there before: tables with rows in them, complete in every way. */
export const before = `
create table public.old (id uuid primary key, name text, parent_id uuid);
create table public.other (id uuid primary key);
create table public.parts (id uuid primary key) partition by hash (id);
create index old_name_idx on public.old (name);
create index old_parent_idx on public.old (parent_id);
create type public.mood as enum ('glad');
alter table public.old enable row level security;
alter table public.other enable row level security;
alter table public.parts enable row level security;
grant select on public.old, public.other, public.parts to service_role;`;

/** Rule and line of each finding in a text that runs after those tables were made. */
export async function found(sql: string): Promise<string[]> {
  const all = await lintMigrations(migrations(before, sql), { from: 1 });
  return all.map(({ rule, line }) => `${rule} ${line}`);
}

/** Three statements that make a good table. */
export const [made, closed, given] = [
  "create table public.t (id uuid primary key);",
  "alter table public.t enable row level security;",
  "grant select on public.t to service_role;",
] as const;
