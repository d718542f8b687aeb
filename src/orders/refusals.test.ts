import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderVoided, outOfStock } from './refusals.ts';

test('names a few short lines in words, and all of them in details', () => {
  const lines = [1, 2, 3, 4, 5].map((n) => ({ productId: `p${n}`, asked: 9, available: n }));
  const { code, message, details } = outOfStock(lines);

  assert.equal(code, 'outOfStock');
  const named = 'p1 (asked 9, available 1), p2 (asked 9, available 2), p3 (asked 9, available 3)';
  assert.equal(message, `Not enough stock: ${named}, 2 more`);
  assert.deepEqual(details, { lines });
});

test('shows of a short line nothing but what the contract names', () => {
  const line = { productId: 'p1', asked: 2, available: 0, sku: 7 };
  assert.deepEqual(outOfStock([line]).details, {
    lines: [{ productId: 'p1', asked: 2, available: 0 }],
  });
});

test('a voided order is a conflict, and the advice is another key', () => {
  const { code, status } = orderVoided();
  assert.deepEqual([code, status], ['orderVoided', 409]);
});
