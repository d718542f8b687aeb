import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, signed } from './count.ts';

test('a whole number is read with either minus', () => {
  const texts = ['5', '+5', '-2', '−2', ' 0 '];
  assert.deepEqual(
    texts.map((text) => countOf(text, -10, 10)),
    [5, 5, -2, -2, 0],
  );
});

test('what is no whole number, or too much, is none', () => {
  for (const text of ['', '1.5', 'two', '1e3', '11', '-11', '99999999999']) {
    assert.equal(countOf(text, -10, 10), undefined, text);
  }
});

test('a change has its sign', () => {
  const plain = (value: number) => `${value}`;
  assert.deepEqual([signed(5, plain), signed(-2, plain)], ['+5', '−2']);
});
