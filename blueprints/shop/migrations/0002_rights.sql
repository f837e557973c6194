-- Who may do what. New tables in public carry no grants on hosted Supabase: what is not granted here is closed.
--   visitor  reads what is published, places an order through place_order (0003); with or without an account
--   staff    catalog, stock, orders and customers
--   admin    also the shop's settings, the people's list and removing things
-- Helpers stand in a schema that the Data API does not serve.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

-- A password that came by mail has to go first: until then its bearer has no role and sees what a visitor sees,
-- over the API as well as in the application.
create function private.must_change_password() returns boolean
language sql stable set search_path = '' as $$
  select coalesce(auth.jwt() -> 'app_metadata' ->> 'must_change_password', 'false') = 'true'
$$;

-- Reads public.users as its owner: a policy on that table may ask it without asking itself.
create function private.my_role() returns text
language sql stable security definer set search_path = '' as $$
  select role from public.users where id = (select auth.uid())
    and (password_changed_at is not null or not private.must_change_password())
$$;

create function private.is_staff() returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(private.my_role() in ('admin', 'staff'), false)
$$;

-- When a password was changed is what Auth says, not what its owner says.
create function private.note_password_change() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.users set password_changed_at = now() where id = new.id;
  return new;
end
$$;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- Only the admin API writes app_metadata, so the role comes from there and from nowhere else. Auth inserts the
-- user first and the metadata a statement later: both events count.
create function private.mirror_auth_user() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  given_role text := new.raw_app_meta_data ->> 'role';
begin
  if given_role not in ('admin', 'staff') then
    given_role := null;
  end if;
  insert into public.users (id, email, full_name, role)
  values (new.id, new.email, left(new.raw_user_meta_data ->> 'full_name', 200), given_role)
  on conflict (id) do update set
    email = excluded.email,
    full_name = coalesce(public.users.full_name, excluded.full_name),
    role = excluded.role;
  return new;
end
$$;

create trigger note_password_change after update of encrypted_password on auth.users
  for each row when (old.encrypted_password is distinct from new.encrypted_password)
  execute function private.note_password_change();

create trigger mirror_to_public_users after insert or update of email, raw_app_meta_data on auth.users
  for each row execute function private.mirror_auth_user();

do $$
declare
  name text;
begin
  for name in select tablename from pg_catalog.pg_tables where schemaname = 'public'
    and tablename not in ('schema_migrations', 'schema_version', 'instance_config')
  loop
    execute format('create trigger touch_updated_at before update on public.%I
      for each row execute function private.touch_updated_at()', name);
    execute format('revoke all on public.%I from public, anon, authenticated, service_role', name);
  end loop;
end
$$;

-- Stock has one way in, for the service role too: levels and movements are left to functions.
grant select, insert, update, delete on public.shop_settings, public.users, public.categories, public.products,
  public.customers, public.orders, public.order_lines, public.notifications to service_role;
grant select, delete, insert (id, product_id, sku, name, price_minor, currency, is_active, position),
  update (product_id, sku, name, price_minor, currency, is_active, position) on public.product_variants to service_role;
grant select on public.stock_levels, public.stock_movements to service_role;

-- --- the shop and its people

grant select on public.shop_settings to anon, authenticated;
grant update (name, description, locale, currency, contact_email, contact_phone, address, takes_orders, hold_hours)
  on public.shop_settings to authenticated;
create policy shop_settings_read on public.shop_settings for select to anon, authenticated using (true);
create policy shop_settings_admin_change on public.shop_settings for update to authenticated
  using ((select private.my_role()) = 'admin') with check ((select private.my_role()) = 'admin');

-- The role is granted to nobody: it comes from Auth.
grant select, update (full_name) on public.users to authenticated;
create policy users_read_self on public.users for select to authenticated
  using (id = (select auth.uid()));
create policy users_admin_read on public.users for select to authenticated
  using ((select private.my_role()) = 'admin');
create policy users_change_self on public.users for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));

-- --- catalog

grant select on public.categories, public.products, public.product_variants to anon, authenticated;
grant insert (name, slug, position), update (name, slug, position), delete on public.categories to authenticated;
grant insert (category_id, name, slug, description, image_url, status),
  update (category_id, name, slug, description, image_url, status), delete on public.products to authenticated;
grant insert (product_id, sku, name, price_minor, currency, is_active, position),
  update (sku, name, price_minor, currency, is_active, position), delete
  on public.product_variants to authenticated;

create policy categories_read on public.categories for select to anon, authenticated using (true);
create policy products_read_published on public.products for select to anon, authenticated
  using (status = 'published');
-- Under the caller's own rights on products: who sees a product sees what of it is sold.
create policy product_variants_read_published on public.product_variants for select to anon, authenticated
  using (is_active and product_id in (select id from public.products where status = 'published'));

do $$
declare
  name text;
begin
  foreach name in array array['categories', 'products', 'product_variants']
  loop
    execute format('create policy %I on public.%I for select to authenticated
      using ((select private.is_staff()))', name || '_staff_read', name);
    execute format('create policy %I on public.%I for insert to authenticated
      with check ((select private.is_staff()))', name || '_staff_add', name);
    execute format('create policy %I on public.%I for update to authenticated
      using ((select private.is_staff())) with check ((select private.is_staff()))', name || '_staff_change', name);
    execute format('create policy %I on public.%I for delete to authenticated
      using ((select private.my_role()) = ''admin'')', name || '_admin_remove', name);
  end loop;
end
$$;

-- --- stock is for the shop's people; what they change of it goes through adjust_stock

grant select, update (low_at) on public.stock_levels to authenticated;
create policy stock_levels_staff_read on public.stock_levels for select to authenticated
  using ((select private.is_staff()));
create policy stock_levels_staff_change on public.stock_levels for update to authenticated
  using ((select private.is_staff())) with check ((select private.is_staff()));

grant select on public.stock_movements to authenticated;
create policy stock_movements_staff_read on public.stock_movements for select to authenticated
  using ((select private.is_staff()));

-- --- orders: prices, sums and numbers are granted to nobody

grant select, update (name, phone, notes), delete on public.customers to authenticated;
create policy customers_staff_read on public.customers for select to authenticated
  using ((select private.is_staff()));
create policy customers_staff_change on public.customers for update to authenticated
  using ((select private.is_staff())) with check ((select private.is_staff()));
create policy customers_admin_remove on public.customers for delete to authenticated
  using ((select private.my_role()) = 'admin');

-- The token is the visitor's.
grant select (id, number, customer_id, status, name, email, phone, address, note, currency, total_minor, paid_at,
  cancelled_at, confirmed_at, created_at, updated_at), update (status, name, phone, address, note)
  on public.orders to authenticated;
create policy orders_staff_read on public.orders for select to authenticated
  using ((select private.is_staff()));
create policy orders_staff_change on public.orders for update to authenticated
  using ((select private.is_staff())) with check ((select private.is_staff()));

grant select on public.order_lines to authenticated;
create policy order_lines_staff_read on public.order_lines for select to authenticated
  using ((select private.is_staff()));

-- --- notifications belong to one person, who can only read them, tick them off and throw them away

grant select, update (read), delete on public.notifications to authenticated;
create policy notifications_own on public.notifications for all to authenticated
  using (user_id = (select auth.uid()) and (select private.is_staff()))
  with check (user_id = (select auth.uid()) and (select private.is_staff()));
