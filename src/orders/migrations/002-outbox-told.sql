-- When the bus is away, its news waits; this says that catalog need not be told of it again. Only ends of
-- orders are in the index, so placing orders does not pay for it.
alter table orders.outbox add column catalog_told boolean not null default false;

create index outbox_untold on orders.outbox (seq) where kind <> 'placed' and not catalog_told;
