import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { callBy, callByStaff, callByUser } from '../testing/call.ts';
import { fixAt, noon } from './fixture.ts';
import { freshTasks } from './testing-tasks.ts';

const tracking = await freshTasks();
const { clock, dueAts, newCourier, openWorker, over } = tracking;
const { createAverageSpeedTask, getTask, cancelTask } = tracking;

const timeAt = (seconds: number) => fixAt(seconds).timestamp;
const speeds = [3, 5, 7].map((speedMetersPerSecond, i) => fixAt(i * 10, { speedMetersPerSecond }));

afterEach(() => {
  clock.ms = noon;
});

test('a task observes the seconds to come, and says so from its first moment on', async () => {
  const { id, call } = await newCourier();
  const made = await createAverageSpeedTask({ id, windowSeconds: 30 }, call());
  assert.deepEqual(made, {
    id: made.id,
    vehicleId: id,
    state: 'requested',
    windowSeconds: 30,
    from: timeAt(0),
    until: timeAt(30),
    createdAt: timeAt(0),
  });
  assert.deepEqual(dueAts.at(-1), new Date(noon + 30_000));
  clock.ms += 1;
  assert.deepEqual(await getTask({ id: made.id }, call()), { ...made, state: 'running' });
});

test('its result is the average speed of its window', async () => {
  const { id, call } = await newCourier(speeds);
  const made = await createAverageSpeedTask({ id, windowSeconds: 30 }, call());
  clock.ms += 30_000;
  openWorker();
  const { result, state, endedAt } = await over(made.id);
  const direct = await tracking.getAverageSpeed({ id, windowSeconds: 30 }, call());
  assert.deepEqual([state, endedAt, result], ['done', timeAt(30), direct]);
  assert.equal(direct.averageSpeedMetersPerSecond, (5 * 10 + 7 * 10) / 20);
});

test('a task that looks back runs at once, until now or until a time that was', async () => {
  const { id, call } = await newCourier(speeds);
  clock.ms += 25_000;
  const asked = { id, windowSeconds: 10, look: 'back' } as const;
  const untilNow = await createAverageSpeedTask(asked, call());
  const before = await createAverageSpeedTask({ ...asked, until: timeAt(15) }, call());
  assert.deepEqual(
    [untilNow, before].map(({ state, from, until }) => [state, from, until]),
    [
      ['running', timeAt(15), timeAt(25)],
      ['running', timeAt(5), timeAt(15)],
    ],
  );
  openWorker();
  const ended = await Promise.all([over(untilNow.id), over(before.id)]);
  assert.deepEqual(
    ended.map(({ result }) => result?.averageSpeedMetersPerSecond),
    [7, 5],
  );
});

test('a time is only for looking back, and must have been', async () => {
  const { id, call } = await newCourier();
  const asked = { id, windowSeconds: 10, until: timeAt(-5) };
  await assert.rejects(createAverageSpeedTask(asked, call()), { code: 'invalid' });
  const later = { ...asked, look: 'back', until: timeAt(1) } as const;
  await assert.rejects(createAverageSpeedTask(later, call()), { code: 'invalid' });
  const endless = { id, windowSeconds: Number.POSITIVE_INFINITY };
  await assert.rejects(createAverageSpeedTask(endless, call()), { code: 'invalid' });
  const ancient = { ...asked, look: 'back', until: '0000-01-01T00:00:00Z' } as const;
  const { until } = await createAverageSpeedTask(ancient, call());
  assert.equal(until, '0000-01-01T00:00:00.000Z');
});

test('a window without a speed fails the task, and says why', async () => {
  const { id, call } = await newCourier([fixAt(1)]);
  const made = await createAverageSpeedTask({ id, windowSeconds: 10 }, call());
  openWorker();
  const { state, problem, result } = await over(made.id);
  assert.deepEqual([state, problem?.code, result], ['failed', 'noFixes', undefined]);
});

test('the same key finds the same task as it is now, and is refused for another', async () => {
  const { id, call } = await newCourier(speeds);
  const other = await newCourier();
  const asked = { id, windowSeconds: 30, idempotencyKey: 'key' };
  const [first, again] = [call(), call()];
  const made = await createAverageSpeedTask(asked, first);
  clock.ms += 31_000;
  openWorker();
  const ended = await over(made.id);
  assert.deepEqual(await createAverageSpeedTask(asked, again), ended);
  assert.deepEqual([first.answer.replayed, again.answer.replayed], [undefined, true]);

  const changes = [{ windowSeconds: 31 }, { look: 'back' as const }];
  await Promise.all(
    changes.map((change) =>
      assert.rejects(createAverageSpeedTask({ ...asked, ...change }, call()), {
        code: 'keyReused',
      }),
    ),
  );
  const theirs = await createAverageSpeedTask({ ...asked, id: other.id }, other.call());
  assert.notEqual(theirs.id, made.id);
});

test('requests of one key at once make one task', async () => {
  const { id, call } = await newCourier();
  const calls = Array.from({ length: 8 }, call);
  const asked = { id, windowSeconds: 30, idempotencyKey: 'key' };
  const made = await Promise.all(calls.map((one) => createAverageSpeedTask(asked, one)));
  assert.equal(new Set(made.map((task) => task.id)).size, 1);
  assert.equal(calls.filter(({ answer }) => answer.replayed).length, 7);
});

test('a task is there for whoever made it and for staff, and for nobody else', async () => {
  const { id, userId, call } = await newCourier();
  const { id: taskId } = await createAverageSpeedTask({ id, windowSeconds: 30 }, call());
  const user = { kind: 'user', id: userId, role: 'courier', sessionId: '', token: '' } as const;
  const allowed = [call(), callByStaff(), callBy({ ...user, vehicleId: id })];
  const refused = [
    callByUser(randomUUID(), 'courier'),
    callBy({ ...user, vehicleId: 'another' }),
    callBy({ ...user, role: 'staff', vehicleId: 'another' }),
  ];

  await Promise.all(allowed.map((one) => getTask({ id: taskId }, one)));
  await Promise.all(
    refused.flatMap((one) => [
      assert.rejects(getTask({ id: taskId }, one), { code: 'notFound' }),
      assert.rejects(cancelTask({ id: taskId }, one), { code: 'notFound' }),
    ]),
  );
  await assert.rejects(getTask({ id: taskId }, callBy()), { code: 'unauthorized' });
  await assert.rejects(getTask({ id: randomUUID() }, call()), { code: 'notFound' });
});

test('a service may have tasks of its own', async () => {
  const { id } = await newCourier();
  const demo = callBy({ kind: 'service', name: 'demo' });
  const made = await createAverageSpeedTask({ id, windowSeconds: 30, idempotencyKey: 'k' }, demo);
  assert.equal((await cancelTask({ id: made.id }, demo)).state, 'cancelled');
});

test('a task that is cancelled stays so, and one that is over stays as it is', async () => {
  const { id, call } = await newCourier(speeds);
  const toCancel = await createAverageSpeedTask({ id, windowSeconds: 30 }, call());
  const cancelled = await cancelTask({ id: toCancel.id }, call());
  assert.deepEqual(cancelled, { ...toCancel, state: 'cancelled', endedAt: timeAt(0) });

  clock.ms += 60_000;
  const made = await createAverageSpeedTask({ id, windowSeconds: 30 }, call());
  openWorker();
  const ended = await over(made.id);
  assert.deepEqual(await cancelTask({ id: made.id }, call()), ended);
  assert.deepEqual(await cancelTask({ id: toCancel.id }, call()), cancelled);
  assert.deepEqual(await tracking.ends(toCancel.id), ['cancelled']);
});
