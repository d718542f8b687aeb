import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsAt, sliderAt, sliderMax } from './window-scale.ts';

test('the slider goes from a second to a day, and never back', () => {
  assert.equal(secondsAt(0), 1);
  assert.equal(secondsAt(sliderMax), 86_400);
  const all = Array.from({ length: sliderMax + 1 }, (_, i) => secondsAt(i));
  assert.deepEqual(
    all,
    all.toSorted((a, b) => a - b),
  );
});

test('lengths that people name are on it', () => {
  for (const seconds of [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400]) {
    assert.equal(secondsAt(sliderAt(seconds)), seconds);
  }
});
