-- Where the trace goes on in which stock ran low, if it is recorded. Mostly null; the version before neither
-- writes nor reads it.
alter table catalog.outbox add column traceparent text;

-- A trigger has no arguments of its caller, so it reads what the transaction was told, if anything.
create or replace function catalog.note_low_stock() returns trigger
language plpgsql
as $$
begin
  insert into catalog.outbox (kind, sku, available, ver, at, traceparent)
  values ('low', new.sku, new.available, new.ver, new.updated_at,
    nullif(current_setting('bazar.traceparent', true), ''));
  return null;
end
$$;

-- Reserves a batch some of whose orders are recorded.
create function catalog.reserve_batch_traced(
  this_batch uuid, settled uuid[], ids uuid[], fps bytea[],
  line_orders int[], line_products text[], line_quantities int[], made_at timestamptz,
  traceparent text,
  out outcome text, out titles json, out prices json, out remains json, out repeats json
)
language plpgsql
as $$
begin
  -- Until the end of this transaction only.
  perform set_config('bazar.traceparent', traceparent, true);
  select r.outcome, r.titles, r.prices, r.remains, r.repeats
  into outcome, titles, prices, remains, repeats
  from catalog.reserve_batch(this_batch, settled, ids, fps, line_orders, line_products,
    line_quantities, made_at) r;
end
$$;
