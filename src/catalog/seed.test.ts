import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callBy, callByStaff } from '../testing/call.ts';
import { atOnce, freshCatalog } from './fixture.ts';
import { auditCatalog } from './invariants.ts';
import { seedCatalog } from './seed.ts';

test('an empty catalog is filled once, however many begin to fill it', async () => {
  const { catalog, database } = await freshCatalog();
  const added = await Promise.all(atOnce(5, () => seedCatalog({ database })));

  assert.equal(
    added.reduce((sum, count) => sum + count),
    13,
  );
  assert.equal(await seedCatalog({ database }), 0);
  assert.deepEqual(await auditCatalog(database), []);
  const { items } = await catalog.listProducts({ limit: 100 }, callBy());
  const shown = items.map((item) => [item.id, item.title, item.unitPriceCents, item.available]);
  assert.equal(shown.length, 13);
  for (const known of [
    ['1', 'How to get a good grade in DOS in 40 minutes a day', 5_000, 10],
    ['4', 'Cooking for the Impatient Undergrad', 7_500, 10],
    ['P001', 'Laptop', 99_999, 50],
    ['P003', 'USB-C Cable', 1_599, 500],
    ['pizza', 'Pizza', 1_050, 1_000],
    ['kebab', 'Kebab', 800, 1_000],
  ]) {
    assert.ok(
      shown.some((row) => JSON.stringify(row) === JSON.stringify(known)),
      String(known),
    );
  }
  const { items: moves } = await catalog.listStockMoves({ id: 'pizza' }, callByStaff());
  assert.deepEqual(
    moves.map(({ reason, delta }) => [reason, delta]),
    [['seed', 1_000]],
  );
});

test('the seeded shop is found by topic and by text', async () => {
  const { catalog, database } = await freshCatalog();
  await seedCatalog({ database });

  const ids = async (query: { topic?: string; q?: string }) =>
    (await catalog.listProducts(query, callBy())).items.map(({ id }) => id);
  assert.deepEqual(await ids({ topic: 'Undergraduate School', q: 'xen' }), ['3']);
  assert.deepEqual(await ids({ q: 'rpc' }), ['2']);
  assert.deepEqual(await ids({ topic: 'food' }), ['kebab', 'pizza']);
  const { items } = await catalog.listTopics({}, callBy());
  assert.equal(items.find(({ topic }) => topic === 'food')?.products, 2);
});

test('a catalog that has a product is left as it is', async () => {
  const { catalog, database, addProduct } = await freshCatalog();
  await addProduct({ id: 'mine' });

  assert.equal(await seedCatalog({ database }), 0);
  const { items } = await catalog.listProducts({}, callBy());
  assert.deepEqual(
    items.map(({ id }) => id),
    ['mine'],
  );
});
