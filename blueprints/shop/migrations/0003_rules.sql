-- What people ask for by name, and what holds between rows whoever writes them.

-- --- stock

create function private.begin_stock() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.stock_levels (variant_id) values (new.id);
  return null;
end
$$;
create trigger begin_stock after insert on public.product_variants
  for each row execute function private.begin_stock();

-- The one way in which stock changes. The caller holds the level's lock, or takes it here.
create function private.move_stock(p_variant_id uuid, p_quantity integer, p_reason text, p_order_id uuid, p_note text)
returns integer
language plpgsql set search_path = '' as $$
declare
  stock_left integer;
begin
  update public.stock_levels set quantity = quantity + p_quantity
  where variant_id = p_variant_id returning quantity into stock_left;
  if not found then
    raise exception 'There is no such variant.' using errcode = 'P0002';
  end if;
  insert into public.stock_movements (variant_id, quantity, reason, order_id, note, stock_after, created_by)
  values (p_variant_id, p_quantity, p_reason, p_order_id, p_note, stock_left,
    (select id from public.users where id = auth.uid()));
  update public.product_variants set in_stock = stock_left > 0
  where id = p_variant_id and in_stock <> (stock_left > 0);
  return stock_left;
end
$$;

-- Goods that came, were counted, broke or came back; gives the stock that there is now.
create function public.adjust_stock(p_variant_id uuid, p_quantity integer, p_reason text, p_note text default null)
returns integer
language plpgsql security definer set search_path = '' as $$
begin
  if not private.is_staff() then
    raise exception 'Only the shop''s people change stock.' using errcode = '42501';
  end if;
  if p_reason is null or p_reason not in ('received', 'counted', 'damaged', 'returned') then
    raise exception 'Give as the reason: received, counted, damaged or returned.' using errcode = '22023';
  end if;
  if p_quantity is null then
    raise exception 'Give a quantity.' using errcode = '22023';
  end if;
  return private.move_stock(p_variant_id, p_quantity, p_reason, null, p_note);
exception
  when check_violation or numeric_value_out_of_range then
    raise exception 'out_of_stock' using errcode = '23514', detail = p_variant_id::text,
      hint = 'There are fewer than that, or the quantity is zero or too large.';
end
$$;

-- --- orders

-- Places an order in one transaction: prices come from the catalog, stock is checked and lowered. Messages are
-- words that a page translates; `detail` says which article (its SKU).
--   p_lines: [{"variant_id": uuid, "quantity": 1..99}, ...], 1 to 50 articles
create function public.place_order(
  p_request_id uuid,
  p_name text,
  p_email text,
  p_address text,
  p_lines jsonb,
  p_phone text default null,
  p_note text default null
) returns table (number bigint, token uuid, status text, currency text, total_minor bigint)
language plpgsql security definer set search_path = '' as $$
declare
  address_of_mail text := lower(trim(coalesce(p_email, '')));
  shop public.shop_settings;
  placed public.orders;
  customer uuid;
  article record;
begin
  if p_request_id is null then
    raise exception 'request_id_missing' using errcode = '22023';
  end if;
  -- Sent twice: the answer of the first time.
  select * into placed from public.orders o where o.request_id = p_request_id;
  if found then
    return query select placed.number, placed.token, placed.status, placed.currency, placed.total_minor;
    return;
  end if;

  select * into shop from public.shop_settings;
  if not found or not shop.takes_orders then
    raise exception 'shop_closed' using errcode = '22023';
  end if;
  if p_name is null or p_name !~ '\S' or char_length(p_name) > 200 then
    raise exception 'name_invalid' using errcode = '22023';
  end if;
  if address_of_mail !~ '^[^@\s]+@[^@\s]+$' or char_length(address_of_mail) > 320 then
    raise exception 'email_invalid' using errcode = '22023';
  end if;
  if p_address is null or p_address !~ '\S' or char_length(p_address) > 1000 then
    raise exception 'address_invalid' using errcode = '22023';
  end if;
  if char_length(p_phone) > 60 or char_length(p_note) > 2000 then
    raise exception 'text_too_long' using errcode = '22023';
  end if;
  if p_lines is null or jsonb_typeof(p_lines) <> 'array' or jsonb_array_length(p_lines) not between 1 and 50 then
    raise exception 'lines_invalid' using errcode = '22023';
  end if;
  if exists (select from jsonb_array_elements(p_lines) l where not coalesce(
      jsonb_typeof(l) = 'object'
      and l ->> 'variant_id' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
      and jsonb_typeof(l -> 'quantity') = 'number'
      and l ->> 'quantity' ~ '^[1-9][0-9]?$', false)) then
    raise exception 'lines_invalid' using errcode = '22023';
  end if;

  insert into public.customers (email, name, phone) values (address_of_mail, trim(p_name), p_phone)
  on conflict (email) do nothing;
  select id into customer from public.customers c where c.email = address_of_mail;

  insert into public.orders (request_id, customer_id, name, email, phone, address, note, currency)
  values (p_request_id, customer, trim(p_name), address_of_mail, p_phone, trim(p_address), p_note, shop.currency)
  on conflict (request_id) do nothing
  returning * into placed;
  if not found then -- the same order was being placed at the same time, and is now
    return query select o.number, o.token, o.status, o.currency, o.total_minor
      from public.orders o where o.request_id = p_request_id;
    return;
  end if;

  -- Always in the same order: two orders of the same articles wait for each other and never in a circle.
  for article in
    select v.id, v.sku, v.name as variant_name, v.price_minor, v.currency, s.quantity as stock, p.name as product_name, l.quantity,
      v.is_active and p.status = 'published' as is_sold
    from (select (e ->> 'variant_id')::uuid as variant_id, sum((e ->> 'quantity')::integer)::integer as quantity
      from jsonb_array_elements(p_lines) e group by 1) l
    join public.product_variants v on v.id = l.variant_id
    join public.products p on p.id = v.product_id
    join public.stock_levels s on s.variant_id = v.id
    order by v.id
    for update of s
  loop
    -- An article that is not sold is not told apart from one that never was.
    continue when not article.is_sold;
    if article.quantity > 999 then
      raise exception 'lines_invalid' using errcode = '22023';
    end if;
    if article.currency <> shop.currency then
      raise exception 'not_for_sale' using errcode = '22023', detail = article.sku;
    end if;
    if article.stock < article.quantity then
      raise exception 'out_of_stock' using errcode = '23514', detail = article.sku;
    end if;
    perform private.move_stock(article.id, -article.quantity, 'sold', placed.id, null);
    insert into public.order_lines (order_id, variant_id, sku, product_name, variant_name, quantity, unit_price_minor)
    values (placed.id, article.id, article.sku, article.product_name, article.variant_name, article.quantity, article.price_minor);
  end loop;
  if (select count(*) from public.order_lines l where l.order_id = placed.id)
    <> (select count(distinct lower(e ->> 'variant_id')) from jsonb_array_elements(p_lines) e) then
    raise exception 'not_for_sale' using errcode = '22023';
  end if;

  update public.orders o set total_minor = (select sum(l.amount_minor) from public.order_lines l where l.order_id = o.id)
  where o.id = placed.id
  returning * into placed;
  return query select placed.number, placed.token, placed.status, placed.currency, placed.total_minor;
