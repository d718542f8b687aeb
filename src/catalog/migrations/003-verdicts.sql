-- What becomes of reserved stock once the verdict on its order is known. The rules about locks and plans
-- are those of 002-reserve.sql.

-- Locks the stock of those of these orders that still have some, and says which they are. Lines of a
-- reservation never change, so they may be read before the locks are there; its state may, so whoever
-- asked for the locks asks for it again. Two who want the same order meet at its stock.
create function catalog.lock_stock_of(ids uuid[], out active uuid[])
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  skus int[];
begin
  select array_agg(distinct r.order_id), array_agg(distinct u.sku) into active, skus
  from catalog.reservations r, unnest(r.skus) u(sku)
  where r.order_id = any (ids) and r.purpose = 'O' and r.state = 'A';
  perform from catalog.stock s where s.sku = any (skus) order by s.sku for no key update;
end
$$;

-- Gives the stock of orders back, once; says how many of them had any.
create function catalog.release_orders(ids uuid[], made_at timestamptz, out released int)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  active uuid[] := catalog.lock_stock_of(ids);
begin
  with freed as (
    update catalog.reservations r set state = 'R', updated_at = made_at
    where r.order_id = any (active) and r.state = 'A'
    returning r.skus, r.qtys
  ), returned as (
    update catalog.stock s
    set available = s.available + f.quantity, reserved = s.reserved - f.quantity,
      ver = s.ver + 1, updated_at = made_at
    from (
      select u.sku, sum(u.quantity) as quantity
      from freed, unnest(freed.skus, freed.qtys) u(sku, quantity) group by u.sku
    ) f
    where s.sku = f.sku
  )
  select count(*) into released from freed;
end
$$;

-- Lets the stock of orders leave the house, once; says how many of them had any.
create function catalog.ship_orders(
  ids uuid[], made_at timestamptz, by_request text, by_trace text, out shipped int
)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  active uuid[] := catalog.lock_stock_of(ids);
begin
  with gone as (
    update catalog.reservations r set state = 'S', updated_at = made_at
    where r.order_id = any (active) and r.state = 'A'
    returning r.order_id, r.fp, r.skus, r.qtys
  ), taken as (
    update catalog.stock s
    set reserved = s.reserved - g.quantity, ver = s.ver + 1, updated_at = made_at
    from (
      select u.sku, sum(u.quantity) as quantity
      from gone, unnest(gone.skus, gone.qtys) u(sku, quantity) group by u.sku
    ) g
    where s.sku = g.sku
  ), moved as (
    -- An order leaves but once, and the id that follows from it makes sure.
    insert into catalog.stock_moves (move_id, sku, delta, reason, note, available_after, fp, at,
      request_id, trace_id)
    select substr(encode(sha256(convert_to('shipped ' || g.order_id || ' ' || u.sku, 'UTF8')), 'hex'),
        1, 32)::uuid,
      u.sku, -u.quantity, 'shipped', 'order ' || g.order_id, s.available, g.fp, made_at,
      by_request, by_trace
    from gone g
    cross join lateral unnest(g.skus, g.qtys) u(sku, quantity)
    join catalog.stock s on s.sku = u.sku
    order by g.order_id, u.sku
  )
  select count(*) into shipped from gone;
end
$$;

-- Ends the wait of batches: their verdicts are known, and `ids` are the orders that came to nothing.
create function catalog.settle_batches(
  batches uuid[], ids uuid[], made_at timestamptz, out released int
)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  -- Only these end: one that has appeared since would have to be waited for with stock in hand.
  locked uuid[];
begin
  select array_agg(h.batch_id) into locked
  from (
    select batch_id from catalog.holds
    where batch_id = any (batches) order by batch_id for update
  ) h;
  released := catalog.release_orders(ids, made_at);
  delete from catalog.holds h where h.batch_id = any (locked);
end
$$;
