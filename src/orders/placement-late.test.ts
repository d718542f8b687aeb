import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { away, gate, inTurn, postponed, type Around } from './testing-faults.ts';
import { freshShop } from './testing-shop.ts';

const shop = await freshShop();
const { replica, addProduct, threeOfTen, restock, stockOf, batchesOnHold } = shop;
const [one, other] = [replica(0), replica(1)];

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

test('two sweepers at once give everything back once, and keep what is confirmed', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, threeOfTen));
  await Promise.all(
    all.map(async ({ wish }, i) => {
      if (i % 2 === 0) return one.place(wish);
      const { around, reached } = gate();
      void replica(1, { reserve: around }).place(wish);
      return reached;
    }),
  );
  await Promise.all([one.sweep(), other.sweep(), one.sweep(), other.sweep()]);

  assert.deepEqual(await batchesOnHold(), []);
  assert.deepEqual(
    await Promise.all(all.map(({ product }) => stockOf(product))),
    all.map((_, i) => (i % 2 === 0 ? [7, 3] : [10, 0])),
  );
});

for (const [where, dies] of Object.entries({
  'before it has asked orders': { voidAbsent: postponed().around },
  'before it has heard the verdicts': { verdictsOn: postponed().around },
  'with the verdicts in hand': { settle: postponed().around },
})) {
  test(`a sweeper that dies ${where} is as good as none`, async () => {
    const { product, wish } = await threeOfTen();
    const { around, reached } = gate();
    void replica(1, { reserve: around }).place(wish);
    await reached;
    void replica(0, dies).sweep();
    const [voided] = await Promise.allSettled([other.place(wish), other.sweep()]);

    await shop.heal();
    const isPlaced = voided.status === 'fulfilled';
    assert.deepEqual(await stockOf(product), isPlaced ? [7, 3] : [10, 0]);
  });
}

test('a sweeper that wakes up late with old verdicts does nothing that is wrong by now', async () => {
  const { product, wish } = await threeOfTen();
  await one.place(wish);
  const late = postponed();
  void replica(0, { settle: late.around }).sweep();
  const settle = await late.work;
  await other.sweep();
  const { order } = await other.place(wish);
  await settle();
  assert.deepEqual(await stockOf(product), [7, 3]);

  await other.cancel(order);
  await other.relay();
  await settle();
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('a first try that arrives after everything is over reserves nothing', async () => {
  const { product, wish } = await threeOfTen();
  const zombie = postponed();
  void replica(0, { reserve: zombie.around }).place(wish);
  const reserve = await zombie.work;
  await other.cancel((await other.place(wish)).order);
  await shop.heal();
  assert.deepEqual(await stockOf(product), [10, 0]);

  assert.partialDeepStrictEqual(await reserve(), { results: [{ outcome: 'released' }] });
  await reserve();
  assert.deepEqual(await stockOf(product), [10, 0]);
  assert.deepEqual(await batchesOnHold(), []);
});

test('a first try that takes stock after its repetition was sold out is undone by the sweeper', async () => {
  const { product, wish } = await threeOfTen();
  const scarce = await addProduct(2);
  const zombies: (() => Promise<unknown>)[] = [];
  const neverSent: Around = (work) => {
    zombies.push(work);
    return Promise.reject(away());
  };
  const busy = replica(0, { reserve: inTurn(neverSent) });
  const wanted = { userId: randomUUID(), key: 'a key', lines: { [scarce]: 3 } };
  // Both are in one batch, of which one order is confirmed: so the batch is settled.
  const [refused, placed] = await Promise.allSettled([busy.place(wanted), busy.place(wish)]);
  assert.deepEqual([refused.status, placed.status], ['rejected', 'fulfilled']);
  await restock(scarce, 10);
  await Promise.all(zombies.map((reserve) => reserve()));
  assert.deepEqual(await stockOf(scarce), [9, 3]);

  await busy.place({ lines: { [product]: 1 } });
  await one.sweep();
  assert.deepEqual(await stockOf(scarce), [12, 0]);
  assert.deepEqual(await stockOf(product), [6, 4]);
});

test('a verdict that is written late, after it was voided, changes nothing', async () => {
  const { product, wish } = await threeOfTen();
  const late = postponed();
  void replica(0, { insertOrders: late.around }).place(wish);
  const insert = await late.work;
  await other.sweep();
  assert.deepEqual(await insert(), []);

  await assert.rejects(other.place(wish), { code: 'orderVoided' });
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('a release that comes twice, or late, gives nothing back again', async () => {
  const { product, wish } = await threeOfTen();
  const { order } = await one.place(wish);
  await one.cancel(order);
  const releases: (() => Promise<unknown>)[] = [];
  const twice: Around = async (work) => {
    releases.push(work);
    await work();
    return work();
  };
  await replica(1, { releaseOrders: twice }).relay();
  assert.deepEqual(await stockOf(product), [10, 0]);

  await one.place({ lines: { [product]: 10 } });
  assert.deepEqual(await releases[0]?.(), { released: 0 });
  assert.deepEqual(await stockOf(product), [0, 10]);
});

test('while the sweeper cannot reach orders the stock is kept', async () => {
  const { product, wish } = await threeOfTen();
  const { around, reached } = gate();
  void replica(0, { reserve: around }).place(wish);
  await reached;
  const cutOff = replica(1, { voidAbsent: () => Promise.reject(away()) });
  await assert.rejects(cutOff.sweep(), { code: 'unavailable' });
  await assert.rejects(cutOff.sweep(), { code: 'unavailable' });
  assert.deepEqual(await stockOf(product), [7, 3]);
  assert.equal((await batchesOnHold()).length, 1);

  await one.sweep();
  assert.deepEqual(await stockOf(product), [10, 0]);
});

test('clocks of orders that are years off make no hold old', async () => {
  const { wish } = await threeOfTen();
  const { around, reached, open } = gate();
  const yearsBehind = { now: () => new Date('1999-01-01T00:00:00Z') };
  const yearsAhead = replica(1, {}, { now: () => new Date('2099-01-01T00:00:00Z') });
  const placing = replica(0, { reserve: around }, yearsBehind).place(wish);
  await reached;
  await yearsAhead.sweep(30);
  assert.equal((await batchesOnHold()).length, 1);
  open();

  const { text, order } = await placing;
  assert.equal(order.placedAt, '1999-01-01T00:00:00.000Z');
  assert.equal((await yearsAhead.place(wish)).text, text);
});
