-- What orders do to stock. Each function is one round trip, so nobody who stalls between two holds a
-- row of stock, and each of its statements sees what was committed before it began: after the locks
-- a decision rests on the rows as they are.
--
-- Everywhere locks are taken in one order: holds (batch_id), stock (sku), reservations (order_id).
--
-- PostgreSQL takes every array for a short one of ten. So the plans are made once and are always the
-- same: loops over the arrays that look rows up by index. What belongs together is kept in arrays of
-- equal length, because a join of two arrays would be such a loop too, over all pairs.

-- Gives orders that want scarce stock what is left, in the order of their arrival and all or nothing.
-- Who does not fit becomes F, and `remains` says for each line that was short what there was then.
create function catalog.share_out(
  inout verdicts "char"[], line_orders int[], line_skus int[], line_quantities int[],
  line_available bigint[], out remains bigint[]
)
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
declare
  -- The place of each line's sku among all, whether that is scarce, and what each place has left.
  places int[];
  scarce boolean[];
  left_over bigint[];
  wish record;
  line int;
  fits boolean;
begin
  select array_agg(l.place order by l.n), array_agg(l.is_scarce order by l.n)
  into places, scarce
  from (
    select u.n, dense_rank() over (order by u.sku) as place,
      u.available < sum(u.quantity) filter (where verdicts[u.o] = 'N') over (partition by u.sku)
        as is_scarce
    from unnest(line_orders, line_skus, line_quantities, line_available)
      with ordinality u(o, sku, quantity, available, n)
  ) l;

  select array_agg(s.available order by s.sku) into left_over
  from (
    select u.sku, min(u.available) as available
    from unnest(line_skus, line_available) u(sku, available) group by u.sku
  ) s;

  remains := array_fill(null::bigint, array[cardinality(line_orders)]);
  for wish in
    select u.o, array_agg(u.n::int order by u.n) as lines
    from unnest(line_orders, scarce) with ordinality u(o, is_scarce, n)
    where u.is_scarce and verdicts[u.o] = 'N'
    group by u.o order by u.o
  loop
    fits := true;
    foreach line in array wish.lines loop
      if left_over[places[line]] < line_quantities[line] then
        fits := false;
        remains[line] := left_over[places[line]];
      end if;
    end loop;
    if fits then
      foreach line in array wish.lines loop
        left_over[places[line]] := left_over[places[line]] - line_quantities[line];
      end loop;
    else
      verdicts[wish.o] := 'F';
    end if;
  end loop;
end
$$;

-- Reserves stock for a batch of orders. Lines come order by order, each with the number of its order.
-- `outcome` has a letter for each order:
--   N  reserved now                      U  a product is not known
--   A  reserved before, and still is     T  the total is too large to be exact
--   S  reserved before, shipped          F  does not fit into what is left
--   R  was released                      M  the reservation is for another request
-- `titles`, `prices` and `remains` have a value for each line, and `repeats` has the lines of the
-- orders that are A or S, as they were reserved.
create function catalog.reserve_batch(
  this_batch uuid, settled uuid[], ids uuid[], fps bytea[],
  line_orders int[], line_products text[], line_quantities int[], made_at timestamptz,
  out outcome text, out titles json, out prices json, out remains json, out repeats json
)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  verdicts "char"[];
  line_skus int[];
  line_titles text[];
  line_available bigint[];
  line_prices bigint[];
  line_remains bigint[];
  made uuid[];
  undecided uuid[];
