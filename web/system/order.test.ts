import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseOperations, nextOrder, type Kind, type Order } from './order.ts';

const quiet = { errors: 0, refusals: 0, perSecond: 0 };
const operations = [
  { ...quiet, operation: 'getOrder', requests: 5, p50Ms: 2 },
  { ...quiet, operation: 'placeOrder', requests: 9, perSecond: 1 },
  { ...quiet, operation: 'logIn', requests: 5, p50Ms: 70, errors: 1 },
];

function names(wanted: { text?: string; kind?: Kind; order?: Order }): string[] {
  const { text = '', kind = 'all', order = { by: 'requests', isDown: true } } = wanted;
  return chooseOperations(operations, { text, kind, order }).map(({ operation }) => operation);
}

test('sorts by any column in both directions, equals by name', () => {
  assert.deepEqual(names({}), ['placeOrder', 'getOrder', 'logIn']);
  assert.deepEqual(names({ order: { by: 'requests', isDown: false } }), [
    'getOrder',
    'logIn',
    'placeOrder',
  ]);
  assert.deepEqual(names({ order: { by: 'operation', isDown: true } }), [
    'placeOrder',
    'logIn',
    'getOrder',
  ]);
});

test('puts what is not known last, whatever the direction', () => {
  assert.deepEqual(
    [true, false].map((isDown) => names({ order: { by: 'p50Ms', isDown } }).at(-1)),
    ['placeOrder', 'placeOrder'],
  );
});

test('finds by a part of the name, by being busy and by having errors', () => {
  assert.deepEqual(names({ text: ' ORDER ' }), ['placeOrder', 'getOrder']);
  assert.deepEqual(names({ kind: 'busy' }), ['placeOrder']);
  assert.deepEqual(names({ kind: 'errors' }), ['logIn']);
  assert.deepEqual(names({ kind: 'errors', text: 'order' }), []);
});

test('begins with the greatest number or the first name, and turns round when pressed again', () => {
  const byRequests: Order = { by: 'requests', isDown: true };

  assert.deepEqual(nextOrder(byRequests, 'requests'), { by: 'requests', isDown: false });
  assert.deepEqual(nextOrder(byRequests, 'p99Ms'), { by: 'p99Ms', isDown: true });
  assert.deepEqual(nextOrder(byRequests, 'operation'), { by: 'operation', isDown: false });
});
