import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprint, keyedId } from '../platform/idempotency.ts';
import { shortId } from './short-id.ts';
import { searchText, titleKey, topicKey } from './text.ts';

test('topics that read the same have the same key', () => {
  for (const topic of ['Fine Art', ' fine art ', 'ＦＩＮＥ ＡＲＴ']) {
    assert.equal(topicKey(topic), 'fine art');
  }
  assert.equal(topicKey('e\u0301'), topicKey('\u00C9'));
});

test('a title key never ends in half a character', () => {
  const key = titleKey('🍕'.repeat(200));
  assert.equal(key, '🍕'.repeat(50));
  assert.ok(key.isWellFormed());
});

test('the last word may still be typed, unless it is excluded or quoted', () => {
  const beginnings = [
    ['pizz', 'pizz'],
    ['two wor ', 'wor'],
    ['"open phra', 'phra'],
    ['usb-c', 'c'],
    ['naïve cafe\u0301', 'cafe\u0301'],
    ['xen -art', null],
    ['-art', null],
    ['"a phrase"', null],
    ['what?', null],
    ['', null],
  ] as const;
  for (const [q, beginning] of beginnings) assert.equal(searchText(q).beginning, beginning, q);
});

test('a request id depends on person, operation and key, and is a UUID of version 8', () => {
  const request = { actor: { name: 'a' }, operation: 'o', key: 'k' };
  const id = keyedId(request);

  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(id, keyedId({ ...request }));
  const others = [
    keyedId({ ...request, actor: { name: 'b' } }),
    keyedId({ ...request, operation: 'p' }),
    keyedId({ ...request, key: 'l' }),
  ];
  assert.equal(new Set([id, ...others]).size, 4);
  assert.notEqual(shortId(id, 1), shortId(id, 2));
});

test('a fingerprint tells apart what differs in one field, and takes absent for null', () => {
  assert.equal(fingerprint(1, 'a').length, 16);
  assert.deepEqual(fingerprint(1, undefined), fingerprint(1, null));
  assert.notDeepEqual(fingerprint('ab', 'c'), fingerprint('a', 'bc'));
  assert.notDeepEqual(fingerprint(1), fingerprint('1'));
});
