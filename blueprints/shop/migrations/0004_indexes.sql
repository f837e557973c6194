-- Beside the indexes of keys and unique constraints: one for each foreign key, for what policies filter by, and
-- for what pages and automations ask for.
create index users_role_idx on public.users (role);
create index products_category_id_idx on public.products (category_id);
create index products_published_idx on public.products (status, name);
create index product_variants_product_id_idx on public.product_variants (product_id, position);
create index stock_levels_low_idx on public.stock_levels (quantity) where is_low;
create index orders_customer_id_idx on public.orders (customer_id);
create index orders_status_idx on public.orders (status, created_at desc);
create index orders_unconfirmed_idx on public.orders (created_at) where confirmed_at is null;
create index order_lines_variant_id_idx on public.order_lines (variant_id);
create index stock_movements_variant_id_idx on public.stock_movements (variant_id, created_at desc);
create index stock_movements_order_id_idx on public.stock_movements (order_id);
create index stock_movements_created_by_idx on public.stock_movements (created_by);
create index notifications_user_id_idx on public.notifications (user_id, read);
