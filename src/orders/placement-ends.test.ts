import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { gate } from './testing-faults.ts';
import { freshShop } from './testing-shop.ts';

const shop = await freshShop();
const { replica, threeOfTen, stockOf } = shop;
const [one, other] = [replica(0), replica(1)];

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

test('an order that is not confirmed yet cannot be cancelled, and is placed all the same', async () => {
  const { wish, id } = await threeOfTen();
  const { around, reached, open } = gate();
  const placing = replica(0, { reserve: around }).place(wish);
  await reached;
  await assert.rejects(other.cancel({ id }), { code: 'notFound' });
  open();
  assert.equal((await placing).order.status, 'confirmed');
});

test('of those who cancel and those who fulfil at once one kind wins', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, threeOfTen));
  const placed = await Promise.all(all.map(({ wish }) => one.place(wish)));
  const ended = await Promise.all(
    placed.map(({ order }, i) =>
      Promise.allSettled(
        i % 2 === 0
          ? [one.cancel(order), other.fulfil(order)]
          : [one.fulfil(order), other.cancel(order)],
      ),
    ),
  );
  for (const pair of ended) {
    const refused = pair.filter((result) => result.status === 'rejected');
    assert.deepEqual(
      refused.map(({ reason }) => reason.code),
      ['conflict'],
    );
  }
  await Promise.all([one.relay(), other.relay()]);
  const stocks = await Promise.all(all.map(({ product }) => stockOf(product)));
  const isBack = await Promise.all(
    placed.map(async (_, i) => {
      const wish = all[i]?.wish ?? assert.fail();
      return (await one.place(wish)).order.status === 'cancelled';
    }),
  );
  assert.deepEqual(
    stocks,
    isBack.map((back) => [back ? 10 : 7, 0]),
  );
});

test('who cancels twice is told twice, and the stock comes back once', async () => {
  const { product, wish } = await threeOfTen();
  const { order } = await one.place(wish);
  const [first, second] = await Promise.all([one.cancel(order), other.cancel(order)]);
  const third = await other.cancel(order);
  assert.deepEqual([first, second], [third, third]);

  await Promise.all([one.relay(), other.relay(), one.relay()]);
  await one.relay();
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('who repeats an order that was cancelled is told so, and gets no other one', async () => {
  const { product, wish } = await threeOfTen();
  const first = await one.place(wish);
  const cancelled = await one.cancel(first.order);
  const early = await other.place(wish);
  await one.relay();
  const late = await other.place(wish);

  for (const { status, replayed, order } of [early, late]) {
    assert.deepEqual([status, replayed], [200, true]);
    assert.deepEqual(order, cancelled);
  }
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('who repeats an order that was fulfilled is told so, and its stock stays away', async () => {
  const { product, wish } = await threeOfTen();
  const fulfilled = await one.fulfil((await one.place(wish)).order);
  await one.relay();
  const { status, order } = await other.place(wish);

  assert.deepEqual([status, order], [200, fulfilled]);
  await shop.heal();
  assert.deepEqual(await stockOf(product), [7, 0]);
});

test('an order that is called off before it was sent is never placed', async () => {
  const { product, wish, userId, key } = await threeOfTen();
  assert.deepEqual(await other.abort(userId, key), { outcome: 'voided' });
  await assert.rejects(one.place(wish), { code: 'orderVoided' });
  await assert.rejects(other.place(wish), { code: 'orderVoided' });

  await one.sweep();
  assert.deepEqual(await stockOf(product), [10, 0]);
  await assert.rejects(one.place(wish), { code: 'orderVoided' });
});

test('an order that is called off while it is being placed is either voided or there', async () => {
  const { product, wish, userId, key } = await threeOfTen();
  const { around, reached, open } = gate();
  const placing = replica(0, { reserve: around }).place(wish);
  await reached;
  assert.deepEqual(await other.abort(userId, key), { outcome: 'voided' });
  open();
  await assert.rejects(placing, { code: 'orderVoided' });
  await one.sweep();
  assert.deepEqual(await stockOf(product), [10, 0]);

  const all = await Promise.all(Array.from({ length: 20 }, threeOfTen));
  const pairs = await Promise.all(
    all.map((each) =>
      Promise.allSettled([one.place(each.wish), other.abort(each.userId, each.key)]),
    ),
  );
  for (const [placed, aborted] of pairs) {
    const isPlaced = placed.status === 'fulfilled';
    if (!isPlaced) assert.equal(placed.reason.code, 'orderVoided');
    assert.equal(aborted.status, 'fulfilled');
    assert.equal(aborted.value.outcome, isPlaced ? 'ordered' : 'voided');
  }
});

test('an order that was placed, or was sold out, cannot be called off any more', async () => {
  const { product, wish, userId, key } = await threeOfTen();
  const { around, reached } = gate();
  void replica(0, { insertOrders: around }).place(wish);
  await reached;
  const { outcome, order } = await other.abort(userId, key);
  assert.equal(outcome, 'ordered');
  assert.deepEqual((await other.place(wish)).order, order);

  const soldOut = { userId: randomUUID(), key, lines: { [product]: 8 } };
  await assert.rejects(one.place(soldOut), { code: 'outOfStock' });
  await assert.rejects(other.abort(soldOut.userId, key), { code: 'outOfStock' });
});
