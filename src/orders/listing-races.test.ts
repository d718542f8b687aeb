import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { atOnce } from '../catalog/fixture.ts';
import { callByStaff } from '../testing/call.ts';
import { fieldsOf, freshOrders, insertOrder, valuesOf } from './fixture.ts';
import type { Order } from './shapes.ts';

const { database, orders, addOrder } = await freshOrders();

type Filters = Parameters<typeof orders.listOrders>[0];

/** All orders of a list, page by page; with each page something else is done at once. */
async function walk(filters: Filters, beside: () => Promise<unknown>): Promise<Order[]> {
  const [{ items, nextCursor: cursor }] = await Promise.all([
    orders.listOrders(filters, callByStaff()),
    beside(),
  ]);
  return [...items, ...(cursor === undefined ? [] : await walk({ ...filters, cursor }, beside))];
}

test('pages show each order once, newest first, while others are placed', async () => {
  const userId = randomUUID();
  const add = (count: number) => Promise.all(atOnce(count, () => addOrder({ userId })));
  const older = await add(30);

  // It has its number before those of the others, and is committed when they were shown.
  const late = fieldsOf({ userId });
  const commit = Promise.withResolvers<void>();
  const hasNumber = Promise.withResolvers<void>();
  const committed = database.transaction(async (transaction) => {
    await transaction.rows(insertOrder, valuesOf(late));
    hasNumber.resolve();
    await commit.promise;
  });
  await hasNumber.promise;
  const newer = await add(30);

  let pagesCount = 0;
  const shown = await walk({ userId, limit: 7 }, async () => {
    pagesCount += 1;
    await add(3);
    if (pagesCount !== 2) return;
    commit.resolve();
    await committed;
  });

  const ids = shown.map(({ id }) => id);
  const expected = [...newer, late, ...older].map(({ id }) => id);
  assert.deepEqual(
    expected.filter((id) => !ids.includes(id)),
    [],
  );
  assert.equal(new Set(ids).size, ids.length);
  const numbers = shown.map(({ number }) => Number(number.slice(3)));
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => b - a),
  );
});
