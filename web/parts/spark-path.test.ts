import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkIndex, sparkPaths } from './spark-path.ts';

test('draws from the oldest on the left to the newest on the right, highest on top', () => {
  const { line, area } = sparkPaths([0, 4, 2]);

  assert.equal(line, 'M0 32L50 0L100 16');
  assert.equal(area, 'M0 32L0 32L50 0L100 16L100 32z');
});

test('leaves a gap where nothing was measured, and a dot for what is alone', () => {
  const { line, area } = sparkPaths([null, 2, null, 2, 2]);

  assert.equal(line, 'M25 0h0M75 0L100 0');
  assert.equal(area, 'M75 32L75 0L100 0L100 32z');
});

test('draws nothing out of nothing, and nothings at the bottom', () => {
  assert.deepEqual(sparkPaths([]), { line: '', area: '' });
  assert.equal(sparkPaths([0, 0]).line, 'M0 32L100 32');
});

test('finds the value that is pointed at', () => {
  assert.deepEqual(
    [-0.1, 0, 0.49, 0.51, 1, 1.2].map((share) => sparkIndex(share, 3)),
    [0, 0, 1, 1, 2, 2],
  );
  assert.equal(sparkIndex(0.5, 0), undefined);
});
