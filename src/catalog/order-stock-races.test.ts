import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callByStaff } from '../testing/call.ts';
import { atOnce } from './fixture.ts';
import { auditCatalog } from './invariants.ts';
import type { OrderToReserve } from './order-stock-shapes.ts';
import { freshOrderStock, orderOf, outcomeCounts } from './testing-orders.ts';

const shop = await freshOrderStock();
const { catalog, database, addProduct, addMany, auditDuring, reserve, stockOf } = shop;

const reserveSlowly = {
  name: 'reserveSlowly',
  text: `select outcome from catalog.reserve_batch(gen_random_uuid(), '{}', array[$1::uuid],
    array[$2::bytea], '{1}', array[$3::text], '{1}', now())`,
};

/** Every second one in the other direction. */
const turned = <T>(list: readonly T[], i: number): T[] =>
  i % 2 === 0 ? [...list] : list.toReversed();

test('many who want the same products in every order never lock each other out', async () => {
  const ids = await addMany(`wide-${randomUUID()}-`, 30, 100);
  const lines = Object.fromEntries(ids.map((id) => [id, 1]));
  const orderOfAll = (i: number) => {
    const order = orderOf(lines);
    return { ...order, lines: turned(order.lines, i) };
  };
  const work = Promise.all(
    atOnce(40, (i) => reserve(turned([orderOfAll(i), orderOfAll(i + 1), orderOfAll(i)], i))),
  );
  const { result, violations } = await auditDuring(work);

  assert.deepEqual(outcomeCounts(result.flat()), { reserved: 100, short: 20 });
  assert.deepEqual(violations, []);
  assert.deepEqual(await stockOf({ id: ids[7] ?? '' }), [0, 100]);
});

test('just as many units are promised as there are', async () => {
  const ids = await addMany(`scarce-${randomUUID()}-`, 10, 37);
  const work = Promise.all(
    atOnce(40, (i) => reserve(turned(ids, i).map((id) => orderOf({ [id]: 1 })))),
  );
  const { result, violations } = await auditDuring(work);

  assert.deepEqual(outcomeCounts(result.flat()), { reserved: 370, short: 30 });
  assert.deepEqual(violations, []);
  const stocks = await Promise.all(ids.map((id) => stockOf({ id })));
  assert.deepEqual(
    stocks,
    ids.map(() => [0, 37]),
  );
});

test('the same order in 20 batches at once is reserved once, with one answer', async () => {
  const product = await addProduct({ quantity: 100 });
  const order = orderOf({ [product.id]: 3 });
  const results = await Promise.all(
    atOnce(20, (i) => reserve(turned([order, orderOf({ [product.id]: 1 })], i))),
  );

  const answers = results.flat().filter(({ orderId }) => orderId === order.orderId);
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
  assert.deepEqual(await stockOf(product), [77, 23]);
  assert.deepEqual(await auditCatalog(database), []);
});

test('of two requests under the same order the first to commit has it', async () => {
  const [a, b] = [await addProduct(), await addProduct({ quantity: 1 })];
  const first = orderOf({ [a.id]: 1 });
  const second = orderOf({ [b.id]: 1 }, { orderId: first.orderId });
  const neighbour = orderOf({ [a.id]: 0, [b.id]: 1 });
  neighbour.lines.shift();
  const batchId = randomUUID();

  const { waiting } = await database.transaction(async (transaction) => {
    const fp = Buffer.from(first.fp, 'hex');
    await transaction.rows(reserveSlowly, [first.orderId, fp, a.id]);
    const promise = reserve([second, neighbour], { batchId });
    await shop.untilBlocked();
    return { waiting: promise };
  });
  const [lost, short] = await waiting;
  assert.deepEqual(lost, { orderId: first.orderId, outcome: 'mismatch' });
  // It was reckoned with the order before it: too careful, and never too much.
  assert.equal(short?.outcome, 'short');
  assert.equal((await reserve([first]))[0]?.outcome, 'reserved');
  assert.deepEqual(
    [await stockOf(a), await stockOf(b)],
    [
      [9, 1],
      [1, 0],
    ],
  );
  assert.deepEqual(await auditCatalog(database), []);
});

test('who has waited for a restock may have it', async () => {
  const product = await addProduct({ quantity: 2 });
  const order = orderOf({ [product.id]: 5 });
  const [result] = await shop.behindRestock(product.id, 4, () => reserve([order]));
  assert.equal(result?.outcome, 'reserved');
  assert.deepEqual(await stockOf(product), [1, 5]);
});

test('who has waited for others finds only what they have left', async () => {
  const product = await addProduct({ quantity: 5 });
  const order = orderOf({ [product.id]: 5 });
  const [result] = await shop.behindRestock(product.id, -1, () => reserve([order]));
  const lines = [{ productId: product.id, asked: 5, available: 4 }];
  assert.deepEqual(result, { orderId: order.orderId, outcome: 'short', lines });
  assert.deepEqual(await stockOf(product), [4, 0]);
});

test('whatever reserves, repeats, settles, releases and ships at once, stock adds up', async () => {
  const ids = await addMany(`storm-${randomUUID()}-`, 6, 60);
  const some = (i: number) => ids.filter((_, n) => (i >> n) % 2 === 1 || n === i % 6);
  const batches = Array.from({ length: 60 }, (_, i) => ({
    batchId: randomUUID(),
    orders: [0, 1, 2, 3].map((n): OrderToReserve => {
      const order = orderOf(Object.fromEntries(some(i * 4 + n).map((id) => [id, 1 + (n % 2)])));
      return { ...order, lines: turned(order.lines, i) };
    }),
  }));

  const work = Promise.all(
    batches.flatMap(({ batchId, orders }, i) => {
      const orderIds = turned(orders, i).map(({ orderId }) => orderId);
      const settled = [batches[i - 1], batches[i - 2]].flatMap((batch) => batch?.batchId ?? []);
      return [
        reserve(orders, { batchId, settled }),
        reserve(turned(orders, i + 1), { settled: [batchId] }),
        shop.settle([batchId, ...settled].toSorted(), orderIds.slice(0, 2)),
        shop.release(...orderIds.slice(1, 3)),
        shop.ship(...orderIds.slice(2)),
        catalog.addStockMove(
          { id: ids[i % 6] ?? '', delta: 1, reason: 'restock', idempotencyKey: randomUUID() },
          callByStaff(),
        ),
      ];
    }),
  );
  // One refusal, say of a deadlock, would end it.
  const { violations } = await auditDuring(work);
  assert.deepEqual(violations, []);
  assert.deepEqual(await auditCatalog(database), []);
});
