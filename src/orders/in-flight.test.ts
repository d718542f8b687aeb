import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createInFlight } from './in-flight.ts';

test('one at a time under an id: the same again is under way, another one has no right to it', async () => {
  const once = createInFlight();
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = once('id', 'fp', () => promise);
  const unused = () => assert.fail('This must not begin');

  await assert.rejects(once('id', 'fp', unused), { code: 'inFlight', retryAfterSeconds: 1 });
  await assert.rejects(once('id', 'another', unused), { code: 'keyReused' });
  assert.equal(await once('another id', 'fp', async () => 'free'), 'free');
  resolve('done');
  assert.equal(await first, 'done');
});

test('an id is free again as soon as its work is over, however it ended', async () => {
  const once = createInFlight();
  assert.equal(await once('id', 'fp', async () => 1), 1);
  const failure = new Error('broken');
  await assert.rejects(
    once('id', 'another', () => Promise.reject(failure)),
    failure,
  );
  assert.equal(await once('id', 'fp', async () => 2), 2);
});
