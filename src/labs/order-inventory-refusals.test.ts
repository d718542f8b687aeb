import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLab } from './testing-lab.ts';
import { expectBody, item, stockOf } from './testing-order-inventory.ts';

const running = await startLab('order-inventory');
const doors = { orders: running.ask('orders'), inventory: running.ask('inventory') };
const { orders, inventory } = doors;

const quantities = [0, -1, 1.5, '2', true, null, [], {}, 1_000_001, 1e300];
const ids = [null, 7, '', ' ', 'P 1', "P001'--", '\u0000', 'x'.repeat(201), '../P001', 'p001'];

test('refuses what is no quantity, product or customer in the form of the original', async () => {
  const bodies = [
    ...quantities.map((quantity) => item('P001', quantity)),
    ...ids.map((id) => ({ product_id: id, quantity: 1 })),
    {},
    [],
    'text',
    7,
  ];
  const customers = [7, null, ['C1'], 'x'.repeat(81), '🛒'.repeat(20), 'a\u0000'];

  const refused = await Promise.all([
    ...bodies.flatMap((body) => [
      orders('POST /orders', { body }),
      inventory('POST /inventory/check', { body }),
      inventory('POST /inventory/reserve', { body }),
      inventory('POST /inventory/release', { body }),
    ]),
    ...quantities
      .slice(0, 8)
      .map((quantity) => inventory('POST /inventory/P001/restock', { body: { quantity } })),
    ...customers.map((customerId) =>
      orders('POST /orders', { body: { ...item('P001', 1), customer_id: customerId } }),
    ),
  ]);

  for (const { status, body, text } of refused) {
    assert.ok(status === 400 || status === 404, `${status} ${text}`);
    assert.equal(typeof (body as { error: unknown }).error, 'string', text);
  }
  assert.deepEqual(await stockOf('P001', doors), [50, 0]);
  expectBody(await orders('GET /orders'), 200, { orders: [], total_count: 0 });
});

test('refuses quantities in the words of the original', async () => {
  const zero = { body: item('P001', 0) };

  expectBody(await inventory('POST /inventory/reserve', zero), 400, {
    error: 'Quantity must be positive',
  });
  expectBody(await orders('POST /orders', zero), 400, {
    error: 'Inventory check failed',
    details: { error: 'Quantity must be positive' },
  });
  expectBody(await inventory('POST /inventory/P001/restock', { body: {} }), 400, {
    error: 'Missing required field: quantity',
  });
});

test('what cannot be read or found is a refusal of 4xx that says why', async () => {
  const text = { raw: '{"product_id":', headers: { 'content-type': 'application/json' } };
  const plain = { raw: 'P001', headers: { 'content-type': 'text/plain' } };
  const answers = await Promise.all([
    orders('POST /orders', text),
    orders('POST /orders', plain),
    orders('POST /orders', { body: { note: 'x'.repeat(70_000) } }),
    orders('POST /orders', { body: item('P001', 1), headers: { 'idempotency-key': 'ä b' } }),
    orders('POST /orders'),
    orders('GET /orders?cursor=mine'),
    orders('GET /orders/ORD00001'),
    orders('GET /orders/1'),
    orders(`GET /orders/ORD${'9'.repeat(16)}`),
    orders('DELETE /orders/%00'),
    orders('PUT /orders/ORD0001', { body: {} }),
    orders('GET /nowhere'),
    inventory('GET /inventory/%00'),
    inventory('GET /inventory/P001%27'),
    inventory('POST /inventory/nothing/restock', { body: { quantity: 1 } }),
  ]);

  const codes = answers.map(({ status }) => status);
  assert.deepEqual(
    codes,
    [400, 415, 413, 400, 400, 400, 404, 404, 404, 404, 405, 404, 404, 404, 404],
  );
  for (const { body, text: said } of answers) {
    assert.deepEqual(Object.keys(body as object), ['error'], said);
  }
});
