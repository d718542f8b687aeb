import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWords, loneIndexes, rangeOf } from './plot-words.ts';

test('says of each line the last value and between which all are', () => {
  const lines = [
    { label: 'p50', values: [1, null, 3.26, null] },
    { label: 'p99', values: [null, null] },
  ];

  const words = inWords({ unit: 'ms', lines });

  assert.equal(words, 'p50 last 3.3 ms, between 1 and 3.3; p99 nothing yet');
});

test('finds the points that a line would not show', () => {
  assert.deepEqual(loneIndexes([1, null, 2, 3, null, 4]), [0, 5]);
  assert.deepEqual(loneIndexes([null, 0, null]), [1]);
  assert.deepEqual(loneIndexes([]), []);
});

test('begins at zero where heights are compared, and below what is negative', () => {
  assert.deepEqual(rangeOf(50, 100, true), [0, 108]);
  assert.deepEqual(rangeOf(50, 100, false), [46, 104]);
  assert.deepEqual(rangeOf(-100, 0, true), [-108, 8]);
});

test('has a scale although nothing was measured, or always the same', () => {
  assert.deepEqual(rangeOf(null, null, true), [0, 1.08]);
  assert.deepEqual(rangeOf(0, 0, true), [0, 0.08]);
});
