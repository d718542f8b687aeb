import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../platform/database.ts';
import { createMetrics } from '../platform/metrics.ts';
import { beforeDrop, silent } from '../testing/database.ts';
import { type Answer, expectStatus } from '../testing/http.ts';
import { startLab } from './testing-lab.ts';

test('a long list gives its newest thousand, and leads to the older ones', async () => {
  const { ask, databaseUrl } = await startLab('users-orders');
  const [users, orders] = [ask('users'), ask('orders')];
  const ann = { username: 'ann', email: 'ann@x.org' };
  expectStatus(await users('POST /users', { body: ann }), 200);
  const pizza = { product_name: 'pizza', quantity: 1, user_id: 1 };
  expectStatus(await orders('POST /orders', { body: pizza }), 200);
  await copyOrders(databaseUrl, 1_002);

  const newest = await orders('GET /orders');
  const older = /^<(.+)>; rel="next"$/.exec(newest.headers['link'] ?? '')?.[1];
  const rest = await orders(`GET ${older}`);

  assert.deepEqual(
    idsIn(newest),
    Array.from({ length: 1_000 }, (_, i) => i + 4),
  );
  assert.deepEqual(idsIn(rest), [1, 2, 3]);
  assert.equal(rest.headers['link'], undefined);
});

function idsIn({ body }: Answer): number[] {
  return (body as { orders: { id: number }[] }).orders.map(({ id }) => id);
}

/** As many orders more, like the first. */
async function copyOrders(url: string, count: number): Promise<void> {
  const metrics = createMetrics();
  const database = openDatabase({ service: 'test', url, connectionsMax: 1, log: silent, metrics });
  beforeDrop(url, database.close);
  const text = `insert into orders.orders (id, number, user_id, fp, status, lines, total_cents,
      placed_at, request_id, trace_id)
    select gen_random_uuid(), nextval('orders.numbers'), user_id, fp, status, lines, total_cents,
      placed_at, request_id, trace_id
    from orders.orders, generate_series(1, $1::int)`;
  await database.rows({ name: 'copyOrders', text }, [count]);
}
