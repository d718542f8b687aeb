import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from './quantile.ts';

const bounds = [1, 10, 100];

test('a quantile lies in its bucket, as far up as its rank', () => {
  assert.equal(quantile(0.5, bounds, [0, 10, 10, 10]), 5.5);
  assert.equal(quantile(0.5, bounds, [10, 10, 10, 10]), 0.5);
  assert.equal(quantile(0.9, bounds, [0, 0, 100, 100]), 91);
  assert.equal(quantile(1, bounds, [2, 4, 4, 4]), 10);
});

test('what is beyond the last bound counts as there', () => {
  assert.equal(quantile(0.5, bounds, [0, 0, 0, 3]), 100);
  assert.equal(quantile(0.99, bounds, [50, 50, 50, 100]), 100);
});

test('of nothing there is no quantile', () => {
  assert.equal(quantile(0.5, bounds, [0, 0, 0, 0]), undefined);
  assert.equal(quantile(0.5, bounds, []), undefined);
});
