import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCursors } from './cursor.ts';

const cursors = createCursors('a secret of at least thirty-two characters');

test('a cursor comes back as the place it was made of', () => {
  const cursor = cursors.encode('products', ['漢 "x"', 42]);
  assert.match(cursor, /^[\w-]+$/);
  assert.deepEqual(cursors.decode('products', cursor), ['漢 "x"', 42]);
});

test('refuses a cursor of another list, of another server, cut short, changed, or made up', () => {
  const cursor = cursors.encode('products', [1]);
  const flipped = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
  const foreign = createCursors('another secret').encode('products', [1]);
  const forged = [cursors.encode('users', [1]), foreign, cursor.slice(0, -3), flipped, 'x', ''];
  for (const bad of forged) {
    assert.throws(() => cursors.decode('products', bad), { code: 'invalid' });
  }
});
