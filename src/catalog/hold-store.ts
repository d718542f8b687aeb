import type { Database, Statement } from '../platform/database.ts';
import type { Hold } from './api.ts';

export type NewHold = {
  id: string;
  productIds: string[];
  quantities: number[];
  note: string | null;
  fp: Buffer;
  at: string;
};

/** What became of one line; an unknown product has neither stock nor price. */
export type HeldLine = {
  productId: string;
  quantity: number;
  available: number | null;
  unitPriceCents: number | null;
  held: boolean;
};

export type HoldRow = Omit<Hold, 'note' | 'state'> & { note: string | null; state: 'A' | 'R' };

/** When the last hold that was seen was made, and its id; empty before the first page. */
type Place = readonly (string | number)[];

// All that locks stock is one statement: the rows are locked in the order of sku and seen as they
// then are; either all lines fit and the reservation is new, or nothing at all happens. New stock is
// reckoned from the locked rows: the update itself begins with the rows as they were before the wait,
// and constraints are checked on what it would write then.
const holdStock: Statement = {
  name: 'holdStock',
  text: `with asked as materialized (
      select a.n, a.product_id, a.quantity, p.sku
      from unnest($2::text[], $3::int[]) with ordinality a(product_id, quantity, n)
      left join catalog.products p on p.id = a.product_id
    ), locked as materialized (
      select s.sku, s.available, s.reserved, s.price_cents, s.ver from catalog.stock s
      where s.sku = any (array(select sku from asked))
      order by s.sku
      for no key update
    ), reserved as (
      insert into catalog.reservations (order_id, purpose, fp, skus, qtys, prices, state, note,
        created_at, updated_at)
      select $1::uuid, 'H', $4::bytea, array_agg(a.sku order by a.n),
        array_agg(a.quantity order by a.n), array_agg(l.price_cents order by a.n), 'A', $5::text,
        $6::timestamptz, $6::timestamptz
      from asked a left join locked l on l.sku = a.sku
      having bool_and(coalesce(l.available >= a.quantity, false))
      on conflict (order_id) do nothing
      returning order_id
    ), deducted as (
      update catalog.stock s
      set available = l.available - a.quantity, reserved = l.reserved + a.quantity,
        ver = l.ver + 1, updated_at = $6::timestamptz
      from reserved cross join asked a join locked l on l.sku = a.sku
      where s.sku = l.sku
    )
    select a.product_id as "productId", a.quantity, l.available,
      l.price_cents as "unitPriceCents", r.order_id is not null as held
    from asked a left join locked l on l.sku = a.sku left join reserved r on true
    order by a.n`,
};

// Stock first, then the reservation, as everywhere. The lines of a reservation never change, so
// they may be read before the locks are there; its state may, so it is asked again with them.
const releaseStock: Statement = {
  name: 'releaseStock',
  text: `with wanted as materialized (
      select u.sku, u.quantity
      from catalog.reservations r, unnest(r.skus, r.qtys) u(sku, quantity)
      where r.order_id = $1::uuid and r.purpose = 'H' and r.state = 'A'
    ), locked as materialized (
      select s.sku, s.available, s.reserved, s.ver from catalog.stock s
      where s.sku = any (array(select sku from wanted))
      order by s.sku
      for no key update
    ), released as (
      update catalog.reservations r
      set state = 'R', updated_at = $2::timestamptz
      where r.order_id = $1::uuid and r.purpose = 'H' and r.state = 'A'
        and (select count(*) from locked) > 0
      returning r.order_id
    ), returned as (
      update catalog.stock s
      set available = l.available + w.quantity, reserved = l.reserved - w.quantity,
        ver = l.ver + 1, updated_at = $2::timestamptz
      from released cross join wanted w join locked l on l.sku = w.sku
      where s.sku = l.sku
    )
    select order_id from released`,
};

const holdColumns = `r.order_id as id, lines.lines, r.note, r.created_at as "createdAt", r.state
  from catalog.reservations r
  cross join lateral (
    select json_agg(json_build_object('productId', p.id, 'quantity', u.quantity,
      'unitPriceCents', u.price) order by u.n) as lines
    from unnest(r.skus, r.qtys, r.prices) with ordinality u(sku, quantity, price, n)
    join catalog.products p on p.sku = u.sku
  ) lines`;

const holdById: Statement = {
  name: 'holdById',
  text: `select r.fp is not distinct from $2::bytea as "sameBody", ${holdColumns}
    where r.order_id = $1::uuid and r.purpose = 'H'`,
};

const activeHolds: Statement = {
  name: 'activeHolds',
  text: `select ${holdColumns}
    where r.purpose = 'H' and r.state = 'A'
      and (r.created_at, r.order_id) < (coalesce($1::timestamptz, 'infinity'),
        coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    order by r.created_at desc, r.order_id desc limit $3::int`,
};

/** The SQL of holds outside orders. */
export function holdStore(database: Database) {
  return {
    holdStock: ({ id, productIds, quantities, fp, note, at }: NewHold) =>
      database.rows<HeldLine>(holdStock, [id, productIds, quantities, fp, note, at]),

    /** Gives the stock back if the hold still has it. */
    releaseStock: async (id: string, at: string) => {
      const [row] = await database.rows(releaseStock, [id, at]);
      return row !== undefined;
    },

    holdById: (id: string, fp: Buffer | null = null) =>
      database.one<HoldRow & { sameBody: boolean }>(holdById, [id, fp]),

    /** Newest first, older than the place. */
    activeHolds: ([createdAt, id]: Place, limit: number) =>
      database.rows<HoldRow>(activeHolds, [createdAt, id, limit]),
  };
}
