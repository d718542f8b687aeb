import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { orderIdOf } from './ids.ts';
import { freshShop } from './testing-shop.ts';

const shop = await freshShop();
const { replica, addProduct, stockOf } = shop;

const wishFor = (lines: Record<string, number>) => ({ userId: randomUUID(), key: 'a key', lines });

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

test('an order is answered with all that was ordered, and costs what its lines cost', async () => {
  const [ring, cup] = await Promise.all([addProduct(10, 1_999), addProduct(10, 5)]);
  const userId = randomUUID();
  const told = await replica(0).place({ userId, key: 'a key', lines: { [ring]: 2, [cup]: 3 } });

  const { number, placedAt, ...order } = told.order;
  assert.match(number, /^ORD\d{4,}$/);
  assert.ok(Math.abs(Date.parse(placedAt) - Date.now()) < 60_000);
  assert.deepEqual(order, {
    id: orderIdOf(userId, 'a key'),
    userId,
    status: 'confirmed',
    lines: [
      { productId: ring, title: 'A thing', quantity: 2, unitPriceCents: 1_999 },
      { productId: cup, title: 'A thing', quantity: 3, unitPriceCents: 5 },
    ],
    totalCents: 4_013,
    currency: 'EUR',
    version: '1',
  });
});

test('lines of one product are one line of the order', async () => {
  const product = await addProduct(10);
  const line = { productId: product, quantity: 2 };
  const { lines } = await replica(0).placeOrder({ lines: [line, line] }, callByUser(randomUUID()));
  assert.deepEqual(
    lines.map(({ quantity }) => quantity),
    [4],
  );
  assert.deepEqual(await stockOf(product), [6, 4]);
});

test('the same key of two users makes two orders; without a key every order is a new one', async () => {
  const product = await addProduct(10);
  const { place } = replica(0);
  const wish = { userId: randomUUID(), lines: { [product]: 1 } };
  const placing = [wish, wish, wishFor(wish.lines), wishFor(wish.lines)].map((each) => place(each));
  const told = await Promise.all(placing);
  assert.equal(new Set(told.map(({ order }) => order.id)).size, 4);
});

test('an order that staff places for somebody is that user’s, under that user’s key', async () => {
  const product = await addProduct(10);
  const wish = wishFor({ [product]: 2 });
  const { placeOrder, place } = replica(0);
  const lines = [{ productId: product, quantity: 2 }];
  const input = { lines, userId: wish.userId, idempotencyKey: wish.key };
  const order = await placeOrder(input, callByStaff());

  assert.equal(order.userId, wish.userId);
  assert.equal((await place(wish)).text, JSON.stringify(order));
  await assert.rejects(placeOrder(input, callByUser(randomUUID())), { code: 'forbidden' });
  await assert.rejects(placeOrder(input, callBy()), { code: 'unauthorized' });
});

test('what names an unknown product, or is too dear to be counted, leaves no trace of its key', async () => {
  const dear = await addProduct(1_000_000, 100_000_000_000);
  const { place } = replica(0);
  const unknown = wishFor({ 'not-yet': 1 });
  const tooDear = wishFor({ [dear]: 90_072 });
  await assert.rejects(place(unknown), { code: 'unknownProduct', status: 422 });
  await assert.rejects(place(tooDear), { code: 'invalid', status: 400 });

  const cheaper = { ...tooDear, lines: { [dear]: 90_071 } };
  assert.equal((await place(cheaper)).order.totalCents, 9_007_100_000_000_000);
  assert.equal((await place({ ...unknown, lines: { [dear]: 1 } })).status, 201);
});
