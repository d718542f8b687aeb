import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { callBy, callByStaff } from '../testing/call.ts';
import { startPeers } from '../testing/peers.ts';
import { catalogApi, priceCentsMax } from './api.ts';
import { byOrders, freshOrderStock, orderOf } from './testing-orders.ts';

const { catalog, addProduct, reserve, release } = await freshOrderStock();
const far = await startPeers('catalog', catalogApi, catalog);
after(far.close);

test('every outcome reads the same from afar', async () => {
  const [a, dear] = [await addProduct(), await addProduct({ unitPriceCents: priceCentsMax })];
  const [gone, taken] = [orderOf({ [a.id]: 1 }), orderOf({ [a.id]: 1 })];
  await reserve([gone, taken]);
  await release(gone.orderId);
  const orders = [
    orderOf({ [a.id]: 2 }),
    orderOf({ [a.id]: 8 }),
    orderOf({ nope: 1 }),
    orderOf({ [dear.id]: 1_000_000 }),
    gone,
    { ...taken, fp: '0'.repeat(32) },
  ];
  const batch = { batchId: randomUUID(), settled: [], orders };
  const { results } = await far.service.reserve(batch, byOrders());

  const outcomes = results.map(({ outcome }) => outcome);
  const all = ['reserved', 'short', 'unknownProduct', 'totalTooLarge', 'released', 'mismatch'];
  assert.deepEqual(outcomes, all);
  // By now the first is reserved, so what is near gives the same answers, all of them.
  assert.deepEqual((await catalog.reserve(batch, byOrders())).results, results);
});

test('verdicts and holds read the same from afar', async () => {
  const { id } = await addProduct();
  const [kept, lost, sent] = [orderOf({ [id]: 1 }), orderOf({ [id]: 1 }), orderOf({ [id]: 1 })];
  const batchId = randomUUID();
  await reserve([kept, lost, sent], { batchId });
  const { service } = far;

  const old = { olderThanSeconds: 0, limit: 200 };
  const { holds } = await service.oldHolds(old, byOrders());
  const hold = holds.find((one) => one.batchId === batchId);
  assert.deepEqual(hold?.orderIds, [kept.orderId, lost.orderId, sent.orderId]);
  const settled = { batchIds: [batchId], releaseIds: [lost.orderId] };
  assert.deepEqual(await service.settle(settled, byOrders()), { released: 1 });
  const released = { orderIds: [kept.orderId, lost.orderId] };
  assert.deepEqual(await service.releaseOrders(released, byOrders()), { released: 1 });
  const shipped = { orderIds: [sent.orderId, lost.orderId] };
  assert.deepEqual(await service.shipOrders(shipped, byOrders()), { shipped: 1 });
});

const order = orderOf({ nope: 1 });
const wrong: Record<string, [pointer: string, orders: object[]]> = {
  'no orders': ['/orders', []],
  'too many orders': ['/orders', Array.from({ length: 513 }, () => order)],
  'an order without lines': ['/orders/0/lines', [{ ...order, lines: [] }]],
  'a fingerprint of another length': ['/orders/0/fp', [{ ...order, fp: 'abcd' }]],
  'an order id in capitals': ['/orders/0/orderId', [{ ...order, orderId: 'A'.repeat(36) }]],
  'less than one of a product': ['/orders/0/lines/0/quantity', [orderOf({ nope: 0 })]],
  'a product id with NUL': ['/orders/0/lines/0/productId', [orderOf({ 'a\0b': 1 })]],
};

for (const [mistake, [pointer, orders]] of Object.entries(wrong)) {
  test(`${mistake} is refused before it comes to the database`, async () => {
    const batch = { batchId: randomUUID(), settled: [], orders } as Parameters<
      typeof catalog.reserve
    >[0];
    await assert.rejects(far.service.reserve(batch, byOrders()), (error) => {
      const { code, errors } = error as { code: string; errors: { pointer: string }[] };
      assert.deepEqual([code, errors[0]?.pointer], ['invalid', pointer]);
      return true;
    });
  });
}

test('nobody but a service is let in from afar either', async () => {
  const old = { olderThanSeconds: 0, limit: 1 };
  await assert.rejects(far.service.oldHolds(old, callBy()), { code: 'unauthorized' });
  const { caller } = callByStaff();
  assert.equal(caller.kind, 'user');
  const token = caller.kind === 'user' ? await far.tokenFor(caller) : '';
  const call = callBy({ ...caller, token });
  await assert.rejects(far.service.oldHolds(old, call), { code: 'forbidden' });
});
