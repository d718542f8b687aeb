import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff } from '../testing/call.ts';
import { atOnce, freshCatalog, outcomes } from './fixture.ts';
import { auditCatalog } from './invariants.ts';

const { catalog, database, addProduct } = await freshCatalog();
const body = { title: 'A lamp', topic: 'Light', unitPriceCents: 1_250, quantity: 3 };

test('a new product has its first stock in the ledger', async () => {
  const call = callByStaff();
  const made = await catalog.createProduct({ ...body, idempotencyKey: randomUUID() }, call);

  const { updatedAt, id, ...rest } = made;
  assert.match(id, /^P-[0-9A-Z]{8}$/);
  assert.ok(Math.abs(Date.now() - Date.parse(updatedAt)) < 60_000);
  assert.deepEqual(rest, {
    title: 'A lamp',
    topic: 'Light',
    description: '',
    unitPriceCents: 1_250,
    available: 3,
    reserved: 0,
    version: '1-1',
  });
  assert.deepEqual(await catalog.getProduct({ id }, callBy()), made);
  const { items } = await catalog.listStockMoves({ id }, call);
  assert.deepEqual(
    items.map(({ delta, reason, availableAfter }) => [delta, reason, availableAfter]),
    [[3, 'restock', 3]],
  );
  assert.deepEqual(await auditCatalog(database), []);
});

test('a new product may have no stock, and then has no moves', async () => {
  const { id, available } = await addProduct({ quantity: 0 });

  assert.equal(available, 0);
  assert.deepEqual(await catalog.listStockMoves({ id }, callByStaff()), { items: [] });
});

test('the same request, 20 times at once, adds one product', async () => {
  const idempotencyKey = randomUUID();
  const calls = atOnce(20, async () => callByStaff('0198a000-0000-7000-8000-000000000001'));
  const results = await Promise.all(
    calls.map(async (call) => ({
      product: await catalog.createProduct({ ...body, idempotencyKey }, await call),
      answer: (await call).answer,
    })),
  );

  assert.equal(new Set(results.map(({ product }) => JSON.stringify(product))).size, 1);
  assert.equal(results.filter(({ answer }) => answer.replayed).length, 19);
});

test('a key belongs to one body and to one person', async () => {
  const idempotencyKey = randomUUID();
  const call = callByStaff();
  const first = await catalog.createProduct({ ...body, idempotencyKey }, call);

  const other = { ...body, unitPriceCents: 1, idempotencyKey };
  await assert.rejects(catalog.createProduct(other, call), { code: 'keyReused' });
  const second = await catalog.createProduct(other, callByStaff());
  assert.notEqual(second.id, first.id);
});

test('an id that is taken is refused, and leaves nothing behind', async () => {
  const { id } = await addProduct({ id: 'taken-1' });

  const results = await Promise.allSettled(atOnce(5, () => addProduct({ id })));
  assert.deepEqual(outcomes(results), { alreadyExists: 5 });
  assert.deepEqual(await auditCatalog(database), []);
});

test('an id in other case is another product', async () => {
  await addProduct({ id: 'Case-1' });
  assert.equal((await addProduct({ id: 'case-1' })).id, 'case-1');
});
