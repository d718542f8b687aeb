import assert from 'node:assert/strict';
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

const makeOld = (orderId: string) =>
  change(
    shop.database,
    `update catalog.reservations set created_at = now() - interval '100 s'
     where order_id = '${orderId}'`,
  );

/** As it is when the news of what became of an order is still under way. */
async function closedOrder(secondsAgo: number) {
  const { id } = await shop.addProduct();
  const order = await shop.place({ [id]: 2 });
  await change(
    shop.ordersDatabase,
    `update orders.orders set status = 'X', closed_at = now() - interval '${secondsAgo} s'
     where id = '${order.id}'`,
  );
  await makeOld(order.id);
  return { order, id };
}

test('X2: stock that is kept for an order that was cancelled long ago', async () => {
  const [fresh, stale] = [await closedOrder(10), await closedOrder(70)];
  assert.deepEqual(
    (await shop.found(fresh.order.id)).filter(({ invariant }) => invariant === 'X2'),
    [],
  );
  assert.deepEqual(
    (await shop.found(stale.order.id)).filter(({ invariant }) => invariant === 'X2'),
    [
      {
        invariant: 'X2',
        subject: `order ${stale.order.id}`,
        detail: `reserves 2 × ${stale.id} at 100; the order is X`,
      },
    ],
  );
});

test('X2 and X3: stock that is kept for an order that is void, or is nowhere', async () => {
  const { id } = await shop.addProduct();
  const [old, young, nowhere] = [orderOf({ [id]: 1 }), orderOf({ [id]: 2 }), orderOf({ [id]: 4 })];
  await shop.reserve([old, young, nowhere]);
  await shop.addOrder({ id: old.orderId, status: 'V' });
  await shop.addOrder({ id: young.orderId, status: 'V' });
  await Promise.all([makeOld(old.orderId), makeOld(nowhere.orderId)]);

  const violations = await shop.found(id);
  assert.deepEqual(rulesIn(violations), ['X2', 'X2', 'X3']);
  assert.deepEqual(
    violations.map(({ subject, detail }) => `${subject}: ${detail}`).toSorted(),
    [
      `order ${old.orderId}: reserves 1 × ${id} at 100; the order is V`,
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
