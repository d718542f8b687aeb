import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { expectStatus, type Ask } from '../testing/http.ts';
import { createTranscript, startLab } from './testing-lab.ts';
import { expectBody, item, many, stockOf, times, type Doors } from './testing-order-inventory.ts';

const running = await startLab('order-inventory');
const doors = { orders: running.ask('orders'), inventory: running.ask('inventory') };
const { orders, inventory } = doors;
const ports = { orders: 30_000, inventory: 5_001 };

// The first of the file: its numbers are those of the document.
test('plays the calls of the document', async () => {
  const transcript = createTranscript('order-inventory.md');
  const run = async (door: keyof Doors, what: string, body?: object) => {
    const answer = await doors[door](what, { body });
    const said = body === undefined ? '' : ` ${JSON.stringify(body)}`;
    const shown = what.replace(' ', ` localhost:${ports[door]}`);
    return transcript.note(`${shown}${said}`, answer, [times]);
  };
  const laptop = { product_id: 'P001', name: 'Laptop', price: 999.99 };
  const first = {
    order_id: 'ORD0001',
    ...item('P001', 2),
    customer_id: 'C123',
    status: 'confirmed',
    created_at: 'a time',
    total_price: 1999.98,
  };
  const second = { ...first, order_id: 'ORD0002', customer_id: 'guest' };
  const cancelled = { ...first, status: 'cancelled', cancelled_at: 'a time' };

  expectBody(await run('orders', 'GET /health'), 200, {
    status: 'healthy',
    service: 'order-service',
  });
  expectBody(await run('inventory', 'GET /health'), 200, {
    status: 'healthy',
    service: 'inventory-service',
  });
  expectBody(await run('inventory', 'GET /inventory'), 200, {
    products: [
      { ...laptop, available_quantity: 50, reserved_quantity: 0 },
      product('P002', 'Wireless Mouse', [29.99, 200]),
      product('P003', 'USB-C Cable', [15.99, 500]),
      product('P004', 'Mechanical Keyboard', [149.99, 30]),
    ],
    total_products: 4,
  });
  expectBody(await run('orders', 'GET /orders'), 200, { orders: [], total_count: 0 });

  const placed = await run('orders', 'POST /orders', { ...item('P001', 2), customer_id: 'C123' });
  expectBody(placed, 201, first);
  const names = Object.keys(placed.body as object);
  assert.deepEqual(names, Object.keys(first));
  expectBody(await run('orders', 'POST /orders', item('P001', 2)), 201, second);
  expectBody(await run('inventory', 'GET /inventory/P001'), 200, {
    ...laptop,
    available_quantity: 46,
    reserved_quantity: 4,
    last_updated: 'a time',
  });
  expectBody(await run('orders', 'GET /orders'), 200, { orders: [first, second], total_count: 2 });
  expectBody(await run('orders', 'GET /orders/ORD0001'), 200, first);
  expectBody(await run('orders', 'GET /orders/ORD9999'), 404, { error: 'Order not found' });
  expectBody(await run('orders', 'POST /orders', item('P001', 47)), 400, {
    error: 'Insufficient inventory',
    available_quantity: 46,
  });
  expectBody(await run('orders', 'POST /orders', item('P999', 1)), 400, {
    error: 'Inventory check failed',
    details: { available: false, error: 'Product not found', product_id: 'P999' },
  });
  expectBody(await run('orders', 'POST /orders', { product_id: 'P001' }), 400, {
    error: 'Missing required fields: product_id, quantity',
  });

  expectBody(await run('orders', 'DELETE /orders/ORD0001'), 200, cancelled);
  expectBody(await run('orders', 'DELETE /orders/ORD0001'), 200, {
    message: 'Order already cancelled',
  });
  expectBody(await run('orders', 'DELETE /orders/ORD9999'), 404, { error: 'Order not found' });

  expectBody(await run('inventory', 'POST /inventory/check', item('P001', 48)), 200, {
    available: true,
    product_id: 'P001',
    requested_quantity: 48,
    available_quantity: 48,
    price: 999.99,
  });
  expectBody(await run('inventory', 'POST /inventory/check', item('P999', 1)), 404, {
    available: false,
    error: 'Product not found',
    product_id: 'P999',
  });
  expectBody(await run('inventory', 'POST /inventory/reserve', item('P001', 5)), 200, {
    success: true,
    product_id: 'P001',
    reserved_quantity: 5,
    remaining_available: 43,
  });
  expectBody(await run('inventory', 'POST /inventory/reserve', item('P001', 44)), 400, {
    error: 'Insufficient inventory',
    requested: 44,
    available: 43,
  });
  expectBody(await run('inventory', 'POST /inventory/release', item('P001', 6)), 400, {
    error: 'Cannot release more than is reserved',
    requested: 6,
    reserved: 5,
  });
  expectBody(await run('inventory', 'POST /inventory/release', item('P001', 3)), 200, {
    success: true,
    product_id: 'P001',
    released_quantity: 3,
    available_quantity: 46,
  });
  expectBody(await run('inventory', 'POST /inventory/P001/restock', { quantity: 10 }), 200, {
    success: true,
    product_id: 'P001',
    restocked_quantity: 10,
    new_available_quantity: 56,
  });
  expectBody(await run('inventory', 'GET /inventory/P999'), 404, { error: 'Product not found' });
  await transcript.expectOnPage();
});

