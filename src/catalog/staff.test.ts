import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { callBy, callByUser } from '../testing/call.ts';
import { freshCatalog, outcomes } from './fixture.ts';

const { catalog, addProduct } = await freshCatalog();
const body = { title: 'A lamp', topic: 'Light', unitPriceCents: 1_250, quantity: 3 };

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
