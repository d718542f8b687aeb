import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import * as fc from 'fast-check';
import { callByUser } from '../testing/call.ts';
import { gate, type Around } from './testing-faults.ts';
import { freshShop, type Told } from './testing-shop.ts';

const shop = await freshShop();
const { replica, addProduct, restock, stockOf, batchesOnHold } = shop;

type Reserve = { settled: string[]; batchId: string; orders: { orderId: string }[] };

/** A replica, and what it asks of catalog. */
function watched(n: 0 | 1 = 0) {
  const asked: Reserve[] = [];
  const reserve: Around = (work, input) => {
    asked.push(input as Reserve);
    return work();
  };
  return { asked, ...replica(n, { reserve }) };
}

const wishFor = (lines: Record<string, number>) => ({ userId: randomUUID(), key: 'a key', lines });

/** Reserved by somebody who has died since. */
async function abandoned(wish: ReturnType<typeof wishFor>): Promise<void> {
  const { around, reached } = gate();
  void replica(1, { reserve: around }).place(wish);
  await reached;
}

const codeOf = (result: PromiseSettledResult<Told>): string =>
  result.status === 'fulfilled' ? result.value.order.status : result.reason.code;

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

test('all who order in one moment are one batch, and each is told its own', async () => {
  const [ring, cup] = await Promise.all([addProduct(100), addProduct(2)]);
  const dear = await addProduct(1_000_000, 100_000_000_000);
  const wishes = {
    confirmed: wishFor({ [ring]: 1 }),
    again: wishFor({ [ring]: 2 }),
    cancelled: wishFor({ [ring]: 3 }),
    fulfilled: wishFor({ [ring]: 4 }),
    helped: wishFor({ [ring]: 5 }),
    reused: wishFor({ [ring]: 6 }),
    wasSoldOut: wishFor({ [cup]: 3 }),
    aborted: wishFor({ [ring]: 7 }),
    voided: wishFor({ [ring]: 8 }),
    soldOut: wishFor({ [ring]: 1, [cup]: 3 }),
    unknown: wishFor({ [ring]: 1, 'no-such-product': 1 }),
    tooDear: wishFor({ [dear]: 1_000_000 }),
    last: wishFor({ [cup]: 2 }),
    tooLate: wishFor({ [cup]: 1 }),
  };
  const early = replica(1);
  const [again, cancelled, fulfilled] = await Promise.all(
    [wishes.again, wishes.cancelled, wishes.fulfilled].map((wish) => early.place(wish)),
  );
  await early.cancel(cancelled?.order ?? assert.fail());
  await early.fulfil(fulfilled?.order ?? assert.fail());
  await assert.rejects(early.place(wishes.wasSoldOut), { code: 'outOfStock' });
  await abandoned(wishes.voided);
  await early.sweep();
  await Promise.all([abandoned(wishes.helped), abandoned(wishes.reused)]);
  await early.abort(wishes.aborted.userId, wishes.aborted.key);

  const { asked, place } = watched();
  const changed = { ...wishes, reused: { ...wishes.reused, lines: { [cup]: 1 } } };
  const results = await Promise.allSettled(Object.values(changed).map((wish) => place(wish)));
  const codes = results.map(codeOf);
  assert.deepEqual(Object.fromEntries(Object.keys(changed).map((name, i) => [name, codes[i]])), {
    confirmed: 'confirmed',
    again: 'confirmed',
    cancelled: 'cancelled',
    fulfilled: 'fulfilled',
    helped: 'confirmed',
    reused: 'keyReused',
    wasSoldOut: 'outOfStock',
    aborted: 'orderVoided',
    voided: 'orderVoided',
    soldOut: 'outOfStock',
    unknown: 'unknownProduct',
    tooDear: 'invalid',
    last: 'confirmed',
    tooLate: 'outOfStock',
  });
  assert.equal(asked.length, 1);
  const told = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  assert.equal(told[1]?.text, again?.text);
  assert.deepEqual(
    told.map((one) => one?.replayed),
    [false, true, true, true, false, ...Array(7).fill(undefined), false, undefined],
  );
  const unknown = results[10];
  assert.ok(unknown?.status === 'rejected');
  assert.deepEqual(unknown.reason.details, { productIds: ['no-such-product'] });
  await shop.heal();
  assert.deepEqual(await stockOf(ring), [100 - 1 - 2 - 4 - 5, 1 + 2 + 5]);
});

