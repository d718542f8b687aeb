-- Says so when stock runs low. The threshold is in the row of stock, so that the condition of the trigger
-- sees it; it has no index, and so the updates of stock stay HOT.
alter table catalog.stock add column low_at bigint not null default 5 check (low_at >= 0);

-- What the world must still be told: deleted when it was told, and never read by position.
create table catalog.outbox (
  seq bigint primary key generated always as identity,
  kind text not null check (kind in ('low')),
  sku int not null,
  available bigint not null,
  ver bigint not null,
  at timestamptz(3) not null
);

create function catalog.note_low_stock() returns trigger
language plpgsql
as $$
begin
  insert into catalog.outbox (kind, sku, available, ver, at)
  values ('low', new.sku, new.available, new.ver, new.updated_at);
  return null;
end
$$;

-- A trigger, because stock goes down in many statements, and none may be forgotten. All but the crossing
-- of the threshold is decided by the condition, before any function is called.
create trigger stock_runs_low after update of available, low_at on catalog.stock
for each row when (new.available < new.low_at and old.available >= old.low_at)
execute function catalog.note_low_stock();
