import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { orderOf } from './catalog/testing-orders.ts';
import type { Violation } from './platform/audit.ts';
import { change, openShop } from './testing-audit.ts';

const shop = await openShop();

const rulesIn = (violations: readonly Violation[]) =>
  violations.map(({ invariant }) => invariant).toSorted();

test('O2 and X1: a total that was changed, with order and product', async () => {
  const { id } = await shop.addProduct();
  const order = await shop.place({ [id]: 3 });
  await change(
    shop.ordersDatabase,
    `update orders.orders set total_cents = 7 where id = '${order.id}'`,
  );
  const violations = await shop.found(order.id);
  assert.deepEqual(rulesIn(violations), ['O2', 'X1']);
  assert.equal(
    violations[0]?.detail,
    `${order.ref} (C) total 7, its lines cost 300: 3 × ${id} at 100`,
  );
  assert.equal(violations[1]?.detail, `${order.ref} costs 7; reserved for 300: 3 × ${id} at 100`);
});

test('X1: an order and its reservation that are not about the same', async () => {
  const { id } = await shop.addProduct();
  const order = await shop.place({ [id]: 3 });
  await change(
    shop.database,
    `update catalog.reservations set qtys = '{4}' where order_id = '${order.id}'`,
  );
  const violations = await shop.found(order.id);
  assert.deepEqual(rulesIn(violations), ['K1', 'X1']);
  assert.equal(
    violations[1]?.detail,
    `${order.ref} wants 3 × ${id} at 100; reserved 4 × ${id} at 100`,
  );
});

const damages: Record<string, (orderId: string) => Promise<unknown>> = {
  'has no reservation': (orderId) =>
    change(shop.database, `delete from catalog.reservations where order_id = '${orderId}'`),
  'its stock was given back': (orderId) => shop.release(orderId),
  'its stock has left, and it is confirmed': (orderId) => shop.ship(orderId),
};

for (const [what, damage] of Object.entries(damages)) {
  test(`X1: a confirmed order: ${what}`, async () => {
    const { id } = await shop.addProduct();
    const { id: orderId, ref } = await shop.place({ [id]: 3 });
    await damage(orderId);
    assert.deepEqual((await shop.found(orderId))[0], {
      invariant: 'X1',
      subject: `order ${orderId}`,
      detail: `${ref} wants 3 × ${id} at 100; ${what}`,
    });
  });
}

test('X2: stock that is kept for an order that was cancelled, and nobody will say so', async () => {
  const { id } = await shop.addProduct();
  const [told, untold] = [await shop.place({ [id]: 1 }), await shop.place({ [id]: 2 })];
  await shop.close(told.id, 'X');
  await shop.close(untold.id, 'X');
  await shop.forget(untold.id);
  const violations = (await shop.found(id)).filter(({ invariant }) => invariant === 'X2');
  assert.deepEqual(violations, [
    {
      invariant: 'X2',
      subject: `order ${untold.id}`,
      detail: `reserves 2 × ${id} at 100; the order is X`,
    },
  ]);
});

test('X2 and X3: stock that is kept for an order that is void, or is nowhere', async () => {
  const { id } = await shop.addProduct();
  const [gone, asked, nowhere] = [orderOf({ [id]: 1 }), orderOf({ [id]: 2 }), orderOf({ [id]: 4 })];
  const batchId = randomUUID();
  await shop.reserve([gone, nowhere], { batchId });
  await shop.settle([batchId]);
  // Of this one catalog is yet to ask.
  await shop.reserve([asked]);
  await shop.addOrder({ id: gone.orderId, status: 'V' });
  await shop.addOrder({ id: asked.orderId, status: 'V' });

  const violations = await shop.found(id);
  assert.deepEqual(rulesIn(violations), ['X2', 'X2', 'X3']);
  assert.deepEqual(
    violations.map(({ subject, detail }) => `${subject}: ${detail}`).toSorted(),
    [
      `order ${gone.orderId}: reserves 1 × ${id} at 100; the order is V`,
      `order ${nowhere.orderId}: reserves 4 × ${id} at 100; there is no such order`,
      `product ${id}: confirmed orders want 0, reserved for orders 7; newest: none`,
    ].toSorted(),
  );
});

test('X3: lines that were changed, with the product and the order that wants more', async () => {
  const { id } = await shop.addProduct();
  const order = await shop.place({ [id]: 2 });
  await change(
    shop.ordersDatabase,
    `update orders.orders set total_cents = 500, lines =
       '[{"productId": "${id}", "title": "A thing", "quantity": 5, "unitPriceCents": 100}]'
     where id = '${order.id}'`,
  );
  const violations = await shop.found(id);
  assert.deepEqual(rulesIn(violations), ['X1', 'X3']);
  assert.equal(
    violations[1]?.detail,
    `confirmed orders want 5, reserved for orders 2; newest: order ${order.id}`,
  );
});
