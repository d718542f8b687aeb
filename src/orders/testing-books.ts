import { isDeepStrictEqual } from 'node:util';
import { auditCatalog } from '../catalog/invariants.ts';
import type { Database } from '../platform/database.ts';
import { auditOrders } from './invariants.ts';
import type { Letter } from './order-row.ts';

type Line = { productId: string; quantity: number; unitPriceCents: number };
type OrderEntry = { id: string; status: Letter; lines: Line[] | null };
type Reserved = { id: string; state: string; lines: Line[] };

const orderEntries = {
  name: 'orderEntries',
  text: 'select id, status, lines from orders.orders',
};

const allReserved = {
  name: 'allReserved',
  text: `select r.order_id as id, r.state,
      json_agg(json_build_object('productId', p.id, 'quantity', u.quantity,
        'unitPriceCents', u.price) order by u.n) as lines
    from catalog.reservations r,
      unnest(r.skus, r.qtys, r.prices) with ordinality u(sku, quantity, price, n)
    join catalog.products p using (sku)
    where r.purpose = 'O' group by r.order_id, r.state`,
};

const allStock = {
  name: 'allStock',
  text: `select p.id, s.reserved from catalog.stock s join catalog.products p using (sku)`,
};

/** What catalog must say of an order with this status, once both have heard of everything. */
const stateFor: Record<Letter, string[]> = {
  C: ['A'],
  X: ['R'],
  F: ['S'],
  J: ['R', 'none'],
  V: ['R', 'none'],
};

/** For tests: what does not add up in either database, or between the two when all is quiet. */
export async function contradictionsIn(
  databases: Record<'orders' | 'catalog', Database>,
): Promise<string[]> {
  const { orders, catalog } = databases;
  const [entries, reserved, stock, ...audits] = await Promise.all([
    orders.rows<OrderEntry>(orderEntries),
    catalog.rows<Reserved>(allReserved),
    catalog.rows<{ id: string; reserved: number }>(allStock),
    auditCatalog(catalog),
    auditOrders(orders),
  ]);
  const entryOf = new Map(entries.map((entry) => [entry.id, entry]));
  const reservedFor = new Map(reserved.map((one) => [one.id, one]));
  const unowned = reserved.filter(({ id, state }) => state === 'A' && !entryOf.has(id));
  return [
    ...audits.flat().map(({ invariant, subject, detail }) => `${invariant} ${subject}: ${detail}`),
    ...entries.flatMap((entry) => betweenBoth(entry, reservedFor.get(entry.id))),
    ...unowned.map(({ id }) => `${id} is reserved for no order`),
    ...notPromised(entries, stock),
  ];
}

function betweenBoth({ id, status, lines }: OrderEntry, reserved: Reserved | undefined): string[] {
  const state = reserved?.state ?? 'none';
  if (!stateFor[status].includes(state)) return [`${id} is ${status}, and in catalog ${state}`];
  if (status === 'J' || status === 'V') return [];
  const bare = lines?.map(({ productId, quantity, unitPriceCents }) => {
    return { productId, quantity, unitPriceCents };
  });
  return isDeepStrictEqual(bare, reserved?.lines) ? [] : [`${id} has other lines in catalog`];
}

/** Of every product just as much is reserved as confirmed orders want. */
function notPromised(entries: OrderEntry[], stock: { id: string; reserved: number }[]): string[] {
  const promised = new Map<string, number>();
  for (const { status, lines } of entries) {
    if (status !== 'C') continue;
    for (const { productId, quantity } of lines ?? []) {
      promised.set(productId, (promised.get(productId) ?? 0) + quantity);
    }
  }
  return stock
    .filter(({ id, reserved }) => reserved !== (promised.get(id) ?? 0))
    .map(({ id, reserved }) => `${id} has ${reserved} reserved, and ${promised.get(id)} sold`);
}
