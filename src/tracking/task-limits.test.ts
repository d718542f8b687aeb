import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { fixAt, noon } from './fixture.ts';
import { dropOldTasks } from './tasks.ts';
import { freshTasks } from './testing-tasks.ts';

const tracking = await freshTasks();
const { clock, now, database, newCourier } = tracking;
const { createAverageSpeedTask, getTask, cancelTask } = tracking;

const dayMs = 86_400_000;

afterEach(() => {
  clock.ms = noon;
});

test('a day after it was made a task is gone, dropped or not', async () => {
  const { id, call } = await newCourier();
  const asked = { id, windowSeconds: 30, idempotencyKey: 'key' };
  const made = await createAverageSpeedTask(asked, call());
  clock.ms += dayMs - 1;
  await getTask({ id: made.id }, call());
  clock.ms += 1;
  await assert.rejects(getTask({ id: made.id }, call()), { code: 'notFound' });
  await assert.rejects(cancelTask({ id: made.id }, call()), { code: 'notFound' });

  const again = call();
  const renewed = await createAverageSpeedTask(asked, again);
  assert.deepEqual(
    [renewed.createdAt, again.answer.replayed],
    [fixAt(86_400).timestamp, undefined],
  );
});

test('only what is a day old is dropped', async () => {
  await dropOldTasks(database, new Date(noon + 7 * dayMs));
  const { id, call } = await newCourier();
  const old = await createAverageSpeedTask({ id, windowSeconds: 30 }, call());
  clock.ms += 1_000;
  const young = await createAverageSpeedTask({ id, windowSeconds: 30 }, call());
  clock.ms += dayMs - 1_000;
  assert.equal(await dropOldTasks(database, now()), 1);
  await getTask({ id: young.id }, call());
  clock.ms = noon;
  await assert.rejects(getTask({ id: old.id }, call()), { code: 'notFound' });
});

test('what has observed a whole day can still be read for an hour', async () => {
  const { id, call } = await newCourier();
  const made = await createAverageSpeedTask({ id, windowSeconds: 86_400 }, call());
  clock.ms += dayMs + 3_599_999;
  await getTask({ id: made.id }, call());
  clock.ms += 1;
  await assert.rejects(getTask({ id: made.id }, call()), { code: 'notFound' });
});

test('of one account a hundred tasks may be unfinished, however many ask at once', async () => {
  const { id, call } = await newCourier();
  const asked = { id, windowSeconds: 40 };
  const keyed = { ...asked, idempotencyKey: 'key' };
  const first = await createAverageSpeedTask(keyed, call());
  clock.ms += 10_000;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 115 }, () => createAverageSpeedTask(asked, call())),
  );
  const refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? one.reason : []));
  assert.deepEqual(
    refusals.map(({ code, retryAfterSeconds }) => [code, retryAfterSeconds]),
    Array.from({ length: 16 }, () => ['rateLimited', 30]),
  );

  const again = call();
  await createAverageSpeedTask(keyed, again);
  assert.equal(again.answer.replayed, true);
  const other = await newCourier();
  await createAverageSpeedTask({ ...asked, id: other.id }, other.call());
  await cancelTask({ id: first.id }, call());
  await createAverageSpeedTask(asked, call());
});
