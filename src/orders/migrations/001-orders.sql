-- The row of an order is the verdict on it: whoever inserts it first has decided, and the primary key
-- is made of the user and the Idempotency-Key, so it is the index of the keys as well. Confirmed (C)
-- may become cancelled (X) or fulfilled (F); rejected (J) and void (V) stay what they are, so that a
-- late repetition finds the same answer.
--
-- An order has two steps at most, so its history is in its row.
create table orders.orders (
  id uuid primary key,
  -- For people; only what was ordered has one.
  number bigint,
  user_id uuid,
  idem_key text,
  fp bytea,
  status "char" not null check (status in ('C', 'J', 'V', 'X', 'F')),
  -- C, X, F: what was ordered, as it was reserved. J: the lines that were short.
  lines json,
  total_cents bigint,
  placed_at timestamptz(3) not null,
  placed_by uuid,
  request_id text not null,
  trace_id uuid not null,
  closed_at timestamptz(3),
  closed_by uuid,
  closed_request text,
  closed_trace uuid,
  check (case when status in ('J', 'V') then number is null
    else number is not null and user_id is not null and fp is not null and lines is not null
      and total_cents is not null end),
  check ((status in ('X', 'F')) = (closed_at is not null))
) with (fillfactor = 90);

create sequence orders.numbers as bigint;

create unique index orders_by_number on orders.orders (number) where number is not null;
create index orders_by_user on orders.orders (user_id, number) where number is not null;

-- What catalog and the world must still be told: one row for each batch or step, deleted when it was
-- told, and never read by position.
create table orders.outbox (
  seq bigint primary key generated always as identity,
  kind text not null check (kind in ('placed', 'cancelled', 'fulfilled')),
  order_ids uuid[] not null,
  at timestamptz(3) not null
);
