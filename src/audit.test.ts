import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { linesOf } from './audit.ts';
import { orderOf } from './catalog/testing-orders.ts';
import type { Violation } from './platform/audit.ts';
import { change, openShop } from './testing-audit.ts';
import { callByStaff } from './testing/call.ts';
import { makeHome } from './testing/process.ts';

const shop = await openShop();

test('a shop in which all went well violates nothing', async () => {
  const own = await openShop();
  const product = await own.addProduct({ quantity: 100 });
  const [open, cancelled, fulfilled] = [
    await own.place({ [product.id]: 2 }),
    await own.place({ [product.id]: 3 }),
    await own.place({ [product.id]: 4 }),
  ];
  const [tellCancelled, tellFulfilled] = [
    await own.close(cancelled.id, 'X'),
    await own.close(fulfilled.id, 'F'),
  ];
  await tellCancelled();
  await tellFulfilled();
  const hold = { lines: [{ productId: product.id, quantity: 5 }], idempotencyKey: randomUUID() };
  await own.catalog.createHold(hold, callByStaff());

  const findings = await own.audit();
  assert.deepEqual(
    findings.map(({ rule, checked, violations }) => [rule, checked, violations]),
    [
      ['K1', 1, []],
      ['K2', 0, []],
      ['O1', 0, []],
      ['O2', 3, []],
      ['X1', 1, []],
      ['X2', 1, []],
      ['X3', 1, []],
    ],
  );
  assert.equal(
    linesOf(findings)[4],
    'X1  0 violations  (1 confirmed orders)  ' +
      'each confirmed order has its stock, the same lines and the same total',
  );
  assert.equal((await own.audit(false)).length, 6);
  assert.deepEqual(await own.stockOf(product), [100 - 2 - 4 - 5, 2 + 5]);
  assert.ok(open.ref);
});

test('K1: stock that was changed by hand, with the orders that hold it', async () => {
  const { id } = await shop.addProduct();
  const order = await shop.place({ [id]: 2 });
  assert.deepEqual(await shop.found(id), []);
  await change(
    shop.database,
    `update catalog.stock set available = available + 1
     where sku = (select sku from catalog.products where id = '${id}')`,
  );
  assert.deepEqual(await shop.found(id), [
    {
      invariant: 'K1',
      subject: `product ${id}`,
      detail: `available 9, reserved 2; active reservations 2, moves 10; newest: order ${order.id}`,
    },
  ]);
});

test('K2: a batch that has waited for two minutes', async () => {
  const { id } = await shop.addProduct();
  const wanted = orderOf({ [id]: 1 });
  await shop.reserve([wanted]);
  assert.deepEqual(await shop.found(wanted.orderId), []);
  await change(
    shop.database,
    `update catalog.holds set created_at = now() - interval '120 s'
     where '${wanted.orderId}' = any (order_ids)`,
  );
  const [violation] = await shop.found(wanted.orderId);
  assert.equal(violation?.invariant, 'K2');
  assert.ok(violation.detail.endsWith(`orders (1): ${wanted.orderId}; products: ${id}`));
});

test('O1: a second order under the same key', async () => {
  const first = await shop.addOrder({ key: 'my key', status: 'J' });
  const second = await shop.addOrder({ userId: first.userId, key: 'my key', status: 'V' });
  const [violation, ...rest] = await shop.found(second.id);
  assert.deepEqual([violation?.invariant, rest], ['O1', []]);
  assert.match(violation?.detail ?? '', new RegExp(`order ${first.id} .J, products ring.`));
});

test('finds nothing while orders are placed, cancelled and shipped', async () => {
  const own = await openShop();
  const { id } = await own.addProduct({ quantity: 1_000 });
  async function live(step: number): Promise<void> {
    if (step >= 25) return;
    const order = await own.place({ [id]: 1 + (step % 3) });
    if (step % 3 > 0) {
      const tell = await own.close(order.id, step % 3 === 1 ? 'X' : 'F');
      await tell();
    }
    await live(step + 1);
  }
  let isOver = false;
  const work = Promise.all(Array.from({ length: 6 }, () => live(0))).finally(() => {
    isOver = true;
  });
  async function watch(): Promise<Violation[]> {
    const seen = (await own.audit(false)).flatMap(({ violations }) => violations);
    return isOver ? seen : [...seen, ...(await watch())];
  }
  const [violations] = await Promise.all([watch(), work]);
  assert.deepEqual(violations, []);
});

test('the command prints a line for each rule, and fails if one is violated', async () => {
  const own = await openShop();
  const urls = {
    catalogDatabaseUrl: own.database.url,
    ordersDatabaseUrl: own.ordersDatabase.url,
  };
  const home = await makeHome();
  const { id } = await own.addProduct();
  const order = await own.place({ [id]: 1 });
  const clean = home.launch('audit', { data: home.data, ...urls });
  assert.equal(await clean.ended, 0, clean.stderr());
  assert.deepEqual(
    clean.log.map(({ msg }) => msg?.slice(0, 17)),
    ['K1', 'K2', 'O1', 'O2', 'X1', 'X2'].map((rule) => `${rule}  0 violations `),
  );

  await own.release(order.id);
  const broken = home.launch('audit', { data: home.data, quiesced: true, ...urls });
  assert.equal(await broken.ended, 1, broken.stderr());
  const lines = broken.log.map(({ msg }) => msg ?? '');
  const x1 = lines.findIndex((line) => line.startsWith('X1  1 violation  (1 confirmed orders)'));
  assert.equal(
    lines[x1 + 1],
    `    order ${order.id}: ${order.ref} wants 1 × ${id} at 100; its stock was given back`,
  );
  assert.ok(lines.some((line) => line.startsWith('X3  1 violation  (1 products)')));
});
