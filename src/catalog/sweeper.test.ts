import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import type { ordersApi } from '../orders/api.ts';
import { freshOrders } from '../orders/fixture.ts';
import type { Verdict } from '../orders/shapes.ts';
import type { Service } from '../platform/api.ts';
import { AppError } from '../platform/errors.ts';
import { until } from '../postgres/wait.ts';
import { silent } from '../testing/database.ts';
import { auditCatalog } from './invariants.ts';
import { openSweeper, sweep } from './sweeper.ts';
import { byOrders, freshOrderStock, orderOf } from './testing-orders.ts';

const { catalog, database, addProduct, reserve, ship, holds, stockOf } = await freshOrderStock();

const holdSeconds = 30;

/** Orders as catalog knows them: who asks about an order that is not there makes it void. */
function playOrders() {
  const verdicts = new Map<string, Verdict['verdict']>();
  const asked: string[][] = [];
  async function resolve({ orderIds }: { orderIds: string[] }) {
    asked.push(orderIds);
    for (const id of orderIds) if (!verdicts.has(id)) verdicts.set(id, 'void');
    return {
      verdicts: orderIds.map((orderId) => ({ orderId, verdict: verdicts.get(orderId) ?? 'void' })),
    };
  }
  return { verdicts, asked, resolve };
}

/** A batch that was reserved a minute ago and then forgotten. */
async function oldBatch(productId: string, quantities: readonly number[]) {
  const batchId = randomUUID();
  const orders = quantities.map((quantity) => orderOf({ [productId]: quantity }));
  await reserve(orders, { batchId });
  const text = `update catalog.holds set created_at = created_at - interval '60 s'
    where batch_id = $1::uuid`;
  await database.rows({ name: 'age', text }, [batchId]);
  return { batchId, ids: orders.map(({ orderId }) => orderId) };
}

async function waits(batchId: string): Promise<boolean> {
  return (await holds()).some((hold) => hold.batchId === batchId);
}

const parts = (orders: Pick<Service<typeof ordersApi>, 'resolve'>) => ({
  catalog,
  orders,
  holdSeconds,
  log: silent,
});

test('a batch whose orders were never written is voided, and its stock comes back', async () => {
  const product = await addProduct();
  const { batchId, ids } = await oldBatch(product.id, [2, 3]);
  const orders = playOrders();

  await sweep(parts(orders));
  assert.deepEqual(await stockOf(product), [10, 0]);
  assert.equal(await waits(batchId), false);
  assert.deepEqual(
    ids.map((id) => orders.verdicts.get(id)),
    ['void', 'void'],
  );
});

test('gives back what was rejected, voided or cancelled, and nothing else', async () => {
  const product = await addProduct({ quantity: 100 });
  const { batchId, ids } = await oldBatch(product.id, [1, 2, 4, 8, 16]);
  const orders = playOrders();
  const given = ['confirmed', 'rejected', 'void', 'cancelled', 'fulfilled'] as const;
  for (const [i, verdict] of given.entries()) orders.verdicts.set(ids[i] ?? '', verdict);

  await sweep(parts(orders));
  assert.deepEqual(await stockOf(product), [100 - 1 - 16, 1 + 16]);
  assert.equal(await waits(batchId), false);
  assert.equal(await ship(ids[4] ?? ''), 1);
  assert.deepEqual(await auditCatalog(database), []);
});

test('the service of orders gives the verdicts, and makes void what it does not know', async () => {
  const product = await addProduct({ quantity: 100 });
  const { batchId, ids } = await oldBatch(product.id, [1, 2, 4, 8, 16]);
  const { orders, addOrder } = await freshOrders();
  const written = ['C', 'J', 'X', 'F'] as const;
  await Promise.all(written.map((status, i) => addOrder({ id: ids[i] ?? '', status })));

  await sweep(parts(orders));
  assert.deepEqual(await stockOf(product), [100 - 1 - 8, 1 + 8]);
  assert.equal(await waits(batchId), false);
  const { verdicts } = await orders.resolve({ orderIds: ids }, byOrders());
  assert.deepEqual(
    verdicts.map(({ verdict }) => verdict),
    ['confirmed', 'rejected', 'cancelled', 'fulfilled', 'void'],
  );
});

