import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { Username } from '../users/shapes.ts';
import { usernameKey } from '../users/names.ts';
import { customerIdOf, usernameOf } from './order-inventory-customers.ts';

const hostile = [
  '',
  'guest',
  'C123',
  'c123',
  '_c123',
  '.63123',
  'Zoë & Max',
  'Zoe\u0308',
  '日本 🛒🛒',
  "'; drop table users; --",
  '../../etc/passwd',
  '%00%',
  'a@b.example',
  '\u202Eevil\u200B',
  '\r\n\t',
  'customer-guest',
  '__proto__',
];

test('gives every customer a username of the house, and finds the customer in it again', () => {
  const allowed = Compile(Username);

  for (const customerId of hostile) {
    const username = usernameOf(customerId);
    assert.ok(allowed.Check(username), username);
    assert.equal(customerIdOf(username), customerId);
  }
});

test('no two customers share a username, although usernames are alike in any case', () => {
  const keys = new Set(hostile.map((customerId) => usernameKey(usernameOf(customerId))));

  assert.equal(keys.size, hostile.length);
});

test('refuses a customer whose name would be too long', () => {
  assert.equal(usernameOf('c'.repeat(71)).length, 80);
  assert.throws(() => usernameOf('c'.repeat(72)), { code: 'invalid' });
  assert.throws(() => usernameOf('🛒'.repeat(6)), { code: 'invalid' });
});

test('calls a user of the shop by the username', () => {
  assert.equal(customerIdOf('Anouk'), 'Anouk');
});
