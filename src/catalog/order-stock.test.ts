import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { isBadValue } from '../platform/database.ts';
import { callBy, callByStaff } from '../testing/call.ts';
import { priceCentsMax } from './api.ts';
import { auditCatalog } from './invariants.ts';
import { orderQuantityMax } from './order-stock-shapes.ts';
import { freshOrderStock, orderOf } from './testing-orders.ts';

const { catalog, database, addProduct, reserve, release, ship, holds, stockOf } =
  await freshOrderStock();

async function holdOf(batchId: string): Promise<string[] | undefined> {
  return (await holds()).find((hold) => hold.batchId === batchId)?.orderIds;
}

test('an order that fits takes its stock, at the prices of the moment', async () => {
  const [a, b] = [await addProduct({ title: 'A cup', unitPriceCents: 250 }), await addProduct()];
  const order = orderOf({ [b.id]: 3, [a.id]: 2 });
  const batchId = randomUUID();

  const results = await reserve([order], { batchId });

  assert.deepEqual(results, [
    {
      orderId: order.orderId,
      outcome: 'reserved',
      lines: [
        { productId: b.id, title: 'A thing', quantity: 3, unitPriceCents: 100 },
        { productId: a.id, title: 'A cup', quantity: 2, unitPriceCents: 250 },
      ],
      totalCents: 800,
    },
  ]);
  assert.deepEqual(
    [await stockOf(a), await stockOf(b)],
    [
      [8, 2],
      [7, 3],
    ],
  );
  assert.deepEqual(await holdOf(batchId), [order.orderId]);
  assert.deepEqual(await auditCatalog(database), []);
});

test('an order that comes again is answered as before, whatever it would cost now', async () => {
  const product = await addProduct({ quantity: 3 });
  const order = orderOf({ [product.id]: 3 });
  const [first] = await reserve([order]);
  const edit = { id: product.id, ifMatch: product.version, unitPriceCents: 999 };
  await catalog.changeProduct(edit, callByStaff());

  const batchId = randomUUID();
  const [again] = await reserve([order], { batchId });

  assert.equal(JSON.stringify(again), JSON.stringify(first));
  assert.deepEqual(await holdOf(batchId), [order.orderId]);
  assert.deepEqual(await stockOf(product), [0, 3]);
});

test('an order that was shipped is answered as before, and waits for no verdict', async () => {
  const product = await addProduct();
  const order = orderOf({ [product.id]: 4 });
  const [first] = await reserve([order]);
  assert.equal(await ship(order.orderId), 1);

  const batchId = randomUUID();
  assert.deepEqual(await reserve([order], { batchId }), [first]);
  assert.equal(await holdOf(batchId), undefined);
  assert.deepEqual(await stockOf(product), [6, 0]);
});

test('an order that was released stays released, even when there is stock', async () => {
  const product = await addProduct();
  const order = orderOf({ [product.id]: 4 });
  await reserve([order]);
  assert.equal(await release(order.orderId), 1);

  const { orderId } = order;
  assert.deepEqual(await reserve([order]), [{ orderId, outcome: 'released' }]);
  assert.deepEqual(await stockOf(product), [10, 0]);
  assert.deepEqual(await auditCatalog(database), []);
});

