-- What is sold. Keys in lower case are made by the service, so that every server sorts them alike.
create table catalog.products (
  id text primary key,
  -- The compact number of a product in stock rows and arrays.
  sku int generated always as identity unique,
  title text not null,
  title_key text collate "C" not null,
  topic text not null,
  topic_key text collate "C" not null,
  description text not null,
  -- Counts edits; the arrival of orders is counted by stock.ver.
  version int not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- Which request made it: a repeated one finds its product here.
  created_by_key uuid unique,
  created_fp bytea,
  -- The title is in it twice: stemmed for words, and as written for words that are still typed.
  search tsvector not null generated always as (
    setweight(to_tsvector('english'::regconfig, title), 'A')
    || setweight(to_tsvector('english'::regconfig, topic), 'B')
    || setweight(to_tsvector('english'::regconfig, description), 'C')
    || setweight(to_tsvector('simple'::regconfig, title), 'A')
  ) stored
);
create index products_by_title on catalog.products (title_key, sku);
create index products_by_topic on catalog.products (topic_key, title_key, sku);
create index products_by_text on catalog.products using gin (search);

-- The one truth about stock. Room on each page and no second index keep its updates HOT.
create table catalog.stock (
  sku int primary key references catalog.products (sku),
  available bigint not null check (available >= 0),
  reserved bigint not null check (reserved >= 0),
  price_cents bigint not null check (price_cents between 0 and 100000000000),
  ver bigint not null,
  updated_at timestamptz(3) not null
) with (fillfactor = 50);

-- The ledger: what is on hand is the sum of its deltas. It has no foreign key, because the check
-- would lock rows of products from within every statement that holds stock; the audit looks instead.
create table catalog.stock_moves (
  move_id uuid primary key,
  seq bigint not null generated always as identity,
  sku int not null,
  delta bigint not null,
  reason text not null check (reason in ('restock', 'correction', 'seed', 'shipped')),
  note text,
  available_after bigint not null,
  fp bytea not null,
  at timestamptz(3) not null,
  by_user uuid,
  request_id text,
  trace_id text
);
create index stock_moves_by_sku on catalog.stock_moves (sku, seq);

-- Stock that is promised: to an order (O), or put aside by staff (H). It is active (A), then either
-- released (R) or shipped (S), and is kept as such, so that a late duplicate cannot promise again.
create table catalog.reservations (
  order_id uuid primary key,
  purpose "char" not null check (purpose in ('O', 'H')),
  fp bytea not null,
  skus int[] not null,
  qtys int[] not null,
  prices bigint[] not null,
  state "char" not null check (state in ('A', 'R', 'S')),
  note text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check (cardinality(skus) = cardinality(qtys) and cardinality(skus) = cardinality(prices))
);
-- The state must not be part of it: then a change of state would touch every index.
create index reservations_outside_orders on catalog.reservations (created_at, order_id)
  where purpose = 'H';

-- One row per batch of orders whose verdict is not known here yet. Aged by this server's clock alone.
create table catalog.holds (
  batch_id uuid primary key,
  order_ids uuid[] not null,
  created_at timestamptz not null default clock_timestamp()
);
