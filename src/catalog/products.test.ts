import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff } from '../testing/call.ts';
import { atOnce, freshCatalog, outcomes } from './fixture.ts';

const { catalog, addProduct, behindRestock } = await freshCatalog();

test('an edit needs the version that was read', async () => {
  const { id, version } = await addProduct();
  const edit = (ifMatch?: string) =>
    catalog.changeProduct({ id, title: 'New', ...(ifMatch && { ifMatch }) }, callByStaff());

  await assert.rejects(edit(), { code: 'preconditionRequired' });
  const edited = await edit(version);
  assert.deepEqual([edited.title, edited.version], ['New', '2-1']);
  await assert.rejects(edit(version), { code: 'preconditionFailed', details: { product: edited } });
  const strange = ['2', 'x', '02-1', '2-', '99999999999-1', '-'];
  const results = await Promise.allSettled(strange.map(edit));
  assert.deepEqual(outcomes(results), { preconditionFailed: strange.length });
});

test('an edit changes what it names and nothing else', async () => {
  const before = await addProduct({ description: 'old', topic: 'edits' });
  const { id } = before;

  const call = callByStaff();
  const priced = await catalog.changeProduct(
    { id, ifMatch: before.version, unitPriceCents: 0 },
    call,
  );
  const { updatedAt, ...fields } = priced;
  assert.deepEqual(
    { ...before, unitPriceCents: 0, version: '2-2', updatedAt },
    { ...fields, updatedAt },
  );
  const cleared = await catalog.changeProduct(
    { id, ifMatch: priced.version, description: '', topic: 'Other' },
    call,
  );
  assert.deepEqual(
    [cleared.description, cleared.topic, cleared.unitPriceCents, cleared.version],
    ['', 'Other', 0, '3-2'],
  );
  assert.deepEqual(await catalog.getProduct({ id }, callBy()), cleared);
  const { items } = await catalog.listProducts({ topic: 'other' }, callBy());
  assert.deepEqual(items, [cleared]);
});

test('stock that moves does not make an edit stale, but changes the version', async () => {
  const { id, version } = await addProduct();
  const move = { id, delta: 1, reason: 'restock', idempotencyKey: randomUUID() } as const;
  await catalog.addStockMove(move, callByStaff());

  assert.equal((await catalog.getProduct({ id }, callBy())).version, '1-2');
  const edited = await catalog.changeProduct(
    { id, ifMatch: version, unitPriceCents: 5 },
    callByStaff(),
  );
  assert.deepEqual([edited.available, edited.version], [11, '2-3']);
});

test('of many edits with one version exactly one wins, while stock moves', async () => {
  const { id, version } = await addProduct();
  const edits = atOnce(10, (i) =>
    catalog.changeProduct(
      { id, ifMatch: version, title: `Title ${i}`, unitPriceCents: i },
      callByStaff(),
    ),
  );
  const moves = atOnce(10, () =>
    catalog.addStockMove(
      { id, delta: 1, reason: 'restock', idempotencyKey: randomUUID() },
      callByStaff(),
    ),
  );

  assert.deepEqual(outcomes(await Promise.allSettled(edits)), { ok: 1, preconditionFailed: 9 });
  await Promise.all(moves);
  const { title, unitPriceCents, available } = await catalog.getProduct({ id }, callBy());
  assert.equal(title, `Title ${unitPriceCents}`);
  assert.equal(available, 20);
});

test('a new price that waits for moving stock keeps the stock that moved', async () => {
  const { id, version } = await addProduct({ quantity: 1 });

  const edited = await behindRestock(id, 4, () =>
    catalog.changeProduct({ id, ifMatch: version, unitPriceCents: 7 }, callByStaff()),
  );
  assert.deepEqual([edited.available, edited.unitPriceCents, edited.version], [5, 7, '2-3']);
  assert.deepEqual(await catalog.getProduct({ id }, callBy()), edited);
});

test('an unknown product cannot be read or edited', async () => {
  await assert.rejects(catalog.getProduct({ id: 'nope' }, callBy()), { code: 'notFound' });
  const edit = catalog.changeProduct({ id: 'nope', ifMatch: '1-1', title: 'x' }, callByStaff());
  await assert.rejects(edit, { code: 'notFound' });
});

test('topics are counted without regard to case', async () => {
  await addProduct({ topic: 'Gardening' });
  await addProduct({ topic: 'gardening' });
  await addProduct({ topic: ' GARDENING ' });

  const { items } = await catalog.listTopics({}, callBy());
  const found = items.filter(({ topic }) => topic.trim().toLowerCase() === 'gardening');
  assert.deepEqual(
    found.map(({ products }) => products),
    [3],
  );
});
