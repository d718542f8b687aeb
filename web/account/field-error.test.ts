import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, invalid } from '../../src/platform/errors.ts';
import { fieldError } from './field-error.ts';

test('says what is wrong with the field that it is about, and nothing of others', () => {
  const problem = invalid('body', '/username', 'is taken');
  assert.equal(fieldError(problem, 'username'), 'This username is taken.');
  assert.equal(fieldError(problem, 'email'), undefined);
  assert.equal(fieldError(new AppError('unavailable', 'Not now'), 'username'), undefined);
  assert.equal(fieldError(undefined, 'username'), undefined);
});

test('says in words what a pattern means', () => {
  const problem = invalid('body', '/email', 'must match pattern "^x$"');
  assert.equal(fieldError(problem, 'email'), 'This is not an e-mail address.');
});
