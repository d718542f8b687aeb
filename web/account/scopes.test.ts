import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scopesFor, wordsOf } from './scopes.ts';

const names = (offers: ReturnType<typeof scopesFor>) => offers.map(({ scope }) => scope);

test('offers what the role can use', () => {
  const customer = names(scopesFor('customer', false));
  assert.ok(customer.includes('orders:write'));
  assert.ok(!customer.some((scope) => scope.startsWith('tracking:') || scope === 'catalog:write'));
  assert.ok(!names(scopesFor('courier', false)).includes('catalog:write'));
  assert.equal(names(scopesFor('staff', false)).length, 8);
});

test('offers a device what has to do with its vehicle', () => {
  assert.deepEqual(names(scopesFor('staff', true)), ['tracking:read', 'tracking:write']);
});

test('has words for every scope', () => {
  for (const { scope } of scopesFor('staff', false)) assert.notEqual(wordsOf(scope), scope);
});
