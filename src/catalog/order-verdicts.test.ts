import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callByStaff } from '../testing/call.ts';
import { atOnce } from './fixture.ts';
import { auditCatalog } from './invariants.ts';
import { byOrders, freshOrderStock, orderOf } from './testing-orders.ts';

const { catalog, database, addProduct, reserve, settle, release, ship, holds, stockOf } =
  await freshOrderStock();

const lockHold = {
  name: 'lockHold',
  text: 'select from catalog.holds where batch_id = $1::uuid for update',
};

async function waits(batchId: string): Promise<boolean> {
  return (await holds()).some((hold) => hold.batchId === batchId);
}

async function sum(counts: Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((total, count) => total + count, 0);
}

test('a batch that is settled frees the stock of what came to nothing, and waits no more', async () => {
  const product = await addProduct();
  const [kept, lost] = [orderOf({ [product.id]: 2 }), orderOf({ [product.id]: 3 })];
  const batchId = randomUUID();
  await reserve([kept, lost], { batchId });

  assert.equal(await settle([batchId], [lost.orderId]), 1);
  assert.equal(await waits(batchId), false);
  assert.deepEqual(await stockOf(product), [8, 2]);
  assert.equal(await settle([batchId], [lost.orderId, randomUUID()]), 0);
  assert.deepEqual(await stockOf(product), [8, 2]);
});

test('who settles, releases or ships the same at once does it once', async () => {
  const product = await addProduct({ quantity: 100 });
  const orders = atOnceOrders(10, product.id);
  const ids = orders.map(({ orderId }) => orderId);
  const batchId = randomUUID();
  await reserve(orders, { batchId });

  const counts = [
    ...atOnce(10, () => settle([batchId], ids.slice(0, 5))),
    ...atOnce(10, () => release(...ids.slice(0, 5).toReversed())),
    ...atOnce(10, () => ship(...ids.slice(5))),
    ...atOnce(10, () => ship(...ids.slice(5).toReversed())),
  ];
  assert.equal(await sum(counts), 10);
  assert.deepEqual(await stockOf(product), [95, 0]);
  assert.deepEqual(await auditCatalog(database), []);
});

test('an order is released or shipped, never both', async () => {
  const product = await addProduct({ quantity: 100 });
  const orders = atOnceOrders(20, product.id);
  const ids = orders.map(({ orderId }) => orderId);
  await reserve(orders);

  const [released, shipped] = await Promise.all([
    sum(ids.map((id) => release(id))),
    sum(ids.map((id) => ship(id))),
  ]);
  assert.equal(released + shipped, 20);
  assert.deepEqual(await stockOf(product), [100 - shipped, 0]);
  assert.deepEqual(await auditCatalog(database), []);
});

test('what is shipped leaves the house by a move for each line that names the order', async () => {
  const [a, b] = [await addProduct(), await addProduct()];
  const order = orderOf({ [a.id]: 2, [b.id]: 3 });
  await reserve([order]);
  const call = byOrders();
  await catalog.shipOrders({ orderIds: [order.orderId] }, call);
  assert.equal(await ship(order.orderId), 0);

  const { items } = await catalog.listStockMoves({ id: b.id }, callByStaff());
  assert.deepEqual(
    items.map(({ delta, reason, note, availableAfter }) => [delta, reason, note, availableAfter]),
    [
      [-3, 'shipped', `order ${order.orderId}`, 7],
      [10, 'restock', undefined, 10],
    ],
  );
  const [row] = await database.rows({
    name: 'originOfShipping',
    text: `select request_id, trace_id from catalog.stock_moves where move_id = '${items[0]?.id}'`,
  });
  assert.deepEqual(row, { request_id: call.requestId, trace_id: call.trace.traceId });
  assert.deepEqual(await stockOf(a), [8, 0]);
});

test('a batch that comes again waits once, for all of its orders', async () => {
  const { id } = await addProduct({ quantity: 3 });
  const [first, second] = [orderOf({ [id]: 3 }), orderOf({ [id]: 2 })];
  const batchId = randomUUID();
  await reserve([first, second], { batchId });
  const restock = { id, delta: 2, reason: 'restock', idempotencyKey: randomUUID() } as const;
  await catalog.addStockMove(restock, callByStaff());

  const again = await Promise.all(atOnce(10, () => reserve([first, second], { batchId })));
  assert.equal(new Set(again.map((results) => JSON.stringify(results))).size, 1);
  const waiting = (await holds()).filter((hold) => hold.batchId === batchId);
  const ids = waiting.map(({ orderIds }) => orderIds.toSorted());
  assert.deepEqual(ids, [[first.orderId, second.orderId].toSorted()]);
});

test('a batch of which nothing was reserved does not wait', async () => {
  const { id } = await addProduct({ quantity: 1 });
  const batchId = randomUUID();
  await reserve([orderOf({ [id]: 2 }), orderOf({ nope: 1 })], { batchId });
  assert.equal(await waits(batchId), false);
});

test('batches that were settled elsewhere go with the next one, but nobody waits for them', async () => {
  const { id } = await addProduct();
  const [free, locked] = [randomUUID(), randomUUID()];
  await reserve([orderOf({ [id]: 1 })], { batchId: free });
  await reserve([orderOf({ [id]: 1 })], { batchId: locked });

  await database.transaction(async (transaction) => {
    await transaction.rows(lockHold, [locked]);
    const settled = [free, locked, randomUUID()];
    assert.equal((await reserve([orderOf({ [id]: 1 })], { settled }))[0]?.outcome, 'reserved');
  });
  assert.deepEqual([await waits(free), await waits(locked)], [false, true]);
});

test('old holds are the oldest first, read while somebody holds on to them', async () => {
  const [old, older] = [randomUUID(), randomUUID()];
  const orderIds = [randomUUID(), randomUUID()];
  const text = `insert into catalog.holds (batch_id, order_ids, created_at) values
    ('${old}', '{${orderIds.join()}}', now() - interval '60 s'),
    ('${older}', '{}', now() - interval '120 s')`;
  await database.rows({ name: 'oldBatches', text });

  await database.transaction(async (transaction) => {
    await transaction.rows(lockHold, [old]);
    const found = await holds(50);
    assert.deepEqual(
      found.map(({ batchId }) => batchId),
      [older, old],
    );
    assert.deepEqual(found[1]?.orderIds, orderIds);
    assert.ok([60, 61, 62].includes(found[1]?.ageSeconds ?? 0));
  });
  const { holds: first } = await catalog.oldHolds({ olderThanSeconds: 50, limit: 1 }, byOrders());
  assert.deepEqual(
    first.map(({ batchId }) => batchId),
    [older],
  );
  assert.deepEqual(await holds(110).then((found) => found.length), 1);
});

function atOnceOrders(count: number, productId: string) {
  return Array.from({ length: count }, () => orderOf({ [productId]: 1 }));
}
