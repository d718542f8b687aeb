import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ordersIn } from './order-news.ts';

test('events tell of one order, snapshots of several, and others of none', () => {
  const order = { id: 'id-1', version: '1' };
  const placed = { type: 'order.placed.v1', data: JSON.stringify({ data: order }) };
  const snapshot = { type: 'snapshot', data: JSON.stringify({ orders: [order] }) };

  const told = [placed, snapshot, { type: 'stock.low.v1', data: '{}' }].map((event) =>
    ordersIn({ id: undefined, ...event }),
  );

  assert.deepEqual(told, [[order], [order], []]);
});
