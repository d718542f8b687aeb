import assert from 'node:assert/strict';
import { test } from 'node:test';
import { centsOf, priceText } from './price.ts';

test('a price is read with a point or a comma, and with or without cents', () => {
  const texts = ['12.50', '12,5', ' 12 ', '0', '0.07', '1000000000'];
  assert.deepEqual(texts.map(centsOf), [1_250, 1_250, 1_200, 0, 7, 100_000_000_000]);
});

test('what is no price is none', () => {
  const texts = ['', 'free', '-1', '1.234', '1e5', '1,000.00', '1000000000.01', '.5'];
  assert.deepEqual(
    texts.map(centsOf),
    texts.map(() => undefined),
  );
});

test('a price comes back as it was', () => {
  for (const cents of [0, 7, 100, 1_999, 100_000_000_000]) {
    assert.equal(centsOf(priceText(cents)), cents);
  }
});