test('a batch whose orders are all decided rides along with the next, and no other does', async () => {
  const [ring, cup] = await Promise.all([addProduct(100), addProduct(0)]);
  const { asked, place, cancel, fulfil } = watched();
  const [wish, ended, sent] = [
    wishFor({ [ring]: 1 }),
    wishFor({ [ring]: 1 }),
    wishFor({ [ring]: 1 }),
  ];
  const [, second, third] = await Promise.all([wish, ended, sent].map((each) => place(each)));
  await cancel(second?.order ?? assert.fail());
  await fulfil(third?.order ?? assert.fail());
  await Promise.all([place(wish), place(ended), place(sent)]);
  await Promise.allSettled([place(wishFor({ [cup]: 1 })), place(wishFor({ [ring]: 1 }))]);
  await assert.rejects(place(wishFor({ [cup]: 1 })), { code: 'outOfStock' });
  await assert.rejects(place(wishFor({ none: 1 })), { code: 'unknownProduct' });
  await place(wish);

  const ids = asked.map(({ batchId }) => batchId);
  assert.deepEqual(
    asked.map(({ settled }) => settled.map((id) => ids.indexOf(id))),
    [[], [0], [1], [2], [], []],
  );
  assert.deepEqual(await batchesOnHold(), [ids.at(-1)]);
});

test('a batch with one order that reads void does not ride along, and its stock comes back', async () => {
  const ring = await addProduct(10);
  const { asked, place } = watched();
  const voided = wishFor({ [ring]: 3 });
  await replica(1).abort(voided.userId, voided.key);
  const both = await Promise.allSettled([place(voided), place(wishFor({ [ring]: 2 }))]);
  assert.deepEqual(both.map(codeOf), ['orderVoided', 'confirmed']);
  await place(wishFor({ [ring]: 1 }));
  await place(wishFor({ [ring]: 1 }));

  const [first, ...later] = asked;
  const settled = later.flatMap((each) => each.settled);
  assert.equal(settled.length, 1);
  assert.ok(first && !settled.includes(first.batchId));
  assert.deepEqual(await stockOf(ring), [3, 7]);
  await replica(1).sweep();
  assert.deepEqual(await stockOf(ring), [6, 4]);
});

test('a batch whose verdicts could not be written does not ride along', async () => {
  const ring = await addProduct(10);
  const { asked, place, parts } = watched();
  const broken = { ...parts.database, rows: () => Promise.reject(new Error('a bug')) };
  const failing = replica(0, {}, { catalog: parts.catalog, database: broken });
  await assert.rejects(failing.place(wishFor({ [ring]: 3 })), /a bug/);
  await place(wishFor({ [ring]: 1 }));
  await assert.rejects(failing.place(wishFor({ [ring]: 3 })), /a bug/);
  assert.deepEqual(
    asked.map(({ settled }) => settled),
    [[], [], []],
  );
});

test('an order that the database cannot take is refused alone, and its stock comes back', async () => {
  const ring = await addProduct(100);
  const { place } = replica(0);
  const before = (await shop.metrics.batchBisects.get()).values[0]?.value ?? 0;
  const wishes = Array.from({ length: 16 }, () => wishFor({ [ring]: 1 }));
  const culprit = wishes[5] ?? assert.fail();
  const results = await Promise.allSettled(
    wishes.map((wish) => {
      const call = callByUser(wish.userId);
      // PostgreSQL has no text with such a character.
      return place(wish, wish === culprit ? { ...call, requestId: 'a\0b' } : call);
    }),
  );

  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(results[5]?.status, 'rejected');
  assert.equal(refused.length, 1);
  assert.ok(((await shop.metrics.batchBisects.get()).values[0]?.value ?? 0) > before);
  assert.deepEqual(await stockOf(ring), [84, 16]);
  await replica(1).sweep();
  assert.deepEqual(await stockOf(ring), [85, 15]);
  await assert.rejects(place(culprit), { code: 'orderVoided' });
});

