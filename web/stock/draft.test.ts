import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedFields, clashOf, inputOf, mistakesIn } from './draft.ts';

const read = { title: 'Lamp', topic: 'home', description: '', price: '5.00' };

test('a price that is only written in another way was not changed', () => {
  assert.deepEqual(changedFields(read, { ...read, price: '5', title: 'Lamp ' }), []);
  assert.deepEqual(changedFields(read, { ...read, price: '5.01' }), ['price']);
});

test('only what was changed is sent', () => {
  const draft = { ...read, title: ' Desk lamp ', price: '7,5' };
  assert.deepEqual(inputOf(draft, changedFields(read, draft)), {
    title: 'Desk lamp',
    unitPriceCents: 750,
  });
});

test('a clash names what both have changed, and what only the other has', () => {
  const mine = { ...read, price: '6.00' };
  const theirs = { ...read, price: '7.00', topic: 'garden' };
  assert.deepEqual(clashOf(read, mine, theirs), { both: ['price'], theirsOnly: ['topic'] });
});

test('there is no clash when the same is there already', () => {
  const mine = { ...read, price: '6' };
  const theirs = { ...read, price: '6.00', topic: 'garden' };
  assert.deepEqual(clashOf(read, mine, theirs).both, []);
});

test('every field that must be filled says so', () => {
  const empty = { title: ' ', topic: '', description: '', price: 'much' };
  assert.deepEqual(Object.keys(mistakesIn(empty)), ['title', 'topic', 'price']);
  assert.deepEqual(mistakesIn(read), {});
});