begin
  -- Whoever repeats this very batch waits here, before anything else is locked, and so no later
  -- step ever waits for a row of holds.
  perform pg_advisory_xact_lock(hashtextextended(this_batch::text, 0));
  perform from catalog.holds h where h.batch_id = this_batch for update;
  if cardinality(settled) > 0 then
    delete from catalog.holds h where h.batch_id in (
      select s.batch_id from catalog.holds s
      where s.batch_id = any (settled) and s.batch_id <> this_batch
      order by s.batch_id for update skip locked
    );
  end if;

  select array_agg(p.sku order by l.n), array_agg(p.title order by l.n)
  into line_skus, line_titles
  from unnest(line_products) with ordinality l(id, n)
  left join catalog.products p on p.id = l.id;

  perform from catalog.stock s where s.sku = any (line_skus) order by s.sku for no key update;

  select array_agg(s.available order by l.n), array_agg(s.price_cents order by l.n)
  into line_available, line_prices
  from unnest(line_skus) with ordinality l(sku, n)
  left join catalog.stock s on s.sku = l.sku;

  -- What was reserved before is as it was; only then does it matter what is asked for now.
  select array_agg(
    case when r.order_id is null then o.verdict
      when r.purpose <> 'O' or r.fp <> fps[o.o] then 'M'
      else r.state end
    order by o.o)
  into verdicts
  from (
    select l.o, case when bool_or(l.price is null) then 'U'::"char"
      when sum(l.price * l.quantity) > 9007199254740991 then 'T' else 'N' end as verdict
    from unnest(line_orders, line_prices, line_quantities) l(o, price, quantity)
    group by l.o
  ) o
  left join catalog.reservations r on r.order_id = ids[o.o];

  if exists (
    select from unnest(line_orders, line_skus, line_quantities, line_available)
      l(o, sku, quantity, available)
    where verdicts[l.o] = 'N'
    group by l.sku having sum(l.quantity) > min(l.available)
  ) then
    select s.verdicts, s.remains into verdicts, line_remains
    from catalog.share_out(verdicts, line_orders, line_skus, line_quantities, line_available) s;
  end if;

  with inserted as (
    insert into catalog.reservations
      (order_id, purpose, fp, skus, qtys, prices, state, created_at, updated_at)
    select ids[l.o], 'O', fps[l.o], array_agg(l.sku order by l.n),
      array_agg(l.quantity order by l.n), array_agg(l.price order by l.n), 'A', made_at, made_at
    from unnest(line_orders, line_skus, line_quantities, line_prices)
      with ordinality l(o, sku, quantity, price, n)
    where verdicts[l.o] = 'N'
    group by l.o
    order by ids[l.o]
    on conflict (order_id) do nothing
    returning order_id
  )
  select coalesce(array_agg(order_id), '{}') into made from inserted;

  -- Somebody has reserved the same order for other products in this moment: that one is first.
  if cardinality(made) < cardinality(array_positions(verdicts, 'N')) then
    select array_agg(
      case when verdicts[o.n] <> 'N' or o.id = any (made) then verdicts[o.n]
        when r.purpose <> 'O' or r.fp <> fps[o.n] then 'M'
        else coalesce(r.state, 'R') end
      order by o.n)
    into verdicts
    from unnest(ids) with ordinality o(id, n)
    left join catalog.reservations r on r.order_id = o.id;
  end if;

  update catalog.stock s
  set available = s.available - d.quantity, reserved = s.reserved + d.quantity,
    ver = s.ver + 1, updated_at = made_at
  from (
    select l.sku, sum(l.quantity) as quantity
    from unnest(line_orders, line_skus, line_quantities) l(o, sku, quantity)
    where verdicts[l.o] = 'N' group by l.sku
  ) d
  where s.sku = d.sku;

  undecided := array(
    select o.id from unnest(ids, verdicts) o(id, verdict) where o.verdict in ('N', 'A')
  );
  if cardinality(undecided) > 0 then
    insert into catalog.holds as h (batch_id, order_ids) values (this_batch, undecided)
    on conflict (batch_id) do update
    set order_ids = array(select unnest(h.order_ids) union select unnest(excluded.order_ids));
  end if;

  outcome := array_to_string(verdicts, '');
  titles := array_to_json(line_titles);
  prices := array_to_json(line_prices);
  remains := array_to_json(line_remains);
  if outcome ~ '[AS]' then
    select json_object_agg(o.n, lines.lines) into repeats
    from unnest(ids) with ordinality o(id, n)
    join catalog.reservations r on r.order_id = o.id
    cross join lateral (
      select json_agg(json_build_object('productId', p.id, 'title', p.title,
        'quantity', u.quantity, 'unitPriceCents', u.price) order by u.n) as lines
      from unnest(r.skus, r.qtys, r.prices) with ordinality u(sku, quantity, price, n)
      join catalog.products p on p.sku = u.sku
    ) lines
    where verdicts[o.n] in ('A', 'S');
  end if;
end
$$;
