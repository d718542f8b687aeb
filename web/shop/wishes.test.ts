import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, changedWishes, questionOf, wishesIn } from './wishes.ts';

const wishes = (text: string) => wishesIn(new URLSearchParams(text));

test('an address says what is wished, and wishes make the same address', () => {
  const asked = { q: 'red pan', topic: 'kitchen', sort: 'price', inStock: 'true' };

  const found = wishesIn(new URLSearchParams(asked));

  assert.deepEqual(found, { q: 'red pan', topic: 'kitchen', sort: 'price', inStock: true });
  assert.deepEqual(addressOf(found), asked);
});

test('an address without wishes, or with odd ones, asks for everything by name', () => {
  const everything = { q: '', topic: '', sort: 'title', inStock: false };
  for (const text of ['', 'q=++', 'sort=odd', 'sort=relevance', 'inStock=yes']) {
    assert.deepEqual(wishes(text), everything, text);
  }
  assert.deepEqual(questionOf(wishes('')), { sort: 'title' });
  assert.equal(wishes(`q=${'x'.repeat(300)}&topic=${'y'.repeat(300)}`).q.length, 100);
});

test('the usual order follows the words, a chosen one stays', () => {
  assert.equal(changedWishes(wishes(''), { q: 'pan' }).sort, 'relevance');
  assert.equal(changedWishes(wishes('q=pan'), { q: '' }).sort, 'title');
  assert.equal(changedWishes(wishes('sort=price'), { q: 'pan' }).sort, 'price');
  assert.equal(changedWishes(wishes('q=pan'), { sort: 'newest' }).sort, 'newest');
});

test('who sorts words by match and takes them back sees names in order', () => {
  const sorted = changedWishes(wishes('q=pan'), { sort: 'relevance' });

  assert.equal(changedWishes(sorted, { q: '' }).sort, 'title');
});
