import type { Database, Statement } from '../platform/database.ts';

export type ReservedOrder = {
  orderId: string;
  state: 'A' | 'R' | 'S';
  lines: { productId: string; quantity: number; unitPriceCents: number }[];
};
export type ReservedProduct = { productId: string; quantity: number };

const reservationsOf: Statement = {
  name: 'reservationsOf',
  text: `select r.order_id as "orderId", r.state, reserved.lines
    from catalog.reservations r
    cross join lateral (
      select coalesce(json_agg(json_build_object('productId', coalesce(p.id, 'sku ' || u.sku),
        'quantity', u.quantity, 'unitPriceCents', u.price)), '[]') as lines
      from unnest(r.skus, r.qtys, r.prices) u(sku, quantity, price)
      left join catalog.products p using (sku)
    ) reserved
    where r.order_id = any ($1::uuid[]) and r.purpose = 'O'`,
};

// No clock decides here: as long as a verdict is not known, the order is named by a hold.
const settledAfter: Statement = {
  name: 'settledAfter',
  text: `with held as materialized (select unnest(order_ids) as order_id from catalog.holds)
    select order_id as id from catalog.reservations r
    where state = 'A' and purpose = 'O' and order_id > $1::uuid
      and not exists (select from held where held.order_id = r.order_id)
    order by order_id limit $2::int`,
};

const reservedForOrders: Statement = {
  name: 'reservedForOrders',
  text: `with held as (
      select u.sku, sum(u.quantity) as quantity
      from catalog.reservations r, unnest(r.skus, r.qtys) u(sku, quantity)
      where r.state = 'A' and r.purpose = 'H' group by u.sku
    )
    select p.id as "productId", (s.reserved - coalesce(held.quantity, 0))::bigint as quantity
    from catalog.stock s join catalog.products p using (sku) left join held using (sku)
    where s.reserved <> coalesce(held.quantity, 0)
    order by p.id`,
};

const countForAudit: Statement = {
  name: 'countForAudit',
  text: `select (select count(*) from catalog.stock) as products,
      (select count(*) from catalog.holds) as batches`,
};

/** What the audit across services asks catalog. */
export function catalogAuditStore(database: Database) {
  return {
    reservationsOf: (orderIds: readonly string[]) =>
      database.rows<ReservedOrder>(reservationsOf, [orderIds]),

    /** Orders, by id, that have stock and no longer wait for their verdict. */
    settledAfter: async (id: string, limit: number) => {
      const rows = await database.rows<{ id: string }>(settledAfter, [id, limit]);
      return rows.map((row) => row.id);
    },

    /** Without what staff has put aside; products of which nothing is reserved are left out. */
    reservedForOrders: () => database.rows<ReservedProduct>(reservedForOrders),

    counts: async () =>
      (await database.one(countForAudit)) as { products: number; batches: number },
  };
}
