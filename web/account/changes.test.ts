import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween } from './changes.ts';

const before = { username: 'ann', email: 'ann@shop.example', name: 'Ann' };

test('sends only what is different', () => {
  assert.deepEqual(changesBetween(before, { ...before, username: ' ann ' }), {});
  assert.deepEqual(changesBetween(before, { ...before, email: 'a@shop.example' }), {
    email: 'a@shop.example',
  });
});

test('removes a name that was taken out', () => {
  assert.deepEqual(changesBetween(before, { ...before, name: ' ' }), { name: null });
});
