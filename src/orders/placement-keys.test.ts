import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { gate, type Around } from './testing-faults.ts';
import { freshShop } from './testing-shop.ts';

const shop = await freshShop();
const { replica, addProduct, restock, stockOf, batchesOnHold } = shop;

/** Somebody with a key, who orders so many of a product of which there are so many. */
async function wishes(available: number) {
  const product = await addProduct(available);
  const [userId, key] = [randomUUID(), 'a key'];
  const wishFor = (quantity: number) => ({ userId, key, lines: { [product]: quantity } });
  return { product, wishFor };
}

/** Notes which batches a replica has told to be settled. */
function settledIn(): { around: Around; batches: string[] } {
  const batches: string[] = [];
  const around: Around = (work, input) => {
    batches.push(...(input as { settled: string[] }).settled);
    return work();
  };
  return { around, batches };
}

afterEach(async () => {
  assert.deepEqual(await shop.contradictions(), []);
});

test('the same order twice at once in one process is refused as under way, and placed once', async () => {
  const { product, wishFor } = await wishes(10);
  const { around, reached, open } = gate();
  const one = replica(0, { reserve: around });
  const first = one.place(wishFor(3));
  await reached;
  const inFlight = { code: 'inFlight', status: 409, retryAfterSeconds: 1 };
  await assert.rejects(one.place(wishFor(3)), inFlight);
  open();

  const told = await first;
  assert.equal((await one.place(wishFor(3))).text, told.text);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('the same order on two replicas at once is one order, told the same to both', async () => {
  const { product, wishFor } = await wishes(100);
  const gates = [gate(), gate()] as const;
  const placing = [
    replica(0, { reserve: gates[0].around }).place(wishFor(3)),
    replica(1, { reserve: gates[1].around }).place(wishFor(3)),
  ];
  await Promise.all(gates.map(({ reached }) => reached));
  for (const { open } of gates) open();
  const [one, other] = await Promise.all(placing);

  assert.equal(one?.text, other?.text);
  assert.deepEqual([one?.status, other?.status], [201, 201]);
  assert.notEqual(one?.replayed, other?.replayed);
  assert.deepEqual(await stockOf(product), [97, 3]);
});

test('fifty orders sent to two replicas at once, in other words, are placed once each', async () => {
  const [product, another] = await Promise.all([addProduct(120), addProduct(50)]);
  const [one, other] = [replica(0), replica(1)];
  const all = Array.from({ length: 50 }, () => ({ userId: randomUUID(), key: 'a key' }));
  const [left, right] = await Promise.all([
    Promise.all(all.map((who) => one.place({ ...who, lines: { [product]: 2, [another]: 1 } }))),
    Promise.all(
      all.toReversed().map((who) => other.place({ ...who, lines: { [another]: 1, [product]: 2 } })),
    ),
  ]);

  assert.deepEqual(
    left.map(({ text }) => text),
    right.toReversed().map(({ text }) => text),
  );
  assert.equal([...left, ...right].filter(({ replayed }) => !replayed).length, 50);
  assert.deepEqual(await stockOf(product), [20, 100]);
});

test('two replicas that want the last one sell it once', async () => {
  const { product } = await wishes(1);
  const [one, other] = [replica(0), replica(1)];
  const place = () => ({ userId: randomUUID(), key: 'a key', lines: { [product]: 1 } });
  const all = Array.from({ length: 20 }, place);
  const placing = all.map((wish, i) => (i % 2 === 0 ? one : other).place(wish));
  const results = await Promise.allSettled(placing);

  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 19);
  assert.ok(refused.every(({ reason }) => reason.code === 'outOfStock'));
  assert.deepEqual(await stockOf(product), [0, 1]);
});

test('another body under a key that is being used is refused, and the first goes on', async () => {
  const { product, wishFor } = await wishes(10);
  const { around, reached, open } = gate();
  const one = replica(0, { reserve: around });
  const first = one.place(wishFor(3));
  await reached;
  await assert.rejects(one.place(wishFor(4)), { code: 'keyReused', status: 422 });
  open();

  assert.equal((await first).order.totalCents, 300);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('another body under a key that has reserved is refused, and the first can be completed', async () => {
  const { product, wishFor } = await wishes(10);
  const { around, reached } = gate();
  void replica(0, { reserve: around }).place(wishFor(3));
  await reached;
  await assert.rejects(replica(1).place(wishFor(4)), { code: 'keyReused' });

  assert.equal((await replica(1).place(wishFor(3))).order.totalCents, 300);
  assert.deepEqual(await stockOf(product), [7, 3]);
});

test('another body under a key that has ordered is refused, whatever became of the order', async () => {
  const [open, cancelled, fulfilled] = await Promise.all([wishes(10), wishes(10), wishes(10)]);
  const one = replica(0);
  const told = await Promise.all(
    [open, cancelled, fulfilled].map(({ wishFor }) => one.place(wishFor(3))),
  );
  await one.cancel(told[1]?.order ?? assert.fail());
  await one.fulfil(told[2]?.order ?? assert.fail());

  const again = [open, cancelled, fulfilled].map(({ wishFor }) => wishFor(4));
  await Promise.all(
    again.map((wish) => assert.rejects(replica(1).place(wish), { code: 'keyReused' })),
  );
  await shop.heal();
  await Promise.all(
    again.map((wish) => assert.rejects(replica(1).place(wish), { code: 'keyReused' })),
  );
  assert.equal((await one.place(open.wishFor(3))).text, told[0]?.text);
  assert.deepEqual(await stockOf(open.product), [7, 3]);
});

test('who was told that it is sold out is told so again, however much has come since', async () => {
  const { product, wishFor } = await wishes(2);
  const soldOut = {
    code: 'outOfStock',
    message: `Not enough stock: ${product} (asked 3, available 2)`,
    details: { lines: [{ productId: product, asked: 3, available: 2 }] },
  };
  await assert.rejects(replica(0).place(wishFor(3)), soldOut);
  await restock(product, 100);

  await assert.rejects(replica(0).place(wishFor(3)), soldOut);
  await assert.rejects(replica(1).place(wishFor(3)), soldOut);
  await shop.heal();
  await assert.rejects(replica(1).place(wishFor(3)), soldOut);
  assert.deepEqual(await stockOf(product), [102, 0]);
});

test('a key that was told sold out refuses other bodies, and stays sold out for its own', async () => {
  const { product, wishFor } = await wishes(2);
  await assert.rejects(replica(0).place(wishFor(3)), { code: 'outOfStock' });
  // This body fits, so that catalog reserves for it before the row of the other one is found.
  await assert.rejects(replica(1).place(wishFor(1)), { code: 'keyReused' });
  assert.deepEqual(await stockOf(product), [1, 1]);

  await assert.rejects(replica(0).place(wishFor(3)), { code: 'outOfStock' });
  await assert.rejects(replica(0).place(wishFor(2)), { code: 'keyReused' });
  await shop.heal();
  assert.deepEqual(await stockOf(product), [2, 0]);
  await assert.rejects(replica(1).place(wishFor(3)), { code: 'outOfStock' });
  await assert.rejects(replica(1).place(wishFor(1)), { code: 'keyReused' });
});

test('what was reserved for an order that reads sold out is given back, by the sweeper only', async () => {
  const { product, wishFor } = await wishes(2);
  const [early, late] = [gate(), gate()];
  const settled = settledIn();
  const first = replica(0, { reserve: early.around }).place(wishFor(3));
  await early.reached;
  await restock(product, 1);
  const other = replica(1, {
    reserve: (work, input) => settled.around(() => late.around(work, input), input),
  });
  const second = other.place(wishFor(3));
  await late.reached;
  early.open();
  await assert.rejects(first, { code: 'outOfStock' });
  late.open();
  await assert.rejects(second, { code: 'outOfStock' });

  const held = await batchesOnHold();
  await other.place({ lines: { [await addProduct(1)]: 1 } });
  await other.place({ lines: { [await addProduct(1)]: 1 } });
  assert.equal(settled.batches.length, 1);
  assert.equal(settled.batches.filter((batch) => held.includes(batch)).length, 0);
  assert.deepEqual(await stockOf(product), [0, 3]);
  await replica(0).sweep();
  assert.deepEqual(await stockOf(product), [3, 0]);
});

test('sold out on one replica and restocked on another: whoever writes first has decided', async () => {
  const { product, wishFor } = await wishes(2);
  const { around, reached, open } = gate();
  const short = replica(0, { reserve: around }).place(wishFor(3));
  await reached;
  await restock(product, 1);
  const told = await replica(1).place(wishFor(3));
  open();

  const late = await short;
  assert.deepEqual([late.status, late.replayed, late.text], [201, true, told.text]);
  await shop.heal();
  assert.deepEqual(await stockOf(product), [0, 3]);
});
