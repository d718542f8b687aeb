-- Where the traces of orders go on that are recorded: {"ID OF THE ORDER": "traceparent"}. Mostly null; the
-- version before neither writes nor reads it.
alter table orders.outbox add column traces json;
