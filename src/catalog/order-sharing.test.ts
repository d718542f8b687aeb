import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { auditCatalog } from './invariants.ts';
import type { OrderToReserve, Reservation } from './order-stock-shapes.ts';
import { freshOrderStock, orderOf } from './testing-orders.ts';

const { database, reserve, stockOf, addProduct, release } = await freshOrderStock();

const quantities = [0, 3, 6, 1_000];
const wish = fc.record({
  // The last one is a product that nobody knows.
  lines: fc.uniqueArray(
    fc.record({ on: fc.integer({ min: 0, max: 4 }), quantity: fc.integer({ min: 1, max: 4 }) }),
    { minLength: 1, maxLength: 4, selector: ({ on }) => on },
  ),
  /** Whether it was reserved before, and released. */
  past: fc.constantFrom('none', 'none', 'none', 'reserved', 'released'),
});
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

/** The same wishes in a shop of their own, where the past has happened. */
async function openShop(wishes: readonly Wish[]) {
  const products = await Promise.all(quantities.map((quantity) => addProduct({ quantity })));
  const ids = [...products.map(({ id }) => id), `nope-${randomUUID()}`];
  const orders = wishes.map(({ lines }) =>
    orderOf(Object.fromEntries(lines.map(({ on, quantity }) => [ids[on], quantity]))),
  );
  const happened = orders.filter((_, i) => wishes[i]?.past !== 'none');
  if (happened.length > 0) await reserve(happened);
  const gone = orders.filter((_, i) => wishes[i]?.past === 'released');
  if (gone.length > 0) await release(...gone.map(({ orderId }) => orderId));

  /** What can be compared between shops: neither their ids nor their order of keys. */
  async function compare(results: readonly Reservation[]): Promise<unknown> {
    const text = ids.reduce(
      (all, id, i) => all.replaceAll(id, `product ${i}`),
      orders.reduce(
        (all, { orderId }, i) => all.replaceAll(orderId, `order ${i}`),
        JSON.stringify(results),
      ),
    );
    return { results: JSON.parse(text), stock: await Promise.all(products.map(stockOf)) };
  }
  return { orders, compare };
}

async function reserveInParts(
  orders: OrderToReserve[],
  sizes: readonly number[],
): Promise<Reservation[]> {
  const [size = orders.length, ...others] = sizes;
  if (orders.length === 0) return [];
  const first = await reserve(orders.slice(0, size));
  return [...first, ...(await reserveInParts(orders.slice(size), others))];
}

test('a batch comes out like its orders one by one, and however it is split', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(wish, { minLength: 1, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
      async (wishes, sizes) => {
        const [whole, parts, singles] = [
          await openShop(wishes),
          await openShop(wishes),
          await openShop(wishes),
        ];
        const expected = await whole.compare(await reserve(whole.orders));
        assert.deepEqual(await parts.compare(await reserveInParts(parts.orders, sizes)), expected);
        const ones = wishes.map(() => 1);
        assert.deepEqual(
          await singles.compare(await reserveInParts(singles.orders, ones)),
          expected,
        );
        assert.deepEqual(await auditCatalog(database), []);
      },
    ),
    { numRuns: 60 },
  );
});
