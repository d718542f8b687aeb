import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitMsAfter } from './retry.ts';

test('waits longer after each failure, up to a limit', () => {
  const waits = [1, 2, 3, 4, 5, 6, 100].map((failures) => waitMsAfter(failures, 1));
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
});

test('keeps those apart that failed together', () => {
  assert.equal(waitMsAfter(1, 0), 500);
  assert.notEqual(waitMsAfter(3, 0.2), waitMsAfter(3, 0.8));
});