end
$$;

-- What a visitor sees of their own order: number and token, as place_order gave them.
create function public.order_status(p_number bigint, p_token uuid)
returns table (number bigint, status text, currency text, total_minor bigint, placed_at timestamptz, lines jsonb)
language sql stable security definer set search_path = '' as $$
  select o.number, o.status, o.currency, o.total_minor, o.created_at,
    (select coalesce(jsonb_agg(jsonb_build_object('name', l.product_name, 'variant', l.variant_name,
      'quantity', l.quantity, 'amount_minor', l.amount_minor) order by l.sku), '[]')
      from public.order_lines l where l.order_id = o.id)
  from public.orders o where o.number = p_number and o.token = p_token
$$;

-- The ways an order may go. Cancelling puts its goods back.
create function private.check_order() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  line record;
begin
  if old.status = new.status then
    return new;
  end if;
  if (old.status, new.status) not in (('placed', 'paid'), ('placed', 'cancelled'), ('paid', 'sent'), ('paid', 'done'),
    ('paid', 'cancelled'), ('sent', 'done')) then
    raise exception 'An order cannot go from % to %.', old.status, new.status using errcode = '23514';
  end if;
  if new.status = 'paid' then
    new.paid_at := now();
  end if;
  if new.status = 'cancelled' then
    new.cancelled_at := now();
    for line in select variant_id, quantity from public.order_lines
      where order_id = new.id and variant_id is not null order by variant_id
    loop
      perform private.move_stock(line.variant_id, line.quantity, 'cancelled', new.id, null);
    end loop;
  end if;
  return new;
end
$$;
create trigger check_order before update of status on public.orders
  for each row execute function private.check_order();

-- For the automations: cancels what was not paid in time; gives how many.
create function public.cancel_unpaid_orders() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  stale uuid[];
begin
  select coalesce(array_agg(o.id), '{}') into stale from (
    select id from public.orders where status = 'placed'
      and created_at < now() - make_interval(hours => (select hold_hours from public.shop_settings))
    order by id for update skip locked) o;
  -- All levels at once and in place_order's order, so that the two never wait for each other in a circle.
  perform from public.stock_levels where variant_id in (
    select variant_id from public.order_lines where order_id = any(stale)) order by variant_id for update;
  update public.orders set status = 'cancelled' where id = any(stale);
  return cardinality(stale);
end
$$;

-- What runs low, under the caller's own rights.
create function public.low_stock() returns table (sku text, product text, variant text, quantity integer)
language sql stable set search_path = '' as $$
  select v.sku, p.name, v.name, s.quantity
  from public.stock_levels s
    join public.product_variants v on v.id = s.variant_id
    join public.products p on p.id = v.product_id
  where s.is_low and v.is_active and p.status = 'published'
  order by s.quantity, v.sku
$$;

revoke all on all functions in schema private from public;
grant execute on function private.must_change_password(), private.my_role(), private.is_staff() to authenticated, service_role;

revoke all on function public.adjust_stock(uuid, integer, text, text),
  public.place_order(uuid, text, text, text, jsonb, text, text), public.order_status(bigint, uuid),
  public.cancel_unpaid_orders(), public.low_stock() from public, anon, authenticated, service_role;
grant execute on function public.place_order(uuid, text, text, text, jsonb, text, text), public.order_status(bigint, uuid)
  to anon, authenticated;
grant execute on function public.adjust_stock(uuid, integer, text, text) to authenticated;
grant execute on function public.low_stock() to authenticated, service_role;
grant execute on function public.cancel_unpaid_orders() to service_role;
