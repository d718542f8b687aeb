import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callByStaff, callByUser } from '../testing/call.ts';
import { freshOrders } from './fixture.ts';
import { numberText } from './order-row.ts';
import { lookedThroughMax, pageStatement, type OrderPage } from './read-store.ts';
import type { Order } from './shapes.ts';

type Filters = Parameters<typeof orders.listOrders>[0];

const olderCount = 2_500;
const ordersCount = lookedThroughMax + olderCount;
/** The newest, the last and the first on both sides of where one page ends to look, the oldest. */
const rareNumbers = [ordersCount, olderCount + 1, olderCount, olderCount - 1, 1];

const { database, orders } = await freshOrders();
const manyOrders = {
  name: 'manyOrders',
  text: `insert into orders.orders (id, number, user_id, fp, status, lines, total_cents, placed_at,
      request_id, trace_id)
    select gen_random_uuid(), n, md5((n % 300)::text)::uuid, '', 'C', ('[{"title":"rare ones",
      "productId":"' || case when n = any ($1::bigint[]) then 'rare' else 'p' || n % 700 end
      || '"}]')::json, 100, timestamptz '2026-01-01' + n * interval '1 minute', 'r', gen_random_uuid()
    from generate_series($2::int, $3::int) n`,
};
const partCount = 4_500;
for (let n = 1; n <= ordersCount; n += partCount) {
  // oxlint-disable-next-line no-await-in-loop -- a busy machine takes too long for all of them at once
  await database.rows(manyOrders, [rareNumbers, n, n + partCount - 1]);
}
await database.rows({ name: 'settleOrders', text: 'vacuum analyze orders.orders' });

const anOwner = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b';

const firstPage: OrderPage = {
  userId: undefined,
  status: undefined,
  productId: undefined,
  placedFrom: undefined,
  placedBefore: undefined,
  below: Number.MAX_SAFE_INTEGER,
  limit: 21,
};

/** The plan that serves any values, which is what a prepared statement ends up with. */
async function planOf(changes: Partial<OrderPage>): Promise<string> {
  const { statement, values } = pageStatement({ ...firstPage, ...changes });
  const given = values.map((value) => (value === undefined ? 'null' : `'${value}'`));
  return database.transaction(async (transaction) => {
    const run = (text: string) =>
      transaction.rows<{ 'QUERY PLAN': string }>({ name: randomUUID(), text });
    await run('set local plan_cache_mode = force_generic_plan');
    await run(`prepare page as ${statement.text}`);
    const lines = await run(
      `explain (analyze, timing off, summary off) execute page (${given.join(', ')})`,
    );
    await run('deallocate page');
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  });
}

/** How many rows a plan took from an index, if that is where it took them from. */
function takenFrom(index: string, plan: string): number {
  assert.doesNotMatch(plan, /Seq Scan|Sort/);
  const taken = new RegExp(`Index Scan Backward using ${index} .*actual rows=([\\d.]+)`).exec(plan);
  return Number(taken?.[1]);
}

/** All pages of a list, one after the other. */
async function pagesOf(filters: Filters): Promise<Order[][]> {
  const { items, nextCursor: cursor } = await orders.listOrders(filters, callByStaff());
  return [items, ...(cursor === undefined ? [] : await pagesOf({ ...filters, cursor }))];
}

test('pages come from an index in its order, which reads no more than it shows', async () => {
  const all = takenFrom('orders_by_number', await planOf({}));
  const later = takenFrom('orders_by_number', await planOf({ below: 10_000, status: 'C' }));
  const own = takenFrom('orders_by_user', await planOf({ userId: anOwner }));
  for (const taken of [all, later, own]) assert.ok(taken <= 22, `${taken} rows were read`);
});

test('a page of a rare product looks through so many rows and no more', async () => {
  const all = takenFrom('orders_by_number', await planOf({ productId: 'none' }));
  assert.ok(all <= lookedThroughMax + 2, `${all} rows were read`);
  const own = takenFrom('orders_by_user', await planOf({ userId: anOwner, productId: 'none' }));
  assert.equal(own, ordersCount / 300);
});

test('a search goes on where one page has stopped to look, and misses nothing there', async () => {
  const pages = await pagesOf({ productId: 'rare' });
  assert.deepEqual(
    pages.map((page) => page.map(({ number }) => number)),
    [rareNumbers.slice(0, 2).map(numberText), rareNumbers.slice(2).map(numberText)],
  );
});

test('a page that found nothing in all it looked through says that there is more', async () => {
  const pages = await pagesOf({ placedBefore: '2026-01-01T00:03:00Z' });
  assert.deepEqual(
    pages.map((page) => page.map(({ number }) => number)),
    [[], ['ORD0002', 'ORD0001']],
  );
  assert.deepEqual(await pagesOf({ productId: 'none' }), [[], []]);
});

test('a page that is full where it stops to look leaves nothing out', async () => {
  const pages = await pagesOf({ productId: 'rare', limit: 2 });
  assert.deepEqual(
    pages.flat().map(({ number }) => number),
    rareNumbers.map(numberText),
  );
});

test('the pages of a customer are cut in the same way', async () => {
  const call = callByUser(anOwner);
  const first = await orders.listOrders({ limit: 74 }, call);
  const rest = await orders.listOrders({ limit: 1, cursor: first.nextCursor ?? '' }, call);
  const last = [...first.items, ...rest.items].at(-1);
  assert.deepEqual([first.items.length, rest.items.length, last?.number], [74, 1, 'ORD0001']);
  assert.equal('nextCursor' in rest, false);
});
