import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshDatabase } from '../testing/database.ts';
import { unhurried } from './unhurried.ts';

const answer = { name: 'answer', text: 'select 42 as answer' };

test('rests twice as long as it has worked, and answers all the same', async () => {
  const database = await freshDatabase('orders');
  const clock = [0, 50, 100, 100];
  const resting = unhurried(database, () => clock.shift() ?? 0);

  const startedAtMs = performance.now();
  assert.deepEqual(await resting.rows(answer), [{ answer: 42 }]);
  const tookMs = performance.now() - startedAtMs;
  assert.deepEqual(await resting.one(answer), { answer: 42 });

  assert.ok(tookMs >= 99, `${tookMs} ms`);
  assert.deepEqual(clock, []);
});

test('passes on what goes wrong, at once', async () => {
  const database = await freshDatabase('orders');
  const wrong = { name: 'wrong', text: 'select 1 / 0' };
  await assert.rejects(unhurried(database).rows(wrong), { code: '22012' });
});
