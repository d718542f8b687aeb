import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import { callByUser } from '../testing/call.ts';
import { answerLost, away, gate, inTurn, type Around } from './testing-faults.ts';
import { freshShop } from './testing-shop.ts';

const shop = await freshShop();
const { replica, threeOfTen, stockOf, batchesOnHold } = shop;

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

test('orders that pause until the sweeper has voided the order cannot confirm it', async () => {
  const { product, wish } = await threeOfTen();
  const { around, reached, open } = gate();
  const placing = replica(0, { reserve: around }).place(wish);
  await reached;
  assert.deepEqual(await stockOf(product), [7, 3]);
  await replica(1).sweep();

  assert.deepEqual(await stockOf(product), [10, 0]);
  open();
  await assert.rejects(placing, { code: 'orderVoided' });
  await assert.rejects(replica(1).place(wish), { code: 'orderVoided' });
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('a sweeper that comes after the order was confirmed leaves it alone', async () => {
  const { product, wish } = await threeOfTen();
  const told = await replica(0).place(wish);
  assert.equal((await batchesOnHold()).length, 1);
  await replica(1).sweep();

  assert.deepEqual(await batchesOnHold(), []);
  assert.deepEqual(await stockOf(product), [7, 3]);
  const again = await replica(1).place(wish);
  assert.equal(again.text, told.text);
});

test('the sweeper that asks while the order is being inserted waits for the outcome', async () => {
  const wishes = await Promise.all(Array.from({ length: 20 }, threeOfTen));
  const [first, second] = [replica(0), replica(1)];
  const outcomes = await Promise.all(
    wishes.map(async ({ product, wish }) => {
      const { around, reached, open } = gate();
      const placing = replica(0, { reserve: around }).place(wish);
      await reached;
      // As near to each other as they can be.
      open();
      const [placed] = await Promise.allSettled([placing, first.sweep(), second.sweep()]);
      return { product, placed };
    }),
  );

  await shop.heal();
  const stocks = await Promise.all(outcomes.map(({ product }) => stockOf(product)));
  const expected = outcomes.map(({ placed }) => (placed.status === 'fulfilled' ? [7, 3] : [10, 0]));
  assert.deepEqual(stocks, expected);
  for (const { placed } of outcomes) {
    if (placed.status === 'rejected') assert.equal(placed.reason.code, 'orderVoided');
  }
});

test('after a crash between the two commits a retry completes the order at once', async () => {
  const { product, wish } = await threeOfTen();
  const { around, reached } = gate();
  void replica(0, { reserve: around }).place(wish);
  await reached;
  const told = await replica(1).place(wish);

  assert.deepEqual([told.status, told.replayed], [201, false]);
  assert.deepEqual(told.order.lines, [
    { productId: product, title: 'A thing', quantity: 3, unitPriceCents: 100 },
  ]);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('the price of the first try holds when another replica completes the order', async () => {
  const { product, wish } = await threeOfTen();
  const { around, reached } = gate();
  void replica(0, { reserve: around }).place(wish);
  await reached;
  const { version } = await shop.catalogs[0].getProduct({ id: product }, callByUser(wish.userId));
  const changes = { unitPriceCents: 999_999, id: product, ifMatch: version };
  await shop.catalogs[0].changeProduct(changes, callByUser(randomUUID(), 'staff'));

  assert.equal((await replica(1).place(wish)).order.totalCents, 300);
});

test('after a crash behind the second commit a retry is told the same, to the byte', async () => {
  const { product, wish } = await threeOfTen();
  const { around, reached } = gate();
  void replica(0, { insertOrders: around }).place(wish);
  await reached;
  const [second, third] = [await replica(1).place(wish), await replica(0).place(wish)];

  assert.deepEqual([second.status, second.replayed], [201, true]);
  assert.equal(third.text, second.text);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('who was answered and asks again is told the same, to the byte', async () => {
  const { wish } = await threeOfTen();
  const first = await replica(0).place(wish);
  const [near, far] = [await replica(0).place(wish), await replica(1).place(wish)];

  assert.deepEqual([first.status, first.replayed], [201, false]);
  assert.deepEqual([near.status, near.replayed], [201, true]);
  assert.equal(near.text, first.text);
  assert.equal(far.text, first.text);
});

test('a commit whose answer is lost on the wire is done again and found', async () => {
  const { product, wish } = await threeOfTen();
  const insertOrders = inTurn(answerLost, answerLost);
  const told = await replica(0, { insertOrders }).place(wish);

  assert.deepEqual([told.status, told.order.status], [201, 'confirmed']);
  assert.equal((await replica(1).place(wish)).text, told.text);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('a commit that never happened is done at last', async () => {
  const { wish } = await threeOfTen();
  const refused = () => Promise.reject(away());
  const told = await replica(0, { insertOrders: inTurn(refused, refused, refused) }).place(wish);
  assert.deepEqual([told.status, told.replayed], [201, false]);
});

test('past the deadline a commit without an answer is told as unknown', async (t) => {
  const { product, wish } = await threeOfTen();
  const real = performance.now.bind(performance);
  let [laterMs, tries] = [0, 0];
  t.mock.method(performance, 'now', () => real() + laterMs);
  const tooLate = async (work: () => Promise<unknown>) => {
    laterMs += 10_000;
    tries += 1;
    return answerLost(work, undefined);
  };
  const placing = replica(0, { insertOrders: tooLate }).place(wish, callByUser(wish.userId));

  await assert.rejects(placing, { code: 'outcomeUnknown', status: 503 });
  assert.equal(tries, 1);
  const told = await replica(1).place(wish);
  assert.deepEqual([told.status, told.replayed], [201, true]);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('a reservation whose answer comes too late is completed by whoever asks again', async () => {
  const { product, wish } = await threeOfTen();
  const reserve: Around = async (work) => {
    await work();
    throw new AppError('deadlineExceeded', 'Too late, says the test');
  };
  await assert.rejects(replica(0, { reserve }).place(wish), { code: 'deadlineExceeded' });
  assert.deepEqual(await stockOf(product), [7, 3]);
  const told = await replica(1).place(wish);
  assert.deepEqual([told.status, told.replayed], [201, false]);
});

test('a reservation whose answer is lost is asked for once more, and its first batch swept', async () => {
  const { product, wish } = await threeOfTen();
  const told = await replica(0, { reserve: inTurn(answerLost) }).place(wish);
  assert.deepEqual([told.status, told.replayed], [201, false]);
  assert.equal((await batchesOnHold()).length, 2);
  await replica(1).sweep();
  assert.deepEqual(await batchesOnHold(), []);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('nothing is reserved for who has stopped waiting', async () => {
  const { product, wish, userId } = await threeOfTen();
  const one = replica(0);
  await one.place({ userId, lines: { [product]: 1 } });
  const call = { ...callByUser(userId), deadlineAtMs: performance.now() - 1 };
  await assert.rejects(one.place(wish, call), { code: 'deadlineExceeded' });
  assert.deepEqual(await stockOf(product), [9, 1]);
});

test('what was reserved gets its verdict although its caller has no time left', async (t) => {
  const { wish } = await threeOfTen();
  const real = performance.now.bind(performance);
  let laterMs = 0;
  t.mock.method(performance, 'now', () => real() + laterMs);
  const reserve = async (work: () => Promise<unknown>) => {
    const result = await work();
    laterMs += 10_000;
    return result;
  };
  const insertOrders = inTurn(() => Promise.reject(away()));
  const told = await replica(0, { reserve, insertOrders }).place(wish);
  assert.equal(told.order.status, 'confirmed');
});
