-- Contents of files and the company's logo stand in Supabase Storage. A file's row comes first and says where its
-- object goes; who sees the row may read the object, so rights are decided once, on public.files.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('files', 'files', false, 52428800, null),
  ('branding', 'branding', true, 2097152, array['image/png', 'image/jpeg', 'image/webp'])
on conflict (id) do nothing;

create policy files_read on storage.objects for select to authenticated
  using (bucket_id = 'files' and exists (select from public.files f where f.storage_path = objects.name));
-- No policy for update: what was uploaded once is not overwritten.
create policy files_add on storage.objects for insert to authenticated
  with check (bucket_id = 'files' and exists (
    select from public.files f where f.storage_path = objects.name and f.uploaded_by = (select auth.uid())));
create policy files_remove on storage.objects for delete to authenticated
  using (bucket_id = 'files' and exists (
    select from public.files f where f.storage_path = objects.name
      and ((select private.is_lead()) or (f.uploaded_by = (select auth.uid()) and (select private.my_role()) = 'member'))));

-- Anybody reads the logo by its public address, which asks no policy; these are for the one who changes it.
create policy branding_admin on storage.objects for all to authenticated
  using (bucket_id = 'branding' and (select private.my_role()) = 'admin')
  with check (bucket_id = 'branding' and (select private.my_role()) = 'admin');
