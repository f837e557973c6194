import { testDatabase } from "@atoll/postgres/testing";
import pg from "pg";
import { afterAll } from "vitest";
import type { ArchiveOf } from "../manifest.ts";

/** A database of this test's own with some SQL in it, and a connection to it that ends with the file. */
export async function database(sql = ""): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: await testDatabase() });
  client.on("error", () => {});
  await client.connect();
  afterAll(() => client.end());
  await client.query(sql);
  return client;
}

/** What the tests' archives are of. */
export const island: ArchiveOf = {
  kind: "backup",
  instance: { id: "isle0000000000000001", slug: "isle", blueprint: "test" },
  schema: { version: 0 },
  checkpoint: { deploymentId: "dpl_1", commitId: "c0ffee", workflowIds: [] },
};

/** Every kind of column whose values are easily lost on the way: the odd ones of Postgres. */
export const oddSchema = `
create type public.mood as enum ('so so', 'fine', '"quoted"');
create type public.pair as (a integer, b text);
create table public.odd (
  id bigint generated always as identity primary key,
  amount numeric, price numeric(20, 4), bytes bytea, at timestamptz, local timestamp, day date, tod timetz,
  span interval, ratio double precision, small real, doc jsonb, raw json, words text[], numbers integer[][],
  within int4range, many tstzmultirange, couple public.pair, feeling public.mood, flag boolean, code char(5), label text,
  ident uuid, address inet, bits bit varying, big numeric generated always as (amount * 2) stored
);
create table public.heap (n integer, label text);
create table public."Odd ""Name""/.." ("a b" text primary key, "Ü" integer);
create table public.nothing (id integer primary key);`;

/** Auth's tables as far as archives care, with a computed column and a trigger that writes into \`public\`. */
export const authSchema = `
create schema auth;
create table auth.users (
  id uuid primary key, email varchar(255), encrypted_password varchar(255), recovery_token varchar(255) default '',
  raw_app_meta_data jsonb, email_confirmed_at timestamptz, phone_confirmed_at timestamptz,
  confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at)) stored
);
create table auth.identities (
  id uuid primary key, user_id uuid not null references auth.users on delete cascade, provider text, identity_data jsonb
);
create table public.users (
  id uuid primary key references auth.users on delete cascade, email text, updated_at timestamptz not null default now()
);
create function public.mirror() returns trigger language plpgsql as $$
begin
  insert into public.users (id, email) values (new.id, 'by trigger') on conflict (id) do update set email = 'by trigger';
  return new;
end $$;
create trigger mirror after insert on auth.users for each row execute function public.mirror();
create function public.touch() returns trigger language plpgsql as $$
begin new.updated_at := 'epoch'; return new; end $$;
create trigger touch before insert or update on public.users for each row execute function public.touch();`;