test('another request under the same order is a mismatch, in every state', async () => {
  const product = await addProduct();
  const order = orderOf({ [product.id]: 2 });
  const { orderId } = order;
  const other = orderOf({ [product.id]: 1 }, { orderId });
  await reserve([order]);

  const batchId = randomUUID();
  assert.deepEqual(await reserve([other], { batchId }), [{ orderId, outcome: 'mismatch' }]);
  assert.equal(await holdOf(batchId), undefined);
  await release(orderId);
  assert.deepEqual(await reserve([other]), [{ orderId, outcome: 'mismatch' }]);
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('the id of what staff has put aside is no order', async () => {
  const { id } = await addProduct();
  const lines = [{ productId: id, quantity: 2 }];
  const hold = await catalog.createHold({ lines, idempotencyKey: randomUUID() }, callByStaff());

  const orderId = hold.id;
  const results = await reserve([orderOf({ [id]: 2 }, { orderId })]);
  assert.deepEqual(results, [{ orderId, outcome: 'mismatch' }]);
  assert.deepEqual([await release(orderId), await ship(orderId)], [0, 0]);
  assert.deepEqual(await stockOf({ id }), [8, 2]);
});

test('who does not fit takes nothing, is told what there was, and lets the next ones fit', async () => {
  const [a, b] = [await addProduct({ quantity: 5 }), await addProduct({ quantity: 5 })];
  const orders = [
    orderOf({ [a.id]: 3 }),
    orderOf({ [b.id]: 5, [a.id]: 3 }),
    orderOf({ [a.id]: 2, [b.id]: 5 }),
    orderOf({ [a.id]: 1, [b.id]: 1 }),
  ];
  const batchId = randomUUID();
  const results = await reserve(orders, { batchId });

  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['reserved', 'short', 'reserved', 'short'],
  );
  const short = results.map((result) => (result.outcome === 'short' ? result.lines : []));
  assert.deepEqual(short[1], [{ productId: a.id, asked: 3, available: 2 }]);
  assert.deepEqual(short[3], [
    { productId: a.id, asked: 1, available: 0 },
    { productId: b.id, asked: 1, available: 0 },
  ]);
  const kept = [orders[0], orders[2]].map((order) => order?.orderId ?? '');
  assert.deepEqual((await holdOf(batchId))?.toSorted(), kept.toSorted());
  assert.deepEqual(await auditCatalog(database), []);
});

test('an order that was short may fit later: nothing of it was kept', async () => {
  const { id } = await addProduct({ quantity: 1 });
  const order = orderOf({ [id]: 2 });
  assert.equal((await reserve([order]))[0]?.outcome, 'short');
  const restock = { id, delta: 1, reason: 'restock', idempotencyKey: randomUUID() } as const;
  await catalog.addStockMove(restock, callByStaff());
  assert.equal((await reserve([order]))[0]?.outcome, 'reserved');
});

test('a product that nobody knows spoils its order alone', async () => {
  const { id } = await addProduct();
  const [bad, good] = [orderOf({ nope: 1, [id]: 9, never: 2 }), orderOf({ [id]: 9 })];
  const [unknown, known] = await reserve([bad, good]);

  const productIds = ['nope', 'never'];
  assert.deepEqual(unknown, { orderId: bad.orderId, outcome: 'unknownProduct', productIds });
  assert.equal(known?.outcome, 'reserved');
});

test('a total is exact, or the order is refused', async () => {
  const dear = { unitPriceCents: priceCentsMax, quantity: orderQuantityMax };
  const products = await Promise.all([1, 2, 3].map(() => addProduct(dear)));
  const [a, b, c] = products.map(({ id }) => id) as [string, string, string];
  // 90 071 units cost just less than the largest exact number of cents, 90 072 cost more.
  const orders = [
    orderOf({ [a]: orderQuantityMax, [b]: orderQuantityMax }),
    orderOf({ [a]: 90_072 }),
    orderOf({ [b]: 90_070, [c]: 2 }),
    orderOf({ [a]: 90_070, [c]: 1 }),
  ];
  const results = await reserve(orders);

  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['totalTooLarge', 'totalTooLarge', 'totalTooLarge', 'reserved'],
  );
  const total = results[3]?.outcome === 'reserved' ? results[3].totalCents : 0;
  assert.equal(total, 90_071 * priceCentsMax);
  assert.deepEqual(await stockOf({ id: b }), [orderQuantityMax, 0]);
});

test('an order or a product that is there twice is refused before anything is taken', async () => {
  const { id } = await addProduct();
  const order = orderOf({ [id]: 1 });
  await assert.rejects(reserve([order, order]), {
    code: 'invalid',
    errors: [{ in: 'body', pointer: '/orders/1/orderId', detail: 'is there twice' }],
  });
  const lines = [...order.lines, ...order.lines];
  await assert.rejects(reserve([{ ...order, lines }]), {
    code: 'invalid',
    errors: [{ in: 'body', pointer: '/orders/0/lines/1/productId', detail: 'is there twice' }],
  });
  assert.deepEqual(await stockOf({ id }), [10, 0]);
});

test('a value that PostgreSQL cannot take is known as one, and nothing is done', async () => {
  const { id } = await addProduct();
  const bad = [{ 'a\0b': 1 }, { [id]: 2 ** 31 }].map((lines) => orderOf(lines));
  for (const order of bad) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await assert.rejects(reserve([orderOf({ [id]: 1 }), order]), (error) => isBadValue(error));
  }
  assert.deepEqual(await stockOf({ id }), [10, 0]);
});

test('numbers may be as large as their columns take', async () => {
  const large = await freshOrderStock();
  const text = 'alter sequence catalog.products_sku_seq restart with 2147483646';
  await large.database.rows({ name: 'largeSkus', text });
  const quantity = 1_000_000_000;
  const [a, b] = [await large.addProduct({ quantity }), await large.addProduct({ quantity })];
  for (let i = 0; i < 5; i += 1) {
    const restock = { id: a.id, delta: quantity, reason: 'restock' } as const;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await large.catalog.addStockMove({ ...restock, idempotencyKey: randomUUID() }, callByStaff());
  }
  const order = orderOf({ [a.id]: orderQuantityMax, [b.id]: orderQuantityMax });

  assert.equal((await large.reserve([order]))[0]?.outcome, 'reserved');
  assert.deepEqual(await large.stockOf(a), [6 * quantity - orderQuantityMax, orderQuantityMax]);
  assert.equal(await large.ship(order.orderId), 1);
  assert.deepEqual(await auditCatalog(large.database), []);
});

test('only services may ask what orders ask', async () => {
  const orderIds = [randomUUID()];
  const asks = [
    (call = callBy()) => catalog.reserve({ batchId: randomUUID(), settled: [], orders: [] }, call),
    (call = callBy()) => catalog.settle({ batchIds: [], releaseIds: [] }, call),
    (call = callBy()) => catalog.releaseOrders({ orderIds }, call),
    (call = callBy()) => catalog.shipOrders({ orderIds }, call),
    (call = callBy()) => catalog.oldHolds({ olderThanSeconds: 0, limit: 1 }, call),
  ];
  const refused = asks.flatMap((ask) => [
    assert.rejects(ask(), { code: 'unauthorized' }),
    assert.rejects(ask(callByStaff()), { code: 'forbidden' }),
  ]);
  await Promise.all(refused);
});
