import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, type ErrorCode } from '../../src/platform/errors.ts';
import { createRegistering } from './registering.ts';

/** Plays these answers to registering and to signing in; without a code it works. */
function playing(registers: (ErrorCode | undefined)[], enters: (ErrorCode | undefined)[] = []) {
  const asked: string[] = [];
  const play = (name: string, codes: (ErrorCode | undefined)[]) => async () => {
    asked.push(name);
    const code = codes.shift();
    if (code) throw new AppError(code, name);
  };
  const run = createRegistering({
    register: play('register', registers),
    enter: play('enter', enters),
  });
  return { run, asked };
}

test('signs in with the account that it has opened', async () => {
  const { run, asked } = playing([undefined]);
  await run();
  assert.deepEqual(asked, ['register', 'enter']);
});

test('tries no password for a name that is taken', async () => {
  const { run, asked } = playing(['alreadyExists', 'alreadyExists']);
  await assert.rejects(run(), { code: 'alreadyExists' });
  await assert.rejects(run(), { code: 'alreadyExists' });
  assert.deepEqual(asked, ['register', 'register']);
});

test('goes on when the account was opened and nobody heard of it', async () => {
  const { run, asked } = playing(['unavailable', 'alreadyExists']);
  await assert.rejects(run(), { code: 'unavailable' });
  await run();
  assert.deepEqual(asked, ['register', 'register', 'enter']);
});

test('goes on when the account was opened and signing in failed', async () => {
  const { run, asked } = playing([undefined, 'alreadyExists'], ['deadlineExceeded']);
  await assert.rejects(run(), { code: 'deadlineExceeded' });
  await run();
  assert.deepEqual(asked, ['register', 'enter', 'register', 'enter']);
});

test('says that a name is taken when somebody else has it after all', async () => {
  const { run } = playing(['unavailable', 'alreadyExists'], ['unauthorized']);
  await assert.rejects(run(), { code: 'unavailable' });
  await assert.rejects(run(), { code: 'alreadyExists' });
});
