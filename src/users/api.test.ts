import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import { checks } from '../platform/validate.ts';
import { usersApi } from './api.ts';
import { Email } from './shapes.ts';

const compile = checks();
const registers = compile('body', usersApi.register.body);
const changes = compile('body', usersApi.changeUser.body);
const sound = { username: 'ann', email: 'ann@shop.example', password: 'a fine phrase' };

/** Where the schema refuses a registration, if it does. */
function refusedAt(check: (value: unknown) => void, value: unknown): string | undefined {
  try {
    check(value);
    return undefined;
  } catch (error) {
    return (error as AppError).errors?.[0]?.pointer;
  }
}

test('takes usernames of every script, without spaces, signs and what cannot be seen', () => {
  const fine = [
    'a',
    'Zoë',
    'ÅSA',
    'हिन्दी',
    '王小明',
    'علي',
    'Ωmega',
    'x_y-z.1',
    '٣',
    'x'.repeat(80),
  ];
  const notFine = ['', 'a b', 'a@b', '🙂', 'a/b', 'a\tb', 'ann\u200b', 'ann\ufe0f', '\u3164'];

  for (const username of fine) {
    assert.equal(refusedAt(registers, { ...sound, username }), undefined, username);
  }
  for (const username of [...notFine, 'x'.repeat(81)]) {
    assert.equal(refusedAt(registers, { ...sound, username }), '/username', username);
  }
});

test('takes e-mail addresses by their form, in linear time', () => {
  const fine = ['a@b.co', 'a+b@c.d.example', "o'neil@shop.example", 'jürgen@bücher.example'];
  const notFine = [
    'a',
    'a@b',
    '@b.co',
    'a@.co',
    'a@b.',
    'a@b..co',
    'a@b@c.co',
    'a b@c.co',
    'a@b.c\n',
  ];
  const long = `${'a'.repeat(241)}@shop.example`;

  for (const email of [...fine, long]) {
    assert.equal(refusedAt(registers, { ...sound, email }), undefined, email);
  }
  for (const email of [...notFine, `a${long}`]) {
    assert.equal(refusedAt(registers, { ...sound, email }), '/email', email);
  }
  const pattern = new RegExp(String(Reflect.get(Email, 'pattern')), 'u');
  const startMs = performance.now();
  assert.equal(pattern.test(`a@${'a.'.repeat(200_000)}`), false);
  assert.ok(performance.now() - startMs < 1_000);
});

test('takes passwords of eight to 128 characters of any kind', () => {
  const fine = ['12345678', '        ', '🙂'.repeat(8), '🙂'.repeat(128), 'x'.repeat(64)];
  const notFine = ['', '1234567', '🙂'.repeat(7), 'x'.repeat(129), 'x'.repeat(200)];

  for (const password of fine) {
    assert.equal(refusedAt(registers, { ...sound, password }), undefined, password);
  }
  for (const password of notFine) {
    assert.equal(refusedAt(registers, { ...sound, password }), '/password', password);
  }
});

test('refuses fields that are not for the user to say', () => {
  for (const field of ['role', 'id', 'number', 'disabled', 'status', 'version', 'passwordHash']) {
    assert.equal(refusedAt(registers, { ...sound, [field]: 'x' }), `/${field}`);
    assert.equal(refusedAt(changes, { [field]: 'x' }), `/${field}`);
  }
  assert.equal(refusedAt(changes, { name: null }), undefined);
});

test('takes as id a UUID in lower case, or "me" where that makes sense', () => {
  const id = '0190b6c8-7d2e-7c3a-9f10-0123456789ab';
  const reads = compile('params', usersApi.getUser.params);
  const disables = compile('params', usersApi.disableUser.params);

  assert.equal(refusedAt(reads, { id }), undefined);
  assert.equal(refusedAt(reads, { id: 'me' }), undefined);
  assert.equal(refusedAt(reads, { id: '17' }), '/id');
  assert.equal(refusedAt(disables, { id: 'me' }), '/id');
});

test('looks up one to 512 ids at once', () => {
  const id = '0190b6c8-7d2e-7c3a-9f10-0123456789ab';
  for (const { body } of [usersApi.getUsers, usersApi.checkSessions]) {
    const check = compile('body', body);
    assert.equal(refusedAt(check, { ids: [] }), '/ids');
    assert.equal(refusedAt(check, { ids: Array(512).fill(id) }), undefined);
    assert.equal(refusedAt(check, { ids: Array(513).fill(id) }), '/ids');
  }
});
