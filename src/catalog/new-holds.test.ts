import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff } from '../testing/call.ts';
import { atOnce, freshCatalog, outcomes } from './fixture.ts';
import { auditCatalog } from './invariants.ts';

const { catalog, database, addProduct, auditDuring, behindRestock } = await freshCatalog();

type Lines = Parameters<typeof catalog.createHold>[0]['lines'];

const hold = (lines: Lines, call = callByStaff()) =>
  catalog.createHold({ lines, idempotencyKey: randomUUID() }, call);
const release = (id: string) => catalog.releaseHold({ id }, callByStaff());

async function stockOf(id: string): Promise<number[]> {
  const { available, reserved } = await catalog.getProduct({ id }, callBy());
  return [available, reserved];
}

test('a hold puts stock aside at the price of the moment', async () => {
  const [a, b] = [await addProduct({ unitPriceCents: 250 }), await addProduct()];
  const lines = [
    { productId: b.id, quantity: 1 },
    { productId: a.id, quantity: 2 },
    { productId: b.id, quantity: 3 },
  ];
  const call = callByStaff();
  const input = { lines, note: 'for the fair', idempotencyKey: randomUUID() };
  const made = await catalog.createHold(input, call);

  assert.deepEqual(made, {
    id: made.id,
    lines: [
      { productId: b.id, quantity: 4, unitPriceCents: 100 },
      { productId: a.id, quantity: 2, unitPriceCents: 250 },
    ],
    note: 'for the fair',
    createdAt: made.createdAt,
    state: 'active',
  });
  assert.deepEqual(
    [await stockOf(a.id), await stockOf(b.id)],
    [
      [8, 2],
      [6, 4],
    ],
  );
  await catalog.changeProduct({ id: a.id, ifMatch: a.version, unitPriceCents: 999 }, call);
  const read = await catalog.getHold({ id: made.id }, call);
  assert.equal(JSON.stringify(read), JSON.stringify(made));
  assert.deepEqual(await auditCatalog(database), []);
});

test('a hold takes all of its lines or none, and names each short one', async () => {
  const [a, b, c] = [await addProduct(), await addProduct(), await addProduct()];
  const lines = [
    { productId: a.id, quantity: 11 },
    { productId: b.id, quantity: 10 },
    { productId: c.id, quantity: 6 },
    { productId: c.id, quantity: 6 },
  ];

  await assert.rejects(hold(lines), {
    code: 'outOfStock',
    details: {
      lines: [
        { productId: a.id, asked: 11, available: 10 },
        { productId: c.id, asked: 12, available: 10 },
      ],
    },
  });
  assert.deepEqual(await stockOf(b.id), [10, 0]);
});

test('a hold of something that is no product is refused by its line', async () => {
  const { id } = await addProduct();
  const lines = [
    { productId: id, quantity: 1 },
    { productId: 'nope', quantity: 1 },
  ];
  await assert.rejects(hold(lines), {
    code: 'invalid',
    errors: [{ in: 'body', pointer: '/lines/1/productId', detail: 'is not a product' }],
  });
  assert.deepEqual(await stockOf(id), [10, 0]);
});

test('the same request, 20 times at once, holds once and has one answer', async () => {
  const { id } = await addProduct();
  const idempotencyKey = randomUUID();
  const userId = randomUUID();
  const results = await Promise.all(
    atOnce(20, async () => {
      const call = callByStaff(userId);
      const input = { lines: [{ productId: id, quantity: 8 }], idempotencyKey };
      const made = await catalog.createHold(input, call);
      return { text: JSON.stringify(made), replayed: call.answer.replayed };
    }),
  );

  assert.equal(new Set(results.map(({ text }) => text)).size, 1);
  assert.equal(results.filter(({ replayed }) => replayed).length, 19);
  assert.deepEqual(await stockOf(id), [2, 8]);
});

test('lines in another order are the same hold, other lines are not', async () => {
  const [a, b] = [await addProduct(), await addProduct()];
  const call = callByStaff();
  const lines = [
    { productId: a.id, quantity: 1 },
    { productId: b.id, quantity: 2 },
  ];
  const idempotencyKey = randomUUID();
  const made = await catalog.createHold({ lines, idempotencyKey }, call);

  const again = { lines: lines.toReversed(), idempotencyKey };
  assert.deepEqual(await catalog.createHold(again, call), made);
  const other = { lines: lines.slice(1), idempotencyKey };
  await assert.rejects(catalog.createHold(other, call), { code: 'keyReused' });
});

test('a hold that waits for another change counts with what that one leaves', async () => {
  const [a, b] = [await addProduct({ quantity: 1 }), await addProduct({ quantity: 9 })];
  const lines = [
    { productId: b.id, quantity: 9 },
    { productId: a.id, quantity: 5 },
  ];

  const made = await behindRestock(a.id, 4, () => hold(lines));
  assert.equal(made.state, 'active');
  assert.deepEqual(
    [await stockOf(a.id), await stockOf(b.id)],
    [
      [0, 5],
      [0, 9],
    ],
  );
  const short = behindRestock(a.id, 2, () => hold([{ productId: a.id, quantity: 3 }]));
  await assert.rejects(short, {
    code: 'outOfStock',
    details: { lines: [{ productId: a.id, asked: 3, available: 2 }] },
  });
  const { state } = await behindRestock(a.id, -2, () => release(made.id));
  assert.equal(state, 'released');
  assert.deepEqual(
    [await stockOf(a.id), await stockOf(b.id)],
    [
      [5, 0],
      [9, 0],
    ],
  );
  assert.deepEqual(await auditCatalog(database), []);
});

test('50 holds at once never take more than there is', async () => {
  const { id } = await addProduct({ quantity: 70 });
  const { result, violations } = await auditDuring(
    Promise.allSettled(atOnce(50, () => hold([{ productId: id, quantity: 2 }]))),
  );

  assert.deepEqual(outcomes(result), { ok: 35, outOfStock: 15 });
  assert.deepEqual(violations, []);
  assert.deepEqual(await stockOf(id), [0, 70]);
});

test('holds of the same products in opposite order do not wait for each other in a circle', async () => {
  const products = await Promise.all(atOnce(5, () => addProduct({ quantity: 1_000 })));
  const lines = products.map(({ id }) => ({ productId: id, quantity: 1 }));
  const made = await Promise.allSettled(
    atOnce(60, (i) => hold(i % 2 ? lines : lines.toReversed())),
  );
  const releases = made.map((result) =>
    release(result.status === 'fulfilled' ? result.value.id : ''),
  );
  const holds = atOnce(60, (i) => hold(i % 2 ? lines.toReversed() : lines));

  assert.deepEqual(outcomes(made), { ok: 60 });
  assert.deepEqual(outcomes(await Promise.allSettled([...releases, ...holds])), { ok: 120 });
  assert.deepEqual(await stockOf(products[0]?.id ?? ''), [940, 60]);
  assert.deepEqual(await auditCatalog(database), []);
});
