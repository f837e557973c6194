import { afterAll, beforeAll, expect, test } from "vitest";
import { testCloud } from "../../testing/cloud.ts";
import { storageProject, type TestProject } from "./testing/project.ts";

let cloud: Awaited<ReturnType<typeof testCloud>>;
let project: TestProject;

beforeAll(async () => {
  cloud = await testCloud();
  project = await storageProject(cloud, "schema");
});

afterAll(() => cloud?.close());

test("the columns are those of hosted Supabase", async () => {
  const columns = await project.sql(`
    select table_name as "table", array_agg(column_name::text order by column_name) as columns
      from information_schema.columns where table_schema = 'storage' group by 1 order by 1`);
  expect(columns).toEqual([
    {
      table: "buckets",
      columns: [
        "allowed_mime_types",
        "avif_autodetection",
        "created_at",
        "file_size_limit",
        "id",
        "name",
        "owner",
        "owner_id",
        "public",
        "type",
        "updated_at",
      ],
    },
    {
      table: "objects",
      columns: [
        "bucket_id",
        "created_at",
        "id",
        "last_accessed_at",
        "metadata",
        "name",
        "owner",
        "owner_id",
        "path_tokens",
        "updated_at",
        "user_metadata",
        "version",
      ],
    },
  ]);
});

test("the helpers take a name apart", async () => {
  const [parts] = await project.sql(`
    select storage.foldername('a/b/c.tar.gz') as folders, storage.filename('a/b/c.tar.gz') as file,
           storage.extension('a/b/c.tar.gz') as extension, storage.foldername('c') as none`);
  expect(parts).toEqual({ folders: ["a", "b"], file: "c.tar.gz", extension: "gz", none: [] });
});

test("an owner writes buckets, policies and triggers, and drops them again", async () => {
  await project.sql(`
    insert into storage.buckets (id, name) values ('mine', 'mine') on conflict (id) do nothing;
    create policy first on storage.objects for select to authenticated using (bucket_id = 'mine');
    alter policy first on storage.objects using (bucket_id = 'other');
    create policy buckets on storage.buckets for select to anon using (true);
    create function public.seen() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger seen before insert on storage.objects for each row execute function public.seen();
    create table public.covers (object uuid references storage.objects on delete cascade);
    insert into storage.objects (bucket_id, name) values ('mine', 'by hand');
    update storage.objects set name = 'by sql' where name = 'by hand';
    drop policy first on storage.objects; drop policy buckets on storage.buckets;
    drop trigger seen on storage.objects; drop function public.seen() cascade; drop table public.covers`);
  expect(await project.sql("select name from storage.objects")).toEqual([{ name: "by sql" }]);
});

test.each([
  ["drop table storage.objects", /must be owner/],
  ["drop table storage.objects cascade", /must be owner/],
  ["alter table storage.objects disable row level security", /must be owner/],
  ["alter table storage.objects drop column version", /must be owner/],
  ["alter table storage.objects add column mine text", /must be owner/],
  ["alter table storage.objects rename to things", /permission denied for schema storage/],
  ["alter table storage.objects set schema public", /must be owner/],
  ["alter table storage.objects owner to current_user", /must be owner|permission denied/],
  [
    "drop trigger protect_objects_delete on storage.objects; drop owned by supabase_storage_admin",
    /must be owner|permission denied/,
  ],
  ["create index on storage.objects (owner)", /must be owner|permission denied/],
  ["create rule r as on insert to storage.objects do instead nothing", /must be owner/],
  ["create table storage.mine ()", /permission denied for schema storage/],
  [
    "create or replace function storage.filename(name text) returns text language sql as 'select 1'",
    /permission denied/,
  ],
  ["drop schema storage cascade", /must be owner/],
  ["alter schema storage rename to mine", /must be owner|permission denied/],
  ["drop event trigger storage_only_policies_made", /must be owner/],
  ["set role supabase_storage_admin", /permission denied/],
  ["alter role supabase_storage_admin login password 'x'", /permission denied/],
  ["alter role supabase_storage_admin set search_path = x", /permission denied/],
  ["grant supabase_storage_admin to anon", /permission denied/],
  ["drop role supabase_storage_admin", /permission denied/],
  ["delete from storage.objects", /Direct deletion from storage tables is not allowed/],
  ["delete from storage.buckets", /Direct deletion from storage tables is not allowed/],
])("an owner may not: %s", async (statement, message) => {
  await expect(project.sql(statement)).rejects.toThrow(message);
});
