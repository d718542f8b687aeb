import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bus } from '../platform/bus.ts';
import { createBus } from '../platform/bus-here.ts';
import { AppError } from '../platform/errors.ts';
import { silent } from '../testing/database.ts';
import { openStockRelay } from './stock-relay.ts';
import { freshOrderStock, orderOf } from './testing-orders.ts';

const { database, addProduct, reserve } = await freshOrderStock();

test('news that no bus took for a day is dropped, and what is newer waits', async () => {
  const [old, young] = [await addProduct({ quantity: 5 }), await addProduct({ quantity: 6 })];
  await reserve([orderOf({ [old.id]: 1 })]);
  const text = `update catalog.outbox set at = at - interval '25 hours'`;
  await database.rows({ name: 'longAgo', text });
  await reserve([orderOf({ [young.id]: 3 })]);
  const away = () => Promise.reject(new AppError('unavailable', 'The bus does not answer'));
  const bus: Bus = { ...createBus(), publish: away };
  await openStockRelay({ database, bus, log: silent }).close();

  const left = { name: 'left', text: 'select available from catalog.outbox order by seq' };
  assert.deepEqual(await database.rows(left), [{ available: 3 }]);
});
