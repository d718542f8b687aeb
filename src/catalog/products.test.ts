import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { atOnce, freshCatalog, outcomes } from './fixture.ts';
import { auditCatalog } from './invariants.ts';

const { catalog, database, addProduct, behindRestock } = await freshCatalog();
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

test('only staff and our own services may write, read the ledger, or hold stock', async () => {
  const { id, version } = await addProduct();
  const idempotencyKey = randomUUID();
  const ask = (call: ReturnType<typeof callBy>) =>
    Promise.allSettled([
      catalog.createProduct({ ...body, idempotencyKey: randomUUID() }, call),
      catalog.changeProduct({ id, ifMatch: version, title: 'x' }, call),
      catalog.addStockMove({ id, delta: 1, reason: 'restock', idempotencyKey }, call),
      catalog.listStockMoves({ id }, call),
      catalog.createHold({ lines: [{ productId: id, quantity: 1 }], idempotencyKey }, call),
      catalog.getHold({ id: randomUUID() }, call),
      catalog.listHolds({}, call),
      catalog.releaseHold({ id: randomUUID() }, call),
    ]);

  assert.deepEqual(outcomes(await ask(callBy())), { unauthorized: 8 });
  assert.deepEqual(outcomes(await ask(callByUser(randomUUID()))), { forbidden: 8 });
  assert.deepEqual(outcomes(await ask(callByUser(randomUUID(), 'courier'))), { forbidden: 8 });
  const service = callBy({ kind: 'service', name: 'orders' });
  assert.deepEqual(outcomes(await ask(service)), { ok: 6, notFound: 2 });
});
