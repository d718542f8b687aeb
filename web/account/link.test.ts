import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logInOf } from './link.ts';

test('reads name and password out of the end of an address', () => {
  assert.deepEqual(logInOf('#admin:a-b-c'), { login: 'admin', password: 'a-b-c' });
  assert.deepEqual(logInOf('#j%C3%BCrgen:a%3Ab%20c:d'), { login: 'jürgen', password: 'a:b c:d' });
});

test('reads nothing out of anything else', () => {
  for (const hash of ['', '#', '#main', '#admin', '#admin:', '#:secret', '#a%zz:b', 'admin:b']) {
    assert.equal(logInOf(hash), undefined, hash);
  }
});
