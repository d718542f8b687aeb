import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { callBy } from '../testing/call.ts';
import { batcher } from './batcher.ts';
import { AppError } from './errors.ts';
import { createMetrics } from './metrics.ts';

const base = { name: 'test', sizeMax: 100, inFlightMax: 1, queueMax: 1_000 };

function recorder<Out>(answer: (item: number) => Out | AppError) {
  const batches: number[][] = [];
  const flush = async (items: readonly number[]) => {
    batches.push([...items]);
    return items.map(answer);
  };
  return { batches, flush };
}

test('what is added in one turn travels as one batch, answered item by item', async () => {
  const { batches, flush } = recorder((item) => item * 2);
  const { add } = batcher({ ...base, flush, metrics: createMetrics() });
  const answers = await Promise.all([1, 2, 3].map((item) => add(item, callBy())));
  assert.deepEqual({ answers, batches }, { answers: [2, 4, 6], batches: [[1, 2, 3]] });
});

test('what waits while a batch is in flight becomes the next batch', async () => {
  const first = Promise.withResolvers<void>();
  const batches: number[][] = [];
  const { add } = batcher<number, number>({
    ...base,
    metrics: createMetrics(),
    async flush(items) {
      batches.push([...items]);
      if (batches.length === 1) await first.promise;
      return items;
    },
  });
  const early = add(1, callBy());
  await new Promise(setImmediate);
  const late = [2, 3, 4].map((item) => add(item, callBy()));
  first.resolve();
  await Promise.all([early, ...late]);
  assert.deepEqual(batches, [[1], [2, 3, 4]]);
});

test('says how long each item waited until its batch went', async () => {
  const first = Promise.withResolvers<void>();
  const metrics = createMetrics();
  let nowMs = 0;
  const { add } = batcher<number, number>({
    ...base,
    metrics,
    clockMs: () => nowMs,
    async flush(items) {
      await first.promise;
      return items;
    },
  });
  const patient = { deadlineAtMs: 10_000 };
  const early = add(1, patient);
  await new Promise(setImmediate);
  const late = add(2, patient);
  nowMs = 1_000;
  const later = add(3, patient);
  nowMs = 3_000;
  first.resolve();
  await Promise.all([early, late, later]);

  const text = await metrics.registry.metrics();
  const said = [...text.matchAll(/^bazar_batch_wait_seconds_(?:sum|count)\S* (.+)$/gm)];
  // Nothing, three seconds, and two.
  assert.deepEqual(
    said.map(([, value]) => Number(value)),
    [5, 3],
  );
});

test('a refusal of one item leaves its neighbours alone', async () => {
  const { flush } = recorder((item) => (item === 2 ? new AppError('notFound', 'no 2') : item));
  const { add } = batcher<number, number>({ ...base, flush, metrics: createMetrics() });
  const answers = await Promise.allSettled([1, 2, 3].map((item) => add(item, callBy())));
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

test('finds exactly the items that spoil a batch, wherever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 64 }), async (bad) => {
      const { add } = batcher<number, number>({
        ...base,
        metrics: createMetrics(),
        isPoison: (error) => error === 'poison',
        async flush(items) {
          // oxlint-disable-next-line typescript/only-throw-error -- any error may be poison
          if (items.some((item) => bad[item])) throw 'poison';
          return items;
        },
      });
      const answers = await Promise.allSettled(bad.map((_, item) => add(item, callBy())));
      assert.deepEqual(
        answers.map(({ status }) => status === 'rejected'),
        bad,
      );
    }),
    { numRuns: 50 },
  );
});

test('an error that is about the whole refuses the whole, without halving', async () => {
  let flushes = 0;
  const { add } = batcher<number, number>({
    ...base,
    metrics: createMetrics(),
    isPoison: () => false,
    async flush() {
      flushes += 1;
      throw new AppError('unavailable', 'away');
    },
  });
  const answers = await Promise.allSettled([1, 2, 3].map((item) => add(item, callBy())));
  assert.equal(flushes, 1);
  assert.ok(answers.every(({ status }) => status === 'rejected'));
});

test('refuses at once what would make the queue longer than its bound', async () => {
  const { flush } = recorder((item) => item);
  const { add } = batcher({ ...base, flush, queueMax: 2, metrics: createMetrics() });
  const accepted = [add(1, callBy()), add(2, callBy())];
  await assert.rejects(add(3, callBy()), { code: 'overloaded' });
  assert.deepEqual(await Promise.all(accepted), [1, 2]);
});

test('spends no time on callers who no longer wait', async () => {
  const { batches, flush } = recorder((item) => item);
  const { add } = batcher({ ...base, flush, metrics: createMetrics() });
  const gone = add(1, { deadlineAtMs: performance.now() - 1 });
  const here = add(2, callBy());
  await assert.rejects(gone, { code: 'deadlineExceeded' });
  assert.equal(await here, 2);
  assert.deepEqual(batches, [[2]]);
});

test('never has more batches under way, or larger ones, than allowed', async () => {
  let running = 0;
  let runningMax = 0;
  let sizeMax = 0;
  const { add } = batcher<number, number>({
    ...base,
    sizeMax: 4,
    inFlightMax: 2,
    metrics: createMetrics(),
    async flush(items) {
      running += 1;
      runningMax = Math.max(runningMax, running);
      sizeMax = Math.max(sizeMax, items.length);
      await new Promise(setImmediate);
      running -= 1;
      return items;
    },
  });
  const items = Array.from({ length: 50 }, (_, i) => i);
  assert.deepEqual(await Promise.all(items.map((item) => add(item, callBy()))), items);
  assert.deepEqual({ runningMax, sizeMax }, { runningMax: 2, sizeMax: 4 });
});
