import type { Database, Statement } from '../platform/database.ts';

export type FoundLine = { productId: string; quantity: number; unitPriceCents: number };
export type FoundOrder = {
  id: string;
  status: 'C' | 'J' | 'V' | 'X' | 'F';
  userId: string | null;
  key: string | null;
  lines: FoundLine[] | null;
  totalCents: number | null;
};
export type FoundReservation = { orderId: string; state: 'A' | 'R' | 'S'; lines: FoundLine[] };
export type FoundStock = { productId: string; available: number; reserved: number };
export type FoundMove = { id: string; productId: string; delta: number; reason: string };

const orders = (name: string, which: string): Statement => ({
  name,
  text: `select id, status, user_id as "userId", idem_key as key, lines,
      total_cents as "totalCents"
    from orders.orders where ${which}`,
});
const allOrders = orders('allOrders', 'true');
const ordersAgain = orders('ordersAgain', 'id = any ($1::uuid[])');
const newestConfirmed = orders(
  'newestConfirmed',
  `status = 'C' and number > (select coalesce(max(number), 0) - $1::int from orders.orders)`,
);

const reservations = (name: string, which: string): Statement => ({
  name,
  text: `select r.order_id as "orderId", r.state, json_agg(json_build_object('productId', p.id,
      'quantity', u.quantity, 'unitPriceCents', u.price)) as lines
    from catalog.reservations r
    cross join lateral unnest(r.skus, r.qtys, r.prices) u(sku, quantity, price)
    join catalog.products p on p.sku = u.sku
    where r.purpose = 'O' and ${which}
    group by r.order_id`,
});
const allReservations = reservations('allReservations', 'true');
const reservationsAgain = reservations('reservationsAgain', 'r.order_id = any ($1::uuid[])');

const allStock: Statement = {
  name: 'allStock',
  text: `select p.id as "productId", s.available, s.reserved
    from catalog.stock s join catalog.products p using (sku)`,
};

const allMoves: Statement = {
  name: 'allMoves',
  text: `select m.move_id as id, p.id as "productId", m.delta, m.reason
    from catalog.stock_moves m join catalog.products p using (sku)`,
};

const holdsLeft: Statement = {
  name: 'holdsLeft',
  text: 'select count(*) as count from catalog.holds',
};

const outboxLeft: Statement = {
  name: 'outboxLeft',
  text: 'select count(*) as count from orders.outbox',
};

type Count = { count: number };

/** What the databases say, past everything that is built on them. */
export function factsStore(catalog: Database, ordersDatabase: Database) {
  return {
    orders: () => ordersDatabase.rows<FoundOrder>(allOrders),
    ordersById: (ids: readonly string[]) => ordersDatabase.rows<FoundOrder>(ordersAgain, [ids]),
    newestConfirmed: (max: number) => ordersDatabase.rows<FoundOrder>(newestConfirmed, [max]),
    reservations: () => catalog.rows<FoundReservation>(allReservations),
    reservationsOf: (ids: readonly string[]) =>
      catalog.rows<FoundReservation>(reservationsAgain, [ids]),
    stock: () => catalog.rows<FoundStock>(allStock),
    moves: () => catalog.rows<FoundMove>(allMoves),
    holdsLeft: async () => ((await catalog.one<Count>(holdsLeft)) as Count).count,
    outboxLeft: async () => ((await ordersDatabase.one<Count>(outboxLeft)) as Count).count,
  };
}

export type FactsStore = ReturnType<typeof factsStore>;
