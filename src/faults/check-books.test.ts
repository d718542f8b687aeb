import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBooks, type Facts } from './check-books.ts';
import type { Attempt } from './history.ts';

const lines = [{ productId: 'tea', quantity: 2, unitPriceCents: 5 }];
const order = { userId: 'ann', key: 'k', lines, totalCents: 10 };

/** Five came; two each are ordered and have left, and there was one order that came to nothing. */
const whole: Facts = {
  orders: [
    { ...order, id: 'o1', status: 'C' },
    { ...order, id: 'o2', status: 'F' },
    { ...order, id: 'o3', status: 'X' },
    { ...order, id: 'o4', status: 'V', lines: null, totalCents: null },
  ],
  reservations: [
    { orderId: 'o1', state: 'A', lines },
    { orderId: 'o2', state: 'S', lines },
    { orderId: 'o3', state: 'R', lines },
    { orderId: 'o4', state: 'R', lines },
  ],
  stock: [{ productId: 'tea', available: 1, reserved: 2 }],
  moves: [
    { id: 'm0', productId: 'tea', delta: 3, reason: 'restock' },
    { id: 'm1', productId: 'tea', delta: 2, reason: 'restock' },
    { id: 'm2', productId: 'tea', delta: -2, reason: 'shipped' },
  ],
};

const restock = (moveId: string): Attempt => ({
  ...{ f: 'restock', p: 'c1.0', key: 'r1', body: 'tea 2', type: 'ok' },
  ...{ startedMs: 0, endedMs: 1, moveId },
});

function checkersOf(facts: Partial<Facts>, attempts = [restock('m1')]): string[] {
  const asked = { attempts, movesBefore: new Set(['m0']) };
  const found = checkBooks({ ...whole, ...facts }, asked);
  return [...new Set(found.map(({ checker }) => checker))];
}

/** The same, but the reservation of one order is another, or is not there. */
const reserved = (orderId: string, change?: object): Partial<Facts> => ({
  reservations: whole.reservations.flatMap((one) =>
    one.orderId !== orderId ? one : change ? { ...one, ...change } : [],
  ),
});

test('books that fit together are not blamed', () => {
  assert.deepEqual(checkersOf({}), []);
});

test('X1: each order has its stock, the same things at the same prices', () => {
  assert.deepEqual(checkersOf(reserved('o1')), ['X1']);
  assert.deepEqual(checkersOf(reserved('o1', { state: 'R' })), ['X1']);
  assert.deepEqual(checkersOf(reserved('o2', { state: 'A' })), ['X1']);
  const dearer = [{ ...lines[0], unitPriceCents: 6 }];
  assert.deepEqual(checkersOf(reserved('o1', { lines: dearer })), ['X1']);
});

test('X2: nothing has stock that came to nothing, or was never ordered', () => {
  assert.deepEqual(checkersOf(reserved('o4', { state: 'A' })), ['X2']);
  const orders = whole.orders.filter(({ id }) => id !== 'o1');
  assert.deepEqual(checkersOf({ orders }), ['X2', 'X3']);
});

test('X3 and conservation: no unit is made or lost', () => {
  const stock = [{ productId: 'tea', available: 0, reserved: 3 }];
  assert.deepEqual(checkersOf({ stock }), ['X3']);
  const more = [{ productId: 'tea', available: 2, reserved: 2 }];
  assert.deepEqual(checkersOf({ stock: more }), ['conservation']);
  const unshipped = whole.moves.filter(({ id }) => id !== 'm2');
  assert.deepEqual(checkersOf({ moves: unshipped, stock: [{ ...more[0]!, available: 3 }] }), [
    'conservation',
  ]);
});

test('stock comes once, and what was confirmed has come', () => {
  assert.deepEqual(checkersOf({}, [restock('m9')]), ['conservation']);
  assert.deepEqual(checkersOf({}, []), ['conservation']);
});

test('O2: an order costs what its lines cost', () => {
  const orders = whole.orders.map((one) => ({ ...one, totalCents: 11 }));
  assert.deepEqual(checkersOf({ orders }), ['O2']);
});