test('asks nobody about a batch that is young', async () => {
  const product = await addProduct();
  await reserve([orderOf({ [product.id]: 2 })]);
  const orders = playOrders();

  assert.equal(await sweep(parts(orders)), false);
  assert.deepEqual(orders.asked, []);
  assert.deepEqual(await stockOf(product), [8, 2]);
});

test('keeps a batch as long as the verdict on one of its orders is missing', async () => {
  const product = await addProduct();
  const { batchId, ids } = await oldBatch(product.id, [2, 3]);
  const orders = playOrders();
  const resolve = async (input: { orderIds: string[] }) => {
    const { verdicts } = await orders.resolve(input);
    return { verdicts: verdicts.filter(({ orderId }) => orderId !== ids[1]) };
  };

  assert.equal(await sweep(parts({ resolve })), false);
  assert.deepEqual([await waits(batchId), await stockOf(product)], [true, [5, 5]]);
  await sweep(parts(orders));
  assert.deepEqual([await waits(batchId), await stockOf(product)], [false, [10, 0]]);
});

test('keeps its batches while orders is away, and settles them when it is back', async () => {
  const product = await addProduct();
  const { batchId } = await oldBatch(product.id, [4]);
  const orders = playOrders();
  let refusals = 0;
  const sweeper = openSweeper({
    ...parts({
      async resolve(input) {
        if (refusals >= 2) return orders.resolve(input);
        refusals += 1;
        assert.deepEqual([await waits(batchId), await stockOf(product)], [true, [6, 4]]);
        throw new AppError('unavailable', 'orders does not answer');
      },
    }),
    everyMs: 10,
  });
  after(sweeper.close);

  assert.ok(await until(async () => !(await waits(batchId)) || undefined, 5_000));
  await sweeper.close();
  assert.equal(refusals, 2);
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('two sweepers that come to the same batches give stock back once', async () => {
  const product = await addProduct({ quantity: 100 });
  await Promise.all([1, 2, 3, 4].map((quantity) => oldBatch(product.id, [quantity, 10])));
  const orders = playOrders();
  const both = Promise.withResolvers<void>();
  const resolve = async (input: { orderIds: string[] }) => {
    const answer = await orders.resolve(input);
    if (orders.asked.length === 2) both.resolve();
    await both.promise;
    return answer;
  };

  await Promise.all([sweep(parts({ resolve })), sweep(parts({ resolve }))]);
  assert.deepEqual(await stockOf(product), [100, 0]);
  assert.deepEqual(await auditCatalog(database), []);
});

test('a sweeper that dies between asking and settling leaves its work to the next one', async () => {
  const product = await addProduct();
  const { batchId, ids } = await oldBatch(product.id, [2, 3]);
  const orders = playOrders();
  const dying = { ...catalog, settle: () => Promise.reject(new Error('killed')) };

  await assert.rejects(sweep({ ...parts(orders), catalog: dying }), /killed/);
  assert.deepEqual([await waits(batchId), await stockOf(product)], [true, [5, 5]]);
  assert.equal(orders.verdicts.get(ids[0] ?? ''), 'void');

  await sweep(parts(orders));
  assert.deepEqual([await waits(batchId), await stockOf(product)], [false, [10, 0]]);
});

test('asks about as many batches as one call holds, and says that more wait', async () => {
  const product = await addProduct({ quantity: 100 });
  const text = `insert into catalog.holds (batch_id, order_ids, created_at)
    select gen_random_uuid(), array[gen_random_uuid()], now() - interval '50 s'
    from generate_series(1, 45)`;
  await database.rows({ name: 'manyHolds', text });
  const { batchId } = await oldBatch(product.id, [1]);
  const orders = playOrders();

  assert.equal(await sweep(parts(orders)), true);
  assert.equal(await waits(batchId), false);
  assert.equal(await sweep(parts(orders)), false);
  assert.deepEqual(
    orders.asked.map(({ length }) => length),
    [40, 6],
  );
});
