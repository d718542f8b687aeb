import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { until } from '../postgres/wait.ts';
import { freshDatabase, silent } from '../testing/database.ts';
import type { Database } from './database.ts';
import { openDatabaseWatch } from './database-watch.ts';
import { createMetrics } from './metrics.ts';
import { listStores } from './report-lists.ts';

function watch(database: Pick<Database, 'one'>) {
  const metrics = createMetrics();
  const services = ['users', 'orders'];
  const { poke, close } = openDatabaseWatch({ services, database, metrics, log: silent });
  after(close);
  const read = async () => (await listStores(metrics)).postgres;
  /** Until the database has been found well, or not. */
  const untilFound = (ok: boolean) =>
    until(async () => {
      const [found] = await read();
      return found?.ok === ok ? found : undefined;
    }, 5_000);
  return { poke, untilFound, read };
}

test('says of a database how large it is, and who is connected', async () => {
  const database = await freshDatabase('users');

  const found = await database.transaction(async (transaction) => {
    await transaction.rows({ name: 'begin', text: 'select 1' });
    return watch(database).untilFound(true);
  });

  assert.ok(found);
  const { version, sizeBytes = 0, connections = 0, connectionsMax = 0 } = found;
  assert.deepEqual(found.services, ['users', 'orders']);
  assert.match(version ?? '', /^\d+/);
  assert.ok(sizeBytes > 1_000_000, String(sizeBytes));
  assert.ok(connections >= 2 && connections <= connectionsMax, `${connections}`);
  assert.ok((found.oldestTransactionSeconds ?? 0) > 0, 'the open transaction is not seen');
});

test('says nothing of a database that no longer answers, but its version', async () => {
  const answer = { version: '18.4', sizeBytes: 1, connections: 2, connectionsMax: 3 };
  let isAway = false;
  const { poke, untilFound, read } = watch({
    async one<Row>() {
      if (isAway) throw new Error('away');
      return { ...answer, oldestSeconds: 0.25 } as Row;
    },
  });
  const before = await untilFound(true);
  isAway = true;
  poke();
  const away = await untilFound(false);
  isAway = false;
  poke();
  await untilFound(true);

  const known = { services: ['users', 'orders'], version: '18.4' };
  assert.deepEqual(before, { ...known, ok: true, ...answer, oldestTransactionSeconds: 0.25 });
  assert.deepEqual(away, { ...known, ok: false });
  assert.deepEqual(await read(), [before]);
});
