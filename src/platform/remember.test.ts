import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remember } from './remember.ts';

test('remembers for as long as it was told to', () => {
  let nowMs = 0;
  const memory = remember<string>(10, () => nowMs);
  memory.set('a', 'one', 100);
  nowMs = 99;
  assert.equal(memory.get('a'), 'one');
  nowMs = 100;
  assert.equal(memory.get('a'), undefined);
});

test('forgets the oldest when it is full', () => {
  const memory = remember<number>(2);
  for (const [i, key] of ['a', 'b', 'c'].entries()) memory.set(key, i, 1_000);
  assert.deepEqual([memory.get('a'), memory.get('b'), memory.get('c')], [undefined, 1, 2]);
});