test('a batch comes to the same as its orders one by one', async () => {
  const wanted = fc.record({
    on: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 5 }), {
      minKeys: 1,
      noNullPrototype: true,
    }),
    isUnknown: fc.boolean(),
  });
  const stock = fc.record({ a: fc.nat(9), b: fc.nat(9), c: fc.nat(9) });
  const batch = fc.array(wanted, { minLength: 1, maxLength: 8 });

  /** A shelf of its own, and orders that name what lies on it. */
  async function shelf(counts: Record<string, number>) {
    const names = Object.keys(counts);
    const ids = await Promise.all(names.map((name) => addProduct(counts[name] ?? 0)));
    const nameOf = new Map(ids.map((id, i) => [id, names[i] ?? '']));
    const renamed = (text: string) => text.replaceAll(/P-\w+/g, (id) => nameOf.get(id) ?? id);
    const linesOn = (on: Record<string, number>) =>
      Object.fromEntries(Object.entries(on).map(([name, n]) => [ids[names.indexOf(name)], n]));
    const told = (result: PromiseSettledResult<Told>) =>
      result.status === 'fulfilled'
        ? renamed(JSON.stringify([result.value.order.lines, result.value.order.totalCents]))
        : renamed(JSON.stringify([result.reason.message, result.reason.details]));
    const left = () => Promise.all(ids.map(stockOf));
    return { linesOn, told, left };
  }

  await fc.assert(
    fc.asyncProperty(stock, batch, async (counts, orders) => {
      const [together, apart] = await Promise.all([shelf(counts), shelf(counts)]);
      const wishOn = (at: typeof together, { on, isUnknown }: (typeof orders)[number]) =>
        wishFor({ ...at.linesOn(on), ...(isUnknown && { none: 1 }) });
      const { place } = replica(0);
      const atOnce = await Promise.allSettled(
        orders.map((order) => place(wishOn(together, order))),
      );
      const oneByOne: PromiseSettledResult<Told>[] = [];
      for (const order of orders) {
        // oxlint-disable-next-line no-await-in-loop -- one by one is what this is about
        oneByOne.push(...(await Promise.allSettled([place(wishOn(apart, order))])));
      }
      assert.deepEqual(atOnce.map(together.told), oneByOne.map(apart.told));
      assert.deepEqual(await together.left(), await apart.left());
    }),
    { numRuns: 20 },
  );
});

test('totals are exact, and numbers rise in the order in which orders came', async () => {
  const prices = [1, 99, 333, 1_999_999_999, 99_999_999_999];
  const ids = await Promise.all(prices.map((price) => addProduct(1_000_000_000, price)));
  const order = fc.uniqueArray(
    fc.record({ on: fc.nat(4), quantity: fc.integer({ min: 1, max: 20_000 }) }),
    { selector: ({ on }) => on, minLength: 1 },
  );
  const [orders] = fc.sample(fc.array(order, { minLength: 200, maxLength: 200 }), 1);
  const { place } = replica(0);
  const told = await Promise.all(
    (orders ?? []).map((lines) =>
      place(wishFor(Object.fromEntries(lines.map(({ on, quantity }) => [ids[on], quantity])))),
    ),
  );

  const exact = (lines: { on: number; quantity: number }[]) =>
    lines.reduce((sum, { on, quantity }) => sum + BigInt(prices[on] ?? 0) * BigInt(quantity), 0n);
  assert.deepEqual(
    told.map((each) => BigInt(each.order.totalCents)),
    orders?.map(exact),
  );
  const numbers = told.map((each) => Number(each.order.number.slice(3)));
  assert.deepEqual(
    numbers,
    numbers.toSorted((one, other) => one - other),
  );
});

test('more orders than one batch holds are all placed', async () => {
  const ring = await addProduct(600);
  await restock(ring, 600);
  const { asked, place } = watched();
  await Promise.all(Array.from({ length: 1_200 }, () => place({ lines: { [ring]: 1 } })));
  assert.deepEqual(await stockOf(ring), [0, 1_200]);
  assert.ok(asked.length >= 3 && asked.length <= 8, `${asked.length} batches`);
});
