import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../platform/errors.ts';
import { until } from '../postgres/wait.ts';
import { fixAt, noon } from './fixture.ts';
import { freshTasks, within } from './testing-tasks.ts';

const tracking = await freshTasks();
const { clock, database, newCourier, openWorker, over, ends } = tracking;
const { createAverageSpeedTask, getTask, cancelTask } = tracking;

const speeds = [3, 5, 7].map((speedMetersPerSecond, i) => fixAt(i * 10, { speedMetersPerSecond }));
const resultMsMax = 5_000;

/** A courier and a task of theirs that is due, if nobody is there to do it. */
async function dueTask() {
  const courier = await newCourier(speeds);
  const asked = { id: courier.id, windowSeconds: 25 };
  return { ...courier, task: await createAverageSpeedTask(asked, courier.call()) };
}

/** Holds a worker back at a statement, once. */
function gateAt(wanted: string) {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  async function around(name: string, _values: readonly unknown[], ask: () => Promise<unknown>) {
    const row = await ask();
    if (name === wanted && row !== undefined) {
      reached.resolve();
      await opened.promise;
    }
    return row;
  }
  return { around, reached: reached.promise, open: opened.resolve };
}

const triesOf = {
  name: 'triesOf',
  text: 'select tries, due_at > now() as "waits" from tracking.tasks where id = $1::uuid',
};

test('workers of many processes work each task off once', async () => {
  const couriers = await Promise.all(Array.from({ length: 10 }, () => newCourier(speeds)));
  const made = await Promise.all(
    Array.from({ length: 80 }, (_, i) => {
      const { id, call } = couriers[i % couriers.length] as (typeof couriers)[number];
      return createAverageSpeedTask({ id, windowSeconds: 1 + i / 4 }, call());
    }),
  );
  const computed: unknown[] = [];
  const counting = [1, 2, 3].map(() =>
    openWorker((own) =>
      within(own, (name, values, ask) => {
        if (name === 'sumSpeeds') computed.push(values);
        return ask();
      }),
    ),
  );
  const ended = await Promise.all(made.map(({ id }) => over(id)));
  await Promise.all(counting.map((worker) => worker.close()));

  assert.deepEqual(new Set(ended.map(({ state }) => state)), new Set(['done', 'failed']));
  assert.equal(computed.length, made.length);
  const told = await Promise.all(made.map(({ id }) => ends(id)));
  assert.deepEqual(
    told,
    ended.map(({ state }) => [state]),
  );
});

test('a task is worked off when it is due, without waiting for the next round', async () => {
  const { id, call } = await newCourier();
  const worker = openWorker((own) => own, 30_000);
  clock.ms = Date.now();
  const [first, second] = [0.4, 0.15].map((windowSeconds) => ({ id, windowSeconds }));
  assert.ok(first && second);
  const made = await Promise.all([first, second].map((one) => createAverageSpeedTask(one, call())));
  for (const one of made) worker.onTask(new Date(one.until));
  await Promise.all(made.map((one) => over(one.id)));
  clock.ms = noon;
});

for (const label of ['taskAfterClaim', 'taskBeforeCommit']) {
  test(`a worker that is killed at ${label} leaves the task to the next`, async () => {
    const { task, call } = await dueTask();
    const file = (path: string) => JSON.stringify(join(import.meta.dirname, path));
    const script = `
      import { armCrash } from ${file('../platform/crash.ts')};
      import { openDatabase } from ${file('../platform/database.ts')};
      import { createMetrics } from ${file('../platform/metrics.ts')};
      import { silent } from ${file('../testing/database.ts')};
      import { openTaskWorker } from ${file('task-worker.ts')};
      armCrash(${JSON.stringify(label)});
      const common = { log: silent, metrics: createMetrics(), connectionsMax: 1 };
      const url = ${JSON.stringify(database.url)};
      const database = openDatabase({ service: 'tracking', url, ...common });
      openTaskWorker({ database, now: () => new Date(), log: silent });`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 10_000,
    });
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    assert.equal((await getTask({ id: task.id }, call())).endedAt, undefined);

    openWorker();
    assert.equal((await over(task.id)).state, 'done');
    assert.deepEqual(await ends(task.id), ['done']);
  });
}

test('a worker whose connection is lost has not done what it has done', async () => {
  const { task } = await dueTask();
  const gate = gateAt('sumSpeeds');
  openWorker((own) => within(own, gate.around));
  await gate.reached;
  const text = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and state = 'idle in transaction'`;
  assert.equal((await database.rows({ name: 'terminate', text })).length, 1);
  openWorker();
  assert.equal((await over(task.id)).state, 'done');
  gate.open();
  // It goes on working with another connection.
  const { task: next } = await dueTask();
  await over(next.id);
  assert.deepEqual([await ends(task.id), await ends(next.id)], [['done'], ['done']]);
});

test('who cancels while a task is worked off waits for its result', async () => {
  const { task, call } = await dueTask();
  const gate = gateAt('endTask');
  openWorker((own) => within(own, gate.around));
  await gate.reached;
  const cancelling = cancelTask({ id: task.id }, call());
  const text = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  const waiting = { name: 'waiting', text };
  assert.ok(await until(() => database.one(waiting), resultMsMax));
  gate.open();
  const { state, result } = await cancelling;
  assert.deepEqual([state, result?.fixes], ['done', 2]);
  assert.deepEqual(await ends(task.id), ['done']);
});

test('of a cancel and a result exactly one wins', async () => {
  const due = await Promise.all(Array.from({ length: 30 }, dueTask));
  openWorker();
  openWorker();
  const told = await Promise.all(due.map(({ task, call }) => cancelTask({ id: task.id }, call())));
  const ended = await Promise.all(due.map(({ task }) => over(task.id)));
  assert.deepEqual(told, ended);
  const all = await Promise.all(due.map(({ task }) => ends(task.id)));
  assert.deepEqual(
    all,
    ended.map(({ state }) => [state]),
  );
});

test('what fails by a fault of the database is tried again', async () => {
  const { task, no } = await dueTask();
  let faults = 0;
  openWorker((own) =>
    within(own, (name, [vehicle], ask) => {
      if (name !== 'sumSpeeds' || vehicle !== no || faults === 3) return ask();
      faults += 1;
      throw new AppError('unavailable', 'The database does not answer');
    }),
  );
  assert.equal((await over(task.id)).state, 'done');
  assert.deepEqual(await database.one(triesOf, [task.id]), { tries: 0, waits: false });
  assert.equal(faults, 3);
});

test('a task that takes too long stands in nobody’s way, and is given up in the end', async () => {
  const [poison, last, good] = [await dueTask(), await dueTask(), await dueTask()];
  const text = 'update tracking.tasks set tries = 9 where id = $1::uuid';
  await database.rows({ name: 'lastTry', text }, [last.task.id]);
  openWorker((own) =>
    within(own, (name, [vehicle], ask) => {
      if (name !== 'sumSpeeds' || vehicle === good.no) return ask();
      throw new AppError('deadlineExceeded', 'The database cannot do this right now');
    }),
  );
  assert.equal((await over(good.task.id)).state, 'done');
  const { state, problem } = await over(last.task.id);
  assert.deepEqual([state, problem?.code], ['failed', 'internal']);
  assert.equal((await getTask({ id: poison.task.id }, poison.call())).endedAt, undefined);
  const tries = await database.one<{ tries: number }>(triesOf, [poison.task.id]);
  assert.deepEqual(tries, { tries: 1, waits: true });
});