function product(id: string, name: string, [price, available]: [number, number]) {
  const stock = { available_quantity: available, reserved_quantity: 0 };
  return { product_id: id, name, price, ...stock };
}

test('prices have exact cents, however many are ordered', async () => {
  const placed = expectStatus(await orders('POST /orders', { body: item('P001', 3) }), 201);

  // In floating point 999.99 * 3 is 2999.9700000000003.
  assert.match(placed.text, /"total_price":2999\.97[,}]/);
});

test('a repeated order, reservation or delivery with its key counts once', async () => {
  const headers = { 'idempotency-key': randomUUID() };
  const [available, reserved] = await stockOf('P004', doors);
  const twice = async (ask: Ask, what: string, body: object) => {
    const answer = await ask(what, { body, headers });
    const again = await ask(what, { body, headers });
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.equal(again.text, answer.text);
    return answer;
  };

  expectStatus(await twice(orders, 'POST /orders', item('P004', 1)), 201);
  expectStatus(await twice(inventory, 'POST /inventory/reserve', item('P004', 2)), 200);
  expectStatus(await twice(inventory, 'POST /inventory/P004/restock', { quantity: 4 }), 200);

  assert.deepEqual(await stockOf('P004', doors), [available + 1, reserved + 3]);
  const other = await orders('POST /orders', { body: item('P004', 2), headers });
  assert.match((expectStatus(other, 422).body as { error: string }).error, /Idempotency-Key/);
});

test('what orders have reserved is not released by hand', async () => {
  const placed = expectStatus(await orders('POST /orders', { body: item('pizza', 7) }), 201);
  expectStatus(await inventory('POST /inventory/reserve', { body: item('pizza', 2) }), 200);

  const tooMuch = await inventory('POST /inventory/release', { body: item('pizza', 3) });
  const all = await inventory('POST /inventory/release', { body: item('pizza', 2) });

  expectBody(tooMuch, 400, {
    error: 'Cannot release more than is reserved',
    requested: 3,
    reserved: 2,
  });
  expectStatus(all, 200);
  assert.deepEqual(await stockOf('pizza', doors), [993, 7]);
  const { order_id: id } = placed.body as { order_id: string };
  expectStatus(await orders(`DELETE /orders/${id}`), 200);
  assert.deepEqual(await stockOf('pizza', doors), [1_000, 0]);
});

test('a part of a reservation is released although nothing else is in stock', async () => {
  expectStatus(await inventory('POST /inventory/reserve', { body: item('2', 10) }), 200);

  const part = await inventory('POST /inventory/release', { body: item('2', 3) });

  expectBody(part, 200, {
    success: true,
    product_id: '2',
    released_quantity: 3,
    available_quantity: 3,
  });
  assert.deepEqual(await stockOf('2', doors), [3, 7]);
  expectStatus(await inventory('POST /inventory/release', { body: item('2', 7) }), 200);
  assert.deepEqual(await stockOf('2', doors), [10, 0]);
});

test('many small reservations are released in one call', async () => {
  const reserve = () => inventory('POST /inventory/reserve', { body: item('kebab', 1) });
  await many(120, reserve);

  const released = await inventory('POST /inventory/release', { body: item('kebab', 119) });

  expectStatus(released, 200);
  assert.deepEqual(await stockOf('kebab', doors), [999, 1]);
});

test('customers are told apart by every letter, whatever they are called', async () => {
  const customerIds = ['C9', 'c9', '', "Zoë'; --", '🛒', '_c9', 'customer-C9', '__proto__'];
  const place = (customerId: string) =>
    orders('POST /orders', { body: { ...item('P003', 1), customer_id: customerId } });

  const placed = (await Promise.all([...customerIds, ...customerIds].map(place))).map(
    (answer) => expectStatus(answer, 201).body as { order_id: string; customer_id: string },
  );

  const read = await Promise.all(placed.map(({ order_id: id }) => orders(`GET /orders/${id}`)));
  assert.deepEqual(
    read.map(({ body }) => (body as { customer_id: string }).customer_id),
    [...customerIds, ...customerIds],
  );
});

test('lists all orders, more than a page, in the order of their numbers', async () => {
  const place = () => orders('POST /orders', { body: item('kebab', 1) });
  await many(130, place);

  const { body } = expectStatus(await orders('GET /orders'), 200);

  const list = body as { orders: { order_id: string }[]; total_count: number };
  const ids = list.orders.map(({ order_id: id }) => id);
  assert.ok(list.total_count >= 130);
  assert.equal(ids.length, list.total_count);
  assert.deepEqual(ids, [...new Set(ids)].toSorted());
});
